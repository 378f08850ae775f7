import Fakes
import JSONTree
import Scenarios
import SocketServer
import UnderstudyTestKit

/// A fake of a few routes, to try on it what scenarios do to any: JSON, a stream of events, a WebSocket, some state.
actor SmallFake: Fake {
    nonisolated let kind = FakeKind.litellm
    nonisolated let environment: FakeEnvironment
    nonisolated let configuration = ServerConfiguration()
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe environment.loop.asUnownedSerialExecutor() }
    private var queue = 0

    init(_ environment: FakeEnvironment) {
        self.environment = environment
    }

    nonisolated var vocabulary: Vocabulary.Backend {
        Vocabulary.Backend(
            kind: "litellm", routes: [("GET", PathTemplate("/hello")), ("POST", PathTemplate("/echo"))],
            state: ["queue"])
    }

    nonisolated func client(of request: Request, body: [UInt8]) -> String { request.headers["x-client"] ?? "" }

    func state() -> JSON { ["queue": .int(queue)] }

    func set(_ changes: JSONObject) throws(StateError) {
        guard let queue = changes["queue"]?.int else { throw StateError("queue", "expected a number") }
        self.queue = queue
    }

    func reply(to exchange: Exchange, with direction: Direction) async -> Reply {
        guard let error = direction.error else { return await reply(to: exchange) }
        return .text("suffering from \(error.name)", status: 500)
    }

    func reply(to exchange: Exchange) async -> Reply {
        switch exchange.request.path {
        case "/hello":
            return .text(#"{"greeting":"good evening","words":[1,2]}"#, headers: ["content-type": "application/json"])
        case "/echo":
            // The client is gone: nobody hears the answer.
            return .bytes((try? await exchange.body()) ?? [])
        case "/work":
            queue += 1
            return .text("done")
        case "/events":
            return .stream(headers: ["content-type": "text/event-stream"]) { writer in
                for step in 1...3 { try await writer.write(#"data: {"msg":"progress","step":\#(step)}"# + "\n\n") }
                try await writer.write(#"data: {"msg":"completed","text":"é"}"# + "\n\n")
            }
        case "/ws" where exchange.wantsWebSocket:
            return Reply(
                body: .webSocket(WebSocketOptions()) { socket in
                    try await socket.send(#"{"type": "status"}"#)
                    while let message = await socket.receive() {
                        if case .text(let text) = message { try await socket.send(text) }
                    }
                })
        default:
            return .text("Not Found", status: 404)
        }
    }
}

/// Plays rules on a small fake.
func withRules(
    _ rules: Rule..., clock: ManualClock? = nil, _ body: (StagedFake) async throws -> Void
) async throws {
    try await withFake(
        FakeRole(id: "small", scenario: Scenario(name: "test", rules: rules)) { SmallFake($0) }, clock: clock, body)
}

extension Rule {
    /// A rule about requests to a path.
    static func on(_ path: String, when: Trigger = .always, _ effects: Effect...) -> Rule {
        Rule(
            name: "rule", on: Match(fake: FakePattern(), subject: .request(method: nil, path: PathTemplate(path))),
            when: when, effects: effects)
    }

    /// A rule about messages that the fake sends.
    static func sends(_ type: String, when: Trigger = .always, _ effects: Effect...) -> Rule {
        Rule(
            name: "rule", on: Match(fake: FakePattern(), subject: .sends(type: type)), when: when, effects: effects)
    }

    /// A rule about another subject.
    static func about(_ subject: Subject, when: Trigger = .always, _ effects: Effect...) -> Rule {
        Rule(name: "rule", on: Match(fake: FakePattern(), subject: subject), when: when, effects: effects)
    }
}
