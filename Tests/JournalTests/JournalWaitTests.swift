import Testing

@testable import Journal

@Suite struct JournalWaitTests {
    private func message(_ type: String) -> JournalEntry {
        .make(.message(MessageRecord(exchange: 1, direction: .sent, type: type)))
    }

    @Test func `a wait is met when enough has come, and looks at each entry once`() throws {
        var log = JournalLog()
        var wait = JournalWait(for: try JournalQuery(line: "type=executed"), atLeast: 2)
        var answers: [Bool] = []

        for type in ["executed", "progress", "executed", "executed"] {
            log.append(message(type))
            answers.append(wait.isMet(by: log))
        }

        #expect(answers == [false, false, true, true])
        #expect(wait.matches == [1, 3])
    }

    @Test func `entries before the number from which it counts are passed over`() throws {
        var log = JournalLog()
        var wait = JournalWait(for: try JournalQuery(line: "type=executed since=3"))
        for _ in 1...2 { log.append(message("executed")) }

        let early = wait.isMet(by: log)
        log.append(message("executed"))
        let late = wait.isMet(by: log)

        #expect(!early)
        #expect(late)
        #expect(wait.matches == [3])
    }

    @Test func `what was cleared unseen does not count, what was seen does`() throws {
        var log = JournalLog(limits: JournalLimits(entries: 2))
        var wait = JournalWait(for: JournalQuery(), atLeast: 4)
        log.append(message("a"))
        _ = wait.isMet(by: log)
        log.clear()
        for _ in 1...5 { log.append(message("b")) }

        let met = wait.isMet(by: log)

        #expect(!met)
        #expect(wait.matches == [1, 5, 6])
    }
}
