import Fakes
import JSONTree
import Journal
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

/// What rules do to connections, and to a fake as a whole.
@Suite struct WholeEffectsTests {
    @Test func `an accepted connection is reset at once`() async throws {
        try await withRules(.about(.connect, when: Trigger(first: 1), .drop(Drop(.reset)))) { fake in
            let socket = try await RawSocket(url: fake.url)
            let (_, end) = try await socket.read()
            let answer = try await RawSocket.get(fake.url + "/hello")

            #expect(end == .reset)
            #expect(answer.status == 200)
        }
    }

    @Test func `a handshake takes its time`() async throws {
        try await withRules(.about(.connect, .delay(.handshake, .fixed(.milliseconds(100))))) { fake in
            let began = ContinuousClock.now
            let answer = try await RawSocket.get(fake.url + "/hello")

            #expect(answer.status == 200)
            #expect(ContinuousClock.now - began >= .milliseconds(100))
        }
    }

    @Test func `no more connections at once than the limit`() async throws {
        try await withRules(.about(.connect, .limit(connections: 1))) { fake in
            let first = try await RawSocket(url: fake.url)
            let second = try await RawSocket(url: fake.url)
            let (_, end) = try await second.read()
            let answer = try await first.exchange("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")

            #expect(end == .finished)
            #expect(answer.status == 200)
        }
    }

    @Test func `a restart refuses, forgets, and comes back at the same port`() async throws {
        try await withRules { fake in
            try await fake.set(["queue": 5])
            let before = await fake.state()
            await fake.rules.add(.about(.whole, .refuse(nil), .state(kept: false)))
            try await fake.journal.wait(for: .text("port closed"))
            await #expect(throws: RawSocket.Failure.self) { _ = try await RawSocket(url: fake.url) }
            await fake.rules.clear()
            try await fake.journal.wait(for: .text("port open"))
            let answer = try await RawSocket.get(fake.url + "/hello")
            let after = await fake.state()

            #expect(before == ["queue": 5])
            #expect(after == ["queue": 0])
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [true, false])
    func `the server dies of the third request, and comes back at the same port`(keepsState: Bool) async throws {
        let clock = ManualClock()
        let rule = Rule.on("/hello", when: Trigger(nth: [3]), .refuse(.seconds(2)), .state(kept: keepsState))
        try await withRules(rule, clock: clock) { fake in
            try await fake.set(["queue": 5])
            let idle = try await RawSocket(url: fake.url)
            _ = try await idle.exchange("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            let before = try await RawSocket.get(fake.url + "/hello").status
            let third = try await RawSocket(url: fake.url)
            try await third.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            let (bytes, end) = try await third.read()
            let (_, other) = try await idle.read()
            await #expect(throws: RawSocket.Failure.self) { _ = try await RawSocket(url: fake.url) }
            try await clock.advanceToNextTimer()
            try await fake.journal.wait(for: .text("port open"))
            let after = try await RawSocket.get(fake.url + "/hello").status
            let state = await fake.state()

            #expect([before, after] == [200, 200])
            #expect(bytes.isEmpty && end == .finished && other == .finished)
            #expect(state == ["queue": keepsState ? 5 : 0])
            #expect(clock.elapsed == .seconds(2))
            try fake.verify(.count(.event("effect").rule("rule"), atLeast: 1))
        }
    }

    @Test func `a message kills the server, a request changes its state, a connection takes it down`() async throws {
        try await withRules(.sends("progress", when: Trigger(nth: [2]), .refuse(.milliseconds(1)))) { fake in
            let socket = try await RawSocket(url: fake.url)
            try await socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            let text = String(decoding: try await socket.read().bytes, as: UTF8.self)
            try await fake.journal.wait(for: .text("port open"))

            #expect(text.contains(#""step":1"#) && !text.contains(#""step":2"#))
        }
        try await withRules(.on("/hello", .set(["queue": 9]))) { fake in
            _ = try await RawSocket.get(fake.url + "/hello")
            let state = await fake.state()

            #expect(state == ["queue": 9])
        }
        try await withRules(.about(.connect, when: Trigger(nth: [2]), .refuse(.milliseconds(1)))) { fake in
            let first = try await RawSocket(url: fake.url)
            let second = try await RawSocket(url: fake.url)
            let ends = [try await first.read().end, try await second.read().end]
            try await fake.journal.wait(for: .text("port open"))
            let after = try await RawSocket.get(fake.url + "/hello").status

            #expect(ends == [.finished, .finished])
            #expect(after == 200)
        }
    }

    @Test func `the fake's state is set at its time`() async throws {
        try await withRules(.about(.whole, .set(["queue": 3]))) { fake in
            try await fake.journal.wait(for: .event("effect"))
            let state = await fake.state()

            #expect(state == ["queue": 3])
        }
    }

    @Test func `rules may be added and taken away while the counts of others go on`() async throws {
        try await withRules { fake in
            await fake.rules.add(.on("/hello", when: Trigger(after: 1), .respond(Response(status: 503))))
            let first = try await RawSocket.get(fake.url + "/hello").status
            var other = Rule.on("/echo", .respond(Response(status: 409)))
            other.name = "other"
            await fake.rules.add(other)
            let second = try await RawSocket.get(fake.url + "/hello").status
            let counts = await fake.rules.counts()
            let isRemoved = await fake.rules.remove("rule")
            let third = try await RawSocket.get(fake.url + "/hello").status

            #expect([first, second, third] == [200, 503, 200])
            #expect(counts.map(\.acted) == [1, 0])
            #expect(isRemoved)
        }
    }
}
