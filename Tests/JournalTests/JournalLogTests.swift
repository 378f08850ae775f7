import Testing

@testable import Journal

@Suite struct JournalLogTests {
    private func message(_ size: Int = 0) -> JournalEntry {
        .make(.message(MessageRecord(exchange: 1, direction: .sent, type: "progress", payload: bytes(size))))
    }

    private func bytes(_ count: Int) -> [UInt8] { Array(repeating: 65, count: count) }

    @Test func `numbers go up from one and are never given twice`() {
        var log = JournalLog()

        let before = [log.append(message()), log.append(message())]
        log.clear()
        let after = log.append(message())

        #expect(before == [1, 2])
        #expect(after == 3)
        #expect(log.entries().map(\.number) == [3])
        #expect(log[2] == nil)
        #expect(log[3]?.number == 3)
    }

    @Test(arguments: [1, 2, 3, 7])
    func `the newest entries are kept, in order, and the others counted`(limit: Int) {
        var log = JournalLog(limits: JournalLimits(entries: limit))

        for _ in 1...10 { log.append(message()) }

        #expect(log.entries().map(\.number) == Array((11 - limit)...10))
        #expect(log.drops.entries == 10 - limit)
        #expect(log.firstNumber == 11 - limit)
    }

    @Test func `entries from a number on are those that come later`() {
        var log = JournalLog()
        for _ in 1...4 { log.append(message()) }

        #expect(log.entries(from: 3).map(\.number) == [3, 4])
        #expect(log.entries(from: 5).isEmpty)
        #expect(log.entries(from: 50).isEmpty)
        #expect(log.entries(from: -3).count == 4)
    }

    @Test func `a large entry pushes out as many small ones as it needs`() {
        var log = JournalLog(limits: JournalLimits(entries: 100, bytes: 5_000))
        for _ in 1...10 { log.append(message(100)) }
        let held = log.bytes

        log.append(message(4_000))

        #expect(log.bytes <= 5_000)
        #expect(log.entries().last?.number == 11)
        #expect(log.drops.entries == 11 - log.count)
        #expect(log.drops.bytes + log.bytes == held + message(4_000).size)
        for _ in 1...200 { log.append(message()) }
        #expect(log.entries().map(\.number) == Array(log.firstNumber..<log.nextNumber))
    }

    @Test func `an entry larger than the whole journal is kept until the next one comes`() {
        var log = JournalLog(limits: JournalLimits(bytes: 1_000))

        log.append(message(3_000))
        let alone = log.count
        log.append(message())

        #expect(alone == 1)
        #expect(log.entries().map(\.number) == [2])
    }

    @Test func `of long bodies and messages the beginning is kept, and the size`() throws {
        var log = JournalLog(limits: JournalLimits(body: 10))

        log.append(message(11))
        log.append(.make(.exchange(.make(body: bytes(10), answer: bytes(12)))))

        guard case .message(let kept) = try #require(log[1]).event,
            case .exchange(let exchange) = try #require(log[2]).event
        else { throw UnexpectedEvent() }
        #expect(kept.payload.count == 10)
        #expect(kept.size == 11)
        #expect(exchange.requestBody.count == 10)
        #expect(exchange.responseBody.count == 10)
        #expect(exchange.responseBodySize == 12)
    }

    @Test func `clearing gives back the bytes and forgets what was dropped`() {
        var log = JournalLog(limits: JournalLimits(entries: 2))
        for _ in 1...3 { log.append(message(50)) }

        log.clear()

        #expect(log.bytes == 0)
        #expect(log.count == 0)
        #expect(log.drops == JournalDrops())
        for _ in 1...5 { log.append(message()) }
        #expect(log.entries().map(\.number) == [7, 8])
    }

    @Test func `fields that are made on reading are not made on appending`() {
        var log = JournalLog()

        log.append(
            .make(
                .exchange(
                    .make(
                        headers: HeaderRecord(size: 10) {
                            Issue.record("made too early")
                            return []
                        }))))

        #expect(log.count == 1)
    }
}
