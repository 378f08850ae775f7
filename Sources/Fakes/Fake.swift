public import JSONTree
public import Scenarios
public import SocketServer

/// What a fake pretends to be.
public enum FakeKind: String, Sendable, CaseIterable {
    case comfyui
    case litellm
    case gradio
}

/// One stand-in server. An actor that lives on its environment's loop:
///
/// ```swift
/// nonisolated var unownedExecutor: UnownedSerialExecutor { environment.loop.asUnownedSerialExecutor() }
/// ```
public protocol Fake: Actor {
    nonisolated var kind: FakeKind { get }
    nonisolated var environment: FakeEnvironment { get }
    /// How the imitated server writes heads, what it bounds, and how it answers a broken request.
    nonisolated var configuration: ServerConfiguration { get }
    /// Answers one exchange.
    func reply(to exchange: Exchange) async -> Reply
    /// Answers one exchange as a scenario directs.
    func reply(to exchange: Exchange, with direction: Direction) async -> Reply
    /// What scenarios may speak of here: routes, messages, native errors, state.
    nonisolated var vocabulary: Vocabulary.Backend { get }
    /// Who asks, as the real server tells its clients apart; empty if it cannot.
    nonisolated func client(of request: Request, body: [UInt8]) -> String
    /// The type of a message of a WebSocket, by which rules name it.
    nonisolated func type(of message: WebSocketMessage) -> String
    /// The type of an event of a stream, by which rules name it.
    nonisolated func type(of event: ServerSentEvent) -> String
    /// The part of the fake's state that scenarios may look at and set: an object.
    func state() -> JSON
    /// Changes some of it, all or nothing.
    func set(_ changes: JSONObject) throws(StateError)
    /// The native error of a quota that is used up, if the rule names none.
    nonisolated func errorBeyond(_ quota: Quota) -> String
    /// What the real server says of a quota in the heads of its answers.
    nonisolated func fields(of standing: QuotaStanding) -> HeaderFields
    /// Begins what goes on without a request, such as a queue's worker.
    func didStart(at addresses: [SocketAddress]) async
    /// Ends everything that the fake began itself; returns when it has ended.
    func willStop() async
}

extension Fake {
    public func reply(to exchange: Exchange, with direction: Direction) async -> Reply {
        await reply(to: exchange)
    }

    public nonisolated var vocabulary: Vocabulary.Backend { Vocabulary.Backend(kind: kind.rawValue) }

    public nonisolated func client(of request: Request, body: [UInt8]) -> String { "" }

    /// The `type` of a JSON object; else `text` or `binary`.
    public nonisolated func type(of message: WebSocketMessage) -> String {
        switch message {
        case .text(let text): JSON.found(in: text)?["type"]?.string ?? "text"  // No JSON is plain text.
        case .binary: "binary"
        }
    }

    /// The event's name; else `done` for `[DONE]`, else the `msg`, `type` or `object` of its JSON, else `event`.
    public nonisolated func type(of event: ServerSentEvent) -> String {
        if !event.name.isEmpty { return event.name }
        if event.data == "[DONE]" { return "done" }
        // No JSON has no members.
        guard let json = JSON.found(in: event.data) else { return "event" }
        return json["msg"]?.string ?? json["type"]?.string ?? json["object"]?.string ?? "event"
    }

    public func state() -> JSON { [:] }

    public func set(_ changes: JSONObject) throws(StateError) {
        for (name, _) in changes {
            throw StateError(name, "this fake has no such state")
        }
    }

    public nonisolated func errorBeyond(_ quota: Quota) -> String { "rate_limit" }

    public nonisolated func fields(of standing: QuotaStanding) -> HeaderFields { [:] }

    public func didStart(at addresses: [SocketAddress]) async {}
    public func willStop() async {}
}

/// A fake on its sockets.
public final class RunningFake: Sendable {
    /// The fake's name in the suite.
    public let id: String
    public let kind: FakeKind
    /// Where it listens, in the order asked for.
    public let addresses: [SocketAddress]
    /// Whether it speaks TLS.
    public let isSecure: Bool
    private let fake: any Fake
    private let server: Server

    /// `http://127.0.0.1:8188`, one for each address.
    public var urls: [String] { addresses.map { "\(isSecure ? "https" : "http")://\($0)" } }
    /// The first address as a URL.
    public var url: String { urls.first ?? "" }

    /// Starts a fake: it answers when this returns.
    ///
    /// - Parameters:
    ///   - addresses: host and port pairs; port 0 takes a free one.
    ///   - tls: certificate and key, to speak TLS on all of them.
    /// - Throws: ``SocketServerError``; nothing listens then.
    public init(
        _ fake: some Fake, at addresses: [SocketAddress] = [.init(host: "127.0.0.1", port: 0)], tls: TLSIdentity? = nil
    ) async throws(SocketServerError) {
        let server = Server(on: fake.environment.loop, configuration: fake.configuration) { exchange in
            await fake.reply(to: exchange)
        }
        var bound: [SocketAddress] = []
        do throws(SocketServerError) {
            for address in addresses {
                bound.append(try await server.listen(host: address.host, port: address.port, tls: tls))
            }
        } catch {
            await server.stop(grace: .zero)
            throw error
        }
        id = fake.environment.id
        kind = fake.kind
        self.addresses = bound
        isSecure = tls != nil
        self.fake = fake
        self.server = server
        await fake.didStart(at: bound)
    }

    /// Stops it: returns when no socket, no handler and no task of it is left.
    public func stop(grace: Duration = .milliseconds(500)) async {
        async let ended: Void = server.stop(grace: grace)
        await fake.willStop()
        await ended
    }

    /// How many connections are open.
    public func connectionCount() async -> Int {
        await server.connectionCount()
    }
}
