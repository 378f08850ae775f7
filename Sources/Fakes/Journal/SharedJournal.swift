public import Journal
internal import Synchronization

/// The journal of a suite: every fake writes into it from its own thread, and whoever cares reads it from another.
public final class SharedJournal: Sendable {
    private struct State {
        var log: JournalLog
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter: UInt64 = 0

        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            if waiters.isEmpty { return [] }
            defer { waiters = [:] }
            return Array(waiters.values)
        }
    }

    private let state: Mutex<State>
    private let beganAt: Double
    private let clock: @Sendable () -> Duration

    /// - Parameters:
    ///   - now: what the calendar says as it begins.
    ///   - clock: the time since it began; by the clock of the world if nil.
    public init(
        limits: JournalLimits = JournalLimits(), now: WallTime = .now(), clock: (@Sendable () -> Duration)? = nil
    ) {
        let began = ContinuousClock.now
        state = Mutex(State(log: JournalLog(limits: limits)))
        beganAt = now.seconds
        self.clock = clock ?? { ContinuousClock.now - began }
    }

    /// The time since the journal began: `since` of its entries.
    public var elapsed: Duration { clock() }

    /// Notes what happened just now.
    @discardableResult
    public func append(_ event: JournalEvent, fake: String = "", kind: String = "", connection: UInt64 = 0) -> Int {
        append(event, fake: fake, kind: kind, connection: connection, since: elapsed)
    }

    /// Notes what happened at a time.
    @discardableResult
    public func append(
        _ event: JournalEvent, fake: String, kind: String, connection: UInt64, since: Duration
    ) -> Int {
        let entry = JournalEntry(
            at: wallTime(since), since: since, fake: fake, kind: kind, connection: connection,
            event: event)
        let (number, woken) = state.withLock { state in
            (state.log.append(entry), state.takeWaiters())
        }
        for waiter in woken { waiter.resume() }
        return number
    }

    /// The number by which exchanges of a fake are noted.
    func source(fake: String, kind: String) -> Int {
        state.withLock { $0.log.source(fake: fake, kind: kind) }
    }

    /// Notes an exchange that is over: with messages what a journal is mostly asked to do, by the shortest way.
    func append(_ record: ExchangeRecord, source: Int, connection: UInt64, since: Duration) {
        let at = wallTime(since)
        append { $0.append(record, source: source, connection: connection, at: at, since: since) }
    }

    /// Notes a message, by the same way.
    func append(_ record: MessageRecord, source: Int, connection: UInt64, since: Duration) {
        let at = wallTime(since)
        append { $0.append(record, source: source, connection: connection, at: at, since: since) }
    }

    @inline(__always)
    private func append(_ note: (inout JournalLog) -> Void) {
        let woken = state.withLock { state in
            note(&state.log)
            return state.takeWaiters()
        }
        for waiter in woken { waiter.resume() }
    }

    /// By hand: the division of two durations is one of numbers of 128 bits.
    private func wallTime(_ since: Duration) -> Double {
        let (seconds, attoseconds) = since.components
        return beganAt + (Double(seconds) + Double(attoseconds) * 1e-18)
    }

    /// Looks at the log as it is now; what is appended meanwhile is not in it, and not held up.
    public func read<Result: Sendable>(_ body: (borrowing JournalLog) throws -> Result) rethrows -> Result {
        try body(state.withLock { $0.log })
    }

    /// Forgets all entries; numbers go on.
    public func clear() {
        state.withLock { $0.log.clear() }
    }

    /// Returns when an entry with a number above this one is there, or the task is cancelled.
    public func waitForEntry(after number: Int) async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if Task.isCancelled || state.log.nextNumber > number + 1 { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
