import Fakes
import Journal
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

/// The journal says of each connection which rule has ended it.
@Suite(.timeLimit(.minutes(1))) struct EndingTests {
    private static let hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let upgrade =
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

    @Test(arguments: [
        ("on: litellm connect\ndrop: reset", ""), ("on: litellm connect\nlimit: 0", ""),
        ("on: litellm connect\ndrop: {how: close, after_bytes: 10}", hello),
        ("on: litellm connect\nupstream: {drop: reset}", hello), ("on: litellm GET /hello\ndrop: reset", hello),
        ("on: litellm GET /hello\nrefuse: 1ms", hello), ("on: litellm\nwhen: {at: 50ms}\ndrop: close", hello),
        ("on: litellm opens /ws\ndrop: {how: reset, after_messages: 0}", upgrade),
        ("on: litellm sends status\ndrop: 1012", upgrade),
    ])
    func `a connection that a rule has ended names it`(rule: String, request: String) async throws {
        let rules = try ScenarioReader().rules("name: the end\n" + rule)
        try await withRules(rules[0]) { fake in
            let socket = try await RawSocket(url: fake.url)
            try await socket.send(request)
            _ = try await socket.read()
            if rule.contains("1012") { try await socket.finish() }
            try await fake.journal.wait(for: .event("closed"))
            let closed = try #require(try fake.journal.closures().first)

            #expect(closed.rule == "the end")
        }
    }

    @Test func `a connection that ended without a rule names none`() async throws {
        let rules = try ScenarioReader().rules("name: late\non: litellm GET /hello\ndelay: 1ms")
        try await withRules(rules[0]) { fake in
            let socket = try await RawSocket(url: fake.url)
            try await socket.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            _ = try await socket.read()
            try await fake.journal.wait(for: .event("closed"))
            let closed = try #require(try fake.journal.closures().first)

            #expect(closed.rule == nil)
        }
    }
}

extension FakeJournal {
    fileprivate func closures() throws -> [ClosedRecord] {
        try entries(.event("closed")).compactMap { if case .closed(let record) = $0.event { record } else { nil } }
    }
}
