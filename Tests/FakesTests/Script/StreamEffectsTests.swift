import Fakes
import JSONTree
import Journal
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

/// What rules do to a stream of events.
@Suite struct StreamEffectsTests {
    private func events(_ fake: StagedFake) async throws -> RawResponse {
        try await RawSocket.get(fake.url + "/events")
    }

    private func steps(_ text: String) -> [Int] {
        text.matches(of: /"step":([0-9])/).compactMap { Int($0.1) }
    }

    @Test func `a message is left out`() async throws {
        try await withRules(.sends("progress", when: Trigger(nth: [2]), .skip)) { fake in
            let text = try await events(fake).text

            #expect(steps(text) == [1, 3])
        }
    }

    @Test func `a message comes twice`() async throws {
        try await withRules(.sends("progress", when: Trigger(nth: [2]), .duplicate(1))) { fake in
            let text = try await events(fake).text

            #expect(steps(text) == [1, 2, 2, 3])
        }
    }

    @Test func `a message is overtaken`() async throws {
        try await withRules(.sends("progress", when: Trigger(nth: [1]), .reorder(after: 1))) { fake in
            let text = try await events(fake).text

            #expect(steps(text) == [2, 1, 3])
        }
    }

    @Test func `progress goes backwards`() async throws {
        let edit = Edit(pointer: "/step", value: 0)
        try await withRules(.sends("progress", when: Trigger(nth: [3]), .edit([edit]))) { fake in
            let text = try await events(fake).text

            #expect(steps(text) == [1, 2, 0])
        }
    }

    @Test func `the end never comes`() async throws {
        try await withRules(.sends("completed", .drop(Drop(.hang)))) { fake in
            let socket = try await RawSocket(url: fake.url)
            try await socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")

            let (bytes, _) = try await socket.read { steps(String(decoding: $0, as: UTF8.self)).count == 3 }
            // Silence can only be waited for.
            let (rest, end) = try await socket.read(timeout: .milliseconds(200))

            #expect(steps(String(decoding: bytes + rest, as: UTF8.self)) == [1, 2, 3])
            #expect(end == .timeout)
        }
    }

    @Test func `a stream is cut after so many messages`() async throws {
        try await withRules(.on("/events", .drop(Drop(.close, afterMessages: 2)))) { fake in
            let answer = try await events(fake)

            #expect(steps(answer.text) == [1, 2])
            #expect(!answer.isComplete)
        }
    }

    @Test func `the first event and those between take their time`() async throws {
        try await withRules(
            .on(
                "/events", .delay(.firstToken, .fixed(.milliseconds(60))),
                .delay(.betweenTokens, .fixed(.milliseconds(30))))
        ) { fake in
            let began = ContinuousClock.now
            let answer = try await events(fake)

            #expect(ContinuousClock.now - began >= .milliseconds(60 + 3 * 30))
            #expect(answer.isComplete)
        }
    }

    @Test(arguments: [
        (Corruption(.missingTerminator), "\"step\":1}\ndata:"), (Corruption(.byteOrderMark), "\u{FEFF}data"),
        (Corruption(.comments, amount: 2), ": comment\n: comment\ndata"),
        (Corruption(.retry, amount: 9), "retry: 9\ndata"),
        (Corruption(.hugeLine, amount: 3), ":xxx\ndata"), (Corruption(.mixedLineEnds), "\"step\":1}\r\r\n"),
        (Corruption(.invalidJSON), "\"step\":1\n\n"),
    ])
    func `the grammar of events is broken or strained`(corruption: Corruption, shown: String) async throws {
        try await withRules(.on("/events", .corrupt(corruption))) { fake in
            let text = try await events(fake).text

            #expect(text.unicodeScalars.contains(shown.unicodeScalars))
        }
    }

    @Test func `half an event, and the end`() async throws {
        try await withRules(.sends("completed", .corrupt(Corruption(.halfEvent)))) { fake in
            let answer = try await events(fake)

            #expect(!answer.isComplete)
            #expect(answer.text.contains("\"msg\":\"com"))
            #expect(!answer.text.contains("}\n\n\n"))
        }
    }

    @Test func `an event is cut inside a character`() async throws {
        try await withRules(.sends("completed", .corrupt(Corruption(.splitUTF8)))) { fake in
            let answer = try await events(fake)

            #expect(answer.chunks.contains { $0.last == 0xC3 })
            #expect(answer.text.contains("é"))
        }
    }

    @Test func `an event that nobody asked for follows`() async throws {
        try await withRules(.sends("completed", .send(.json(["msg": "again"]), times: 2))) { fake in
            let text = try await events(fake).text

            #expect(text.matches(of: /data: {"msg":"again"}\n\n/).count == 2)
        }
    }

    @Test func `the journal has each event and the stream`() async throws {
        try await withRules { fake in
            _ = try await events(fake)
            let types = try fake.journal.messages().map(\.type)

            #expect(types == ["progress", "progress", "progress", "completed"])
        }
    }
}
