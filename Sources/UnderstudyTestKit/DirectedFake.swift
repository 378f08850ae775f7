public import Fakes
public import SocketServer

/// A fake whose requests are directed by a closure, in place of a scenario: for tests of what a fake does by itself.
///
/// ```swift
/// let direct = { (request: Request) in Direction(error: NativeErrorUse("out_of_memory")) }
/// try await withFake({ DirectedFake(try FakeComfyUI(environment: $0), direct) }) { fake in … }
/// ```
public actor DirectedFake<Directed: Fake>: Fake {
    /// The fake that answers. It lives on the same loop.
    public nonisolated let fake: Directed
    private let direct: @Sendable (Request) -> Direction

    public init(_ fake: Directed, _ direct: @escaping @Sendable (Request) -> Direction) {
        self.fake = fake
        self.direct = direct
    }

    public nonisolated var kind: FakeKind { fake.kind }
    public nonisolated var environment: FakeEnvironment { fake.environment }
    public nonisolated var configuration: ServerConfiguration { fake.configuration }
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe environment.loop.asUnownedSerialExecutor()
    }

    public func reply(to exchange: Exchange) async -> Reply {
        await fake.reply(to: exchange, with: direct(exchange.request))
    }

    public func didStart(at addresses: [SocketAddress]) async { await fake.didStart(at: addresses) }
    public func willStop() async { await fake.willStop() }
}
