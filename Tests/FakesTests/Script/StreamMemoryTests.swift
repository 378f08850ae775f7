import Fakes
import Journal
import SocketServer
import Testing
import UnderstudyTestKit

/// Says ten events of 3,000 bytes, and then nothing for an hour.
private actor Talker: Fake {
    nonisolated let kind = FakeKind.litellm
    nonisolated let environment: FakeEnvironment
    nonisolated let configuration = ServerConfiguration()
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe environment.loop.asUnownedSerialExecutor() }

    init(_ environment: FakeEnvironment) {
        self.environment = environment
    }

    func reply(to exchange: Exchange) async -> Reply {
        .stream(headers: ["content-type": "text/event-stream"]) { [environment] writer in
            for _ in 0..<10 { try await writer.write("data: " + String(repeating: "a", count: 2992) + "\n\n") }
            try await environment.sleep(.seconds(3600))
        }
    }
}

/// What streams keep of their bodies for the journal while they are open.
@Suite(.timeLimit(.minutes(1))) struct StreamMemoryTests {
    private func listen(_ address: SocketAddress) async throws -> RawSocket {
        let socket = try await RawSocket(address)
        try await socket.send("GET / HTTP/1.1\r\n\r\n")
        _ = try await socket.read { String(decoding: $0, as: UTF8.self).matches(of: /data: a+\n\n/).count == 10 }
        return socket
    }

    /// The last exchange that is over, when there is one beyond `before`.
    private func exchange(after before: ExchangeRecord? = nil, in journal: SharedJournal) async -> ExchangeRecord {
        while true {
            let (next, last) = journal.read { log in
                let records = log.entries().compactMap { if case .exchange(let record) = $0.event { record } else { nil } }
                return (log.nextNumber, records.last)
            }
            if let last, last.id != before?.id { return last }
            await journal.waitForEntry(after: next - 1)
        }
    }

    @Test func `all that are open keep together what the journal has room for, and give it back`() async throws {
        let loop = try EventLoop()
        let journal = SharedJournal(limits: JournalLimits(bytes: 40_000, body: 25_000))
        let fake = try await RunningFake(
            Talker(FakeEnvironment(id: "talker", loop: loop)), staging: Staging(journal: journal))
        let address = fake.addresses[0]

        let (first, second) = (try await listen(address), try await listen(address))
        first.reset()
        let one = await exchange(in: journal)
        second.reset()
        let two = await exchange(after: one, in: journal)
        let third = try await listen(address)
        third.reset()
        let three = await exchange(after: two, in: journal)
        await fake.stop()
        await loop.stop()

        #expect([one, two, three].map(\.responseBody.count) == [25_000, 15_000, 25_000])
        #expect([one, two, three].map(\.responseBodySize) == [30_000, 30_000, 30_000])
    }
}
