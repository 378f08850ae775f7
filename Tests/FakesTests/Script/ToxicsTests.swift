import Fakes
import Journal
import Scenarios
import Testing
import UnderstudyTestKit

/// What other tools call faults, as a client's socket sees them.
@Suite(.timeLimit(.minutes(1))) struct ToxicsTests {
    private static let hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let answer = #"{"greeting":"good evening","words":[1,2]}"#
    /// A request of some length, and what the fake says to it.
    private static func echo(_ count: Int) -> String {
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(count)\r\nConnection: close\r\n\r\n"
            + String(repeating: "u", count: count)
    }

    private struct Sight {
        var text: String
        var end: RawSocket.End
        var took: Duration
        /// The paths of requests that the fake has answered.
        var handled: [String]
    }

    /// What comes of a request on a connection under a rule.
    private func sight(
        _ rule: String, of request: String = hello, until timeout: Duration = .seconds(5), handles path: String? = nil
    ) async throws -> Sight {
        let rules = try ScenarioReader().rules(rule)
        var sight: Sight?
        try await withRules(rules[0]) { fake in
            // The fake may count from a moment that the client has not noticed yet.
            let began = ContinuousClock.now
            let socket = try await RawSocket(url: fake.url)
            // A connection that has ended takes no more.
            try? await socket.send(request)
            let (bytes, end) = try await socket.read(timeout: timeout)
            let took = ContinuousClock.now - began
            if let path { try await fake.journal.wait(for: .path(path)) }
            sight = Sight(
                text: String(decoding: bytes, as: UTF8.self), end: end, took: took,
                handled: try fake.journal.exchanges().map(\.path))
        }
        return try #require(sight)
    }

    /// Silence can only be waited for.
    private static let silence = Duration.milliseconds(150)
    private static let closing = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    // MARK: Toxiproxy, downstream

    @Test func `latency downstream: the answer is late`() async throws {
        let sight = try await sight("on: litellm connect\nlatency: {latency: 100}", of: Self.closing)

        #expect(sight.text.hasSuffix(Self.answer))
        #expect(sight.took >= .milliseconds(100))
    }

    @Test func `bandwidth downstream: the answer is slow`() async throws {
        let sight = try await sight("on: litellm connect\nbandwidth: {rate: 1}", of: Self.closing)

        #expect(sight.text.hasSuffix(Self.answer))
        #expect(sight.took >= .milliseconds(100))
    }

    @Test func `slow_close downstream: the close is late`() async throws {
        let sight = try await sight("on: litellm connect\nslow_close: {delay: 100}", of: Self.closing)

        #expect(sight.text.hasSuffix(Self.answer))
        #expect(sight.end == .finished)
        #expect(sight.took >= .milliseconds(100))
    }

    @Test func `timeout downstream: the request is handled, nothing is answered, and then the connection is closed`()
        async throws
    {
        let sight = try await sight("on: litellm connect\ntimeout: {timeout: 500}")

        #expect(sight.text == "")
        #expect(sight.end == .finished)
        #expect(sight.took >= .milliseconds(500))
        #expect(sight.handled == ["/hello"])
    }

    @Test func `timeout of 0 downstream: silence`() async throws {
        let sight = try await sight("on: litellm connect\ntimeout: {timeout: 0}", until: Self.silence, handles: "/hello")

        #expect(sight.text == "")
        #expect(sight.end == .timeout)
        #expect(sight.handled == ["/hello"])
    }

    @Test(arguments: ["downstream", "upstream"])
    func `reset_peer: the connection is reset, at once or after a time`(stream: String) async throws {
        for milliseconds in [0, 100] {
            let rule = "on: litellm connect\nreset_peer: {timeout: \(milliseconds), stream: \(stream)}"
            // Nothing is asked: to whoever writes into a connection that is reset already, the system tells it there.
            let sight = try await sight(rule, of: "")

            #expect(sight.text == "")
            #expect(sight.end == .reset)
            #expect(sight.took >= .milliseconds(milliseconds))
        }
    }

    @Test func `slicer downstream: the answer comes in pieces`() async throws {
        let rule = "on: litellm connect\nslicer: {average_size: 20, size_variation: 10, delay: 10000}"
        let sight = try await sight(rule, of: Self.closing)

        #expect(sight.text.hasSuffix(Self.answer))
        // At least five pieces, with 10 ms after each.
        #expect(sight.took >= .milliseconds(40))
    }

    @Test func `limit_data downstream: so many bytes, and the end`() async throws {
        let sight = try await sight("on: litellm connect\nlimit_data: {bytes: 25}")

        #expect(sight.text.utf8.count == 25)
        #expect(sight.end == .finished)
    }

    // MARK: Toxiproxy, upstream

    @Test func `latency upstream: the request is heard late`() async throws {
        let rule = "on: litellm connect\nlatency: {latency: 100, stream: upstream}"
        let sight = try await sight(rule, of: Self.echo(5))

        #expect(sight.text.hasSuffix("uuuuu"))
        #expect(sight.took >= .milliseconds(100))
    }

    @Test func `bandwidth upstream: a body is heard slowly`() async throws {
        let rule = "on: litellm connect\nbandwidth: {rate: 2, stream: upstream}"
        let sight = try await sight(rule, of: Self.echo(200))

        #expect(sight.text.hasSuffix(String(repeating: "u", count: 200)))
        #expect(sight.took >= .milliseconds(100))
    }

    @Test func `bandwidth upstream: a client that is far ahead is made to wait, and loses nothing`() async throws {
        let count = 3_000_000
        let rule = "on: litellm connect\nbandwidth: {rate: 20000, stream: upstream}"
        let sight = try await sight(rule, of: Self.echo(count), until: .seconds(20))

        #expect(sight.text.count > count)
        #expect(sight.took >= .milliseconds(100))
    }

    @Test func `slicer upstream: the request is heard in pieces`() async throws {
        let rule = "on: litellm connect\nslicer: {average_size: 20, delay: 10000, stream: upstream}"
        let sight = try await sight(rule, of: Self.echo(50))

        #expect(sight.text.hasSuffix(String(repeating: "u", count: 50)))
        #expect(sight.took >= .milliseconds(50))
    }

    @Test func `limit_data upstream: the connection ends in the middle of the body`() async throws {
        let sight = try await sight(
            "on: litellm connect\nlimit_data: {bytes: 100, stream: upstream}", of: Self.echo(10_000))

        #expect(sight.text == "")
        #expect(sight.end == .finished)
    }

    @Test func `limit_data upstream: what is below the limit is answered`() async throws {
        let request = Self.echo(5)
        let rule = "on: litellm connect\nlimit_data: {bytes: \(request.utf8.count), stream: upstream}"
        let sight = try await sight(rule, of: request)

        #expect(sight.text.hasSuffix("uuuuu"))
    }

    @Test func `timeout upstream: nobody hears the request, and then the connection is closed`() async throws {
        let sight = try await sight("on: litellm connect\ntimeout: {timeout: 100, stream: upstream}")

        #expect(sight.text == "")
        #expect(sight.end == .finished)
        #expect(sight.took >= .milliseconds(100))
        #expect(sight.handled == [])
    }

    @Test func `timeout of 0 upstream: nobody hears the request`() async throws {
        let sight = try await sight("on: litellm connect\ntimeout: {timeout: 0, stream: upstream}", until: Self.silence)

        #expect(sight.end == .timeout)
        #expect(sight.handled == [])
    }

    @Test func `slow_close upstream: that the client has left is known late`() async throws {
        let clock = ManualClock()
        let rules = try ScenarioReader().rules("on: litellm connect\nslow_close: {delay: 60000, stream: upstream}")
        try await withRules(rules[0], clock: clock) { fake in
            let socket = try await RawSocket(url: fake.url)
            try await socket.send(
                "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            _ = try await socket.read(until: "status")
            #expect(clock.timers == 0)
            socket.reset()
            try await fake.journal.wait(for: .event("closed"))

            // It goes on with a client that is not there.
            try await clock.advanceToNextTimer()
        }
    }

    // MARK: An end after a time

    @Test(arguments: [("reset", RawSocket.End.reset), ("close", .finished)])
    func `a connection ends after a time, idle or not`(how: String, end: RawSocket.End) async throws {
        let sight = try await sight("on: litellm connect\ndrop: {how: \(how), after: 500ms}")

        #expect(sight.text.hasSuffix(Self.answer))
        #expect(sight.end == end)
        #expect(sight.took >= .milliseconds(500))
    }

    // MARK: WireMock

    @Test func `EMPTY_RESPONSE: closed without a byte`() async throws {
        let sight = try await sight("on: litellm GET /hello\nfault: EMPTY_RESPONSE")

        #expect(sight.text == "")
        #expect(sight.end == .finished)
    }

    @Test func `MALFORMED_RESPONSE_CHUNK: a head of 200, and then no chunk`() async throws {
        let sight = try await sight("on: litellm GET /hello\nfault: MALFORMED_RESPONSE_CHUNK")

        let (head, body) = try #require(
            sight.text.firstRange(of: "\r\n\r\n").map { (sight.text[..<$0.lowerBound], sight.text[$0.upperBound...]) })
        #expect(head.hasPrefix("HTTP/1.1 200 OK"))
        #expect(head.lowercased().contains("transfer-encoding: chunked"))
        #expect(body.first?.isHexDigit != true)
        #expect(sight.end == .finished)
    }

    @Test func `RANDOM_DATA_THEN_CLOSE: no HTTP, and the end`() async throws {
        let sight = try await sight("on: litellm GET /hello\nfault: RANDOM_DATA_THEN_CLOSE")

        #expect(!sight.text.isEmpty)
        #expect(!sight.text.hasPrefix("HTTP"))
        #expect(sight.end == .finished)
    }

    @Test func `CONNECTION_RESET_BY_PEER: reset`() async throws {
        let sight = try await sight("on: litellm GET /hello\nfault: CONNECTION_RESET_BY_PEER")

        #expect(sight.text == "")
        #expect(sight.end == .reset)
    }
}
