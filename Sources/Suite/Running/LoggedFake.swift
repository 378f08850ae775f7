internal import Fakes
internal import Logging
internal import SocketServer

/// A fake that logs each exchange as it is answered: what `--verbose` asks for.
///
/// Lives on the loop of the fake that it stands before, so asking that one is no hop.
actor LoggedFake: Fake {
    nonisolated let kind: FakeKind
    nonisolated let environment: FakeEnvironment
    nonisolated let configuration: ServerConfiguration
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe environment.loop.asUnownedSerialExecutor() }
    private let fake: any Fake

    init(_ fake: any Fake) {
        self.fake = fake
        kind = fake.kind
        environment = fake.environment
        configuration = fake.configuration
    }

    func reply(to exchange: Exchange) async -> Reply {
        let reply = await fake.reply(to: exchange)
        let outcome =
            switch reply.body {
            case .webSocket: "WebSocket"
            case .abort, .close: "hung up"
            default: "\(reply.status)"
            }
        environment.logger.info("\(exchange.request.method) \(exchange.request.target) \(outcome)")
        return reply
    }

    func didStart(at addresses: [SocketAddress]) async {
        await fake.didStart(at: addresses)
    }

    func willStop() async {
        await fake.willStop()
    }
}
