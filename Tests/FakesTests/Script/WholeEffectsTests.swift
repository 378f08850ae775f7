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
        let journal = SharedJournal()
        let rule = Rule.about(.whole, .refuse(nil), .state(kept: false))
        try await withRules(journal: journal) { fake in
            try await fake.set(["queue": 5])
            let before = await fake.state()
            await fake.play(Scenario(name: "restart", rules: [rule]), since: ScenarioClock(now: { journal.elapsed }))
            try await journal.waitFor("port closed")
            await #expect(throws: RawSocket.Failure.self) { _ = try await RawSocket(url: fake.url) }
            await fake.play(nil, since: nil)
            try await journal.waitFor("port open")
            let answer = try await RawSocket.get(fake.url + "/hello")
            let after = await fake.state()

            #expect(before == ["queue": 5])
            #expect(after == ["queue": 0])
            #expect(answer.status == 200)
        }
    }

    @Test func `the fake's state is set at its time`() async throws {
        let journal = SharedJournal()
        try await withRules(.about(.whole, .set(["queue": 3])), journal: journal) { fake in
            try await journal.waitFor { if case .effect = $0 { true } else { false } }
            let state = await fake.state()

            #expect(state == ["queue": 3])
        }
    }

    @Test func `rules may be added and taken away while the counts of others go on`() async throws {
        let company = Company(seed: 7)
        try await withRules(journal: company.journal) { fake in
            await company.join(fake)
            await company.add([.on("/hello", when: Trigger(after: 1), .respond(Response(status: 503)))])
            let first = try await RawSocket.get(fake.url + "/hello").status
            var other = Rule.on("/echo", .respond(Response(status: 409)))
            other.name = "other"
            await company.add([other])
            let second = try await RawSocket.get(fake.url + "/hello").status
            let counts = await company.ruleCounts()
            let isRemoved = await company.removeRule("rule")
            let third = try await RawSocket.get(fake.url + "/hello").status

            #expect([first, second, third] == [200, 503, 200])
            #expect(counts.map(\.acted) == [1, 0])
            #expect(isRemoved)
        }
    }
}

extension SharedJournal {
    /// Waits until the fake's life has come to this point.
    func waitFor(_ lifecycle: String) async throws {
        try await waitFor { if case .lifecycle(lifecycle) = $0 { true } else { false } }
    }

    func waitFor(_ isWanted: @Sendable (JournalEvent) -> Bool) async throws {
        var seen = 0
        while true {
            let (found, last) = read { log in (log.entries(from: seen).contains { isWanted($0.event) }, log.nextNumber)
            }
            if found { return }
            try Task.checkCancellation()
            await waitForEntry(after: last - 1)
            seen = last
        }
    }
}
