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
        case .text(let text): MessageType.member(["type"], in: Array(text.utf8)) ?? "text"
        case .binary: "binary"
        }
    }

    /// The event's name; else `done` for `[DONE]`, else the `msg`, `object` or `type` of its JSON, else `event`.
    public nonisolated func type(of event: ServerSentEvent) -> String {
        if !event.name.isEmpty { return event.name }
        if event.data.elementsEqual("[DONE]".utf8) { return "done" }
        return MessageType.member(["msg", "object", "type"], in: Array(event.data)) ?? "event"
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
