public import Fakes
public import Journal
internal import Words

/// What happened at a fake, or at several, connection by connection.
///
/// ```swift
/// try await fake.journal.wait(for: .path("/prompt"), count: 3, within: .seconds(5))
/// let statuses = try fake.journal.exchanges(.method("POST")).map(\.status)
/// ```
public struct FakeJournal: Sendable {
    /// The journal itself, that of all fakes of the test.
    public let shared: SharedJournal
    private let fake: String?

    init(_ shared: SharedJournal, fake: String? = nil) {
        self.shared = shared
        self.fake = fake
    }

    /// The entries that are meant, the oldest first.
    ///
    /// - Throws: `JournalQueryError` for a query that cannot be understood.
    public func entries(_ query: FakeQuery = .all) throws -> [JournalEntry] {
        let query = try query.reading(fake)
        return shared.read { $0.entries(from: query.from) }.filter(query.matches)
    }

    /// What was asked and answered. An exchange is there when it is over, and the one that opened a WebSocket at once.
    public func exchanges(_ query: FakeQuery = .all) throws -> [ExchangeRecord] {
        try entries(query).compactMap { entry in
            switch entry.event {
            case .exchange(let record), .opened(let record): record
            default: nil
            }
        }
    }

    /// Messages of WebSockets, and events of streams.
    public func messages(_ query: FakeQuery = .all) throws -> [MessageRecord] {
        try entries(query).compactMap { if case .message(let record) = $0.event { record } else { nil } }
    }

    /// What rules did.
    public func effects(_ query: FakeQuery = .all) throws -> [EffectRecord] {
        try entries(query).compactMap { if case .effect(let record) = $0.event { record } else { nil } }
    }

    /// Waits until so many entries are there that the query means; those that are there already count.
    ///
    /// - Parameter time: by the clock of the world, even where the fake lives by another.
    /// - Returns: the first so many.
    /// - Throws: ``JournalTimeout`` if they do not come in time; `JournalQueryError`.
    @discardableResult
    public func wait(
        for query: FakeQuery, count: Int = 1, within time: Duration = .seconds(5)
    ) async throws -> [JournalEntry] {
        let read = try query.reading(fake)
        var wait = JournalWait(for: read, atLeast: count)
        let end = ContinuousClock.now + time
        while true {
            let seen = shared.read { $0.nextNumber - 1 }
            if shared.read({ wait.isMet(by: $0) }) { break }
            try Task.checkCancellation()
            guard ContinuousClock.now < end else {
                throw JournalTimeout(
                    description:
                        "expected \(count) of \(read) within \(time.spelled), got \(wait.matches.count) among:\n"
                        + lines(of: try entries()))
            }
            await withTaskGroup(of: Void.self) { [shared] group in
                group.addTask { await shared.waitForEntry(after: seen) }
                // Cancelled when there is something new.
                group.addTask { try? await Task.sleep(until: end) }
                await group.next()
                group.cancelAll()
            }
        }
        let numbers = wait.matches
        return shared.read { log in numbers.compactMap { log[$0] } }
    }

    /// Holds claims against it.
    ///
    /// - Throws: ``ClaimFailure`` with all that do not hold.
    public func verify(_ claims: [FakeClaim]) throws {
        let (entries, drops) = shared.read { ($0.entries(), $0.drops) }
        let results = try claims.map { try $0.verification(fake).check(entries, drops: drops) }
        let failed = results.filter { !$0.passed }
        guard failed.isEmpty else { throw ClaimFailure(results: failed) }
    }

    private func lines(of entries: [JournalEntry]) -> String {
        entries.suffix(30).map { "    " + $0.line() }.joined(separator: "\n")
    }
}

/// What was waited for did not happen in time.
public struct JournalTimeout: Error, CustomStringConvertible {
    /// What was expected, and what was there instead.
    public let description: String
}
