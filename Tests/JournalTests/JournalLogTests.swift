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
        var alone = JournalLog()
        alone.append(message(4_000))
        #expect(log.drops.bytes + log.bytes == held + alone.bytes)
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

    @Test func `what is read is what was written, of every kind`() {
        let long = ExchangeRecord(
            id: 7, client: "ä", scheme: "https", method: "POST", target: "/a%20b?c=d", path: "/a b",
            version: "HTTP/2", route: "/{name}", requestHeaders: ["Host": "x", "A": ""], requestBody: bytes(3),
            requestBodySize: 9, status: 429, reason: "Slow down", responseHeaders: ["B": "1", "b": "2"],
            responseBody: bytes(70_000), isStream: true, began: .seconds(1), head: .seconds(2), ended: .seconds(3),
            outcome: .brokenOff(rule: "r"), nativeError: "rate_limit", rules: ["r", "s"])
        let events: [JournalEvent] = [
            .accepted(peer: "127.0.0.1:1", local: "[::1]:2"), .secured(version: "TLSv1.3", alpn: nil),
            .secured(version: "TLSv1.2", alpn: "h2"), .exchange(.make()), .exchange(.make(status: 0, outcome: .reset)),
            .exchange(.make(outcome: .clientLeft)), .exchange(long),
            .opened(.make("GET", "/ws?clientId=1", route: "/ws")),
            .exchange(.make(route: nil)), .message(MessageRecord(exchange: 1, direction: .received, type: "")),
            .message(MessageRecord(exchange: 1, direction: .sent, form: .binary, type: "b", payload: [0], size: 5)),
            .message(MessageRecord(exchange: 1, client: "c", direction: .sent, form: .event(name: nil), type: "e")),
            .message(MessageRecord(exchange: 1, direction: .sent, form: .event(name: "n"), type: "e")),
            .control(ControlRecord(exchange: 2, kind: .close, direction: .sent, code: 1012, reason: "gone", size: 6)),
            .control(ControlRecord(exchange: 2, kind: .pong, direction: .received)),
            .effect(EffectRecord(rule: "r", effect: "delay", detail: "5 ms", exchange: 3, client: "c")),
            .effect(EffectRecord(rule: "r", effect: "refuse")), .refused(fault: "badRequestLine", status: 400),
            .refused(fault: "x", status: nil), .scenario(name: "n", rules: 3), .lifecycle("started"),
            .closed(ClosedRecord(by: .server, how: .reset, rule: "r", detail: "d", received: 5, sent: 6)),
            .closed(ClosedRecord(by: .client, how: .timeout)),
        ]
        var log = JournalLog(limits: JournalLimits(body: 100_000))

        for event in events { log.append(.make(event, fake: "a", kind: "b", connection: .max, since: .seconds(2.5))) }

        // JSON shows all that there is, texts, numbers and what is absent.
        for (index, event) in events.enumerated() {
            var expected = JournalEntry.make(event, fake: "a", kind: "b", connection: .max, since: .seconds(2.5))
            expected.number = index + 1
            #expect(log[index + 1]?.json() == expected.json())
        }
    }

    @Test func `a copy stays as it is while the log goes on and round`() {
        var log = JournalLog(limits: JournalLimits(entries: 50, bytes: 1 << 20))
        for size in 0..<50 { log.append(message(size * 100)) }
        let copy = log

        for _ in 0..<5_000 { log.append(message(500)) }

        #expect(copy.entries().map(\.number) == Array(1...50))
        #expect(copy.entries().map { $0.event.payloadSize } == (0..<50).map { $0 * 100 })
        #expect(log.entries().allSatisfy { $0.event.payloadSize == 500 })
        #expect(log.count == 50)
    }
}

extension JournalEvent {
    fileprivate var payloadSize: Int? {
        guard case .message(let record) = self else { return nil }
        return record.payload.count
    }
}
