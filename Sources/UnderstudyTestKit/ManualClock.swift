public import Fakes
public import SocketServer
internal import Synchronization

/// A time that a test turns by hand, for fakes inside it: scripted delays and timelines, paced tokens, quotas, faults of
/// the wire and waits of WebSockets all go by it, so that a test about an hour takes a millisecond.
///
/// ```swift
/// let clock = ManualClock()
/// try await withFake(.liteLLM(scenario: slow), clock: clock) { fake in
///     async let answer = RawSocket.get(fake.url + "/health")
///     try await clock.advanceToNextTimer()  // the request has come, and its delay is over
///     #expect(try await answer.status == 200)
/// }
/// ```
/// What the network takes stays real: what a client has sent is there when it is there. So wait for a timer
/// (``waitForTimers(_:)``, ``advanceToNextTimer()``) before the time is turned on past it.
public final class ManualClock: LoopTime, Sendable {
    private struct Standing {
        let loop: EventLoop
        var timers = 0
        var earliest: ContinuousClock.Instant?
    }

    private struct State {
        var now: ContinuousClock.Instant
        var loops: [ObjectIdentifier: Standing] = [:]
        var waiters: [UInt64: (count: Int, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var lastWaiter: UInt64 = 0

        var timers: Int { loops.values.reduce(0) { $0 + $1.timers } }
        var earliest: ContinuousClock.Instant? { loops.values.compactMap(\.earliest).min() }
    }

    private let began = ContinuousClock.now
    private let state: Mutex<State>
    private let start: WallTime

    /// - Parameter start: what the calendar says as the clock begins: answers tell this time. The same each time, so
    ///   that answers are too.
    public init(start: WallTime = WallTime(seconds: 1_795_348_800)) {
        self.start = start
        state = Mutex(State(now: began))
    }

    // MARK: Time

    public var now: ContinuousClock.Instant { state.withLock(\.now) }
    /// The time since it was made.
    public var elapsed: Duration { now - began }
    /// What the calendar says.
    public var wallTime: WallTime { start + elapsed }

    /// How many timers wait for this clock.
    public var timers: Int { state.withLock(\.timers) }

    /// Turns the time on. Whatever is due on the way happens in its order, each at its own time, and what it leads to
    /// happens before the next; when this returns, all has been done that can be without more time.
    public func advance(by duration: Duration) async {
        let end = now + duration
        await catchUp()
        while let next = state.withLock(\.earliest), next <= end { await turn(to: next) }
        await turn(to: end)
    }

    /// Waits until somebody waits for this clock, and turns the time on until the first of them need not any longer.
    ///
    /// - Throws: `CancellationError` when the test is ended by its time limit.
    public func advanceToNextTimer() async throws {
        try await waitForTimers(1)
        await catchUp()
        if let next = state.withLock(\.earliest) { await turn(to: next) }
    }

    /// Returns when at least so many timers wait for this clock.
    ///
    /// - Throws: `CancellationError` when the test is ended by its time limit.
    public func waitForTimers(_ count: Int) async throws {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.timers >= count { return .success(()) }
                    state.waiters[id] = (count, continuation)
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }

    private func turn(to moment: ContinuousClock.Instant) async {
        state.withLock { $0.now = max($0.now, moment) }
        await catchUp()
    }

    /// One loop may give another one something to do; they come to rest in as many rounds.
    private func catchUp() async {
        for _ in 0..<2 {
            for loop in state.withLock({ $0.loops.values.map(\.loop) }) { await loop.catchUp() }
        }
    }

    // MARK: LoopTime

    public func joined(_ loop: EventLoop) {
        state.withLock { $0.loops[ObjectIdentifier(loop)] = Standing(loop: loop) }
    }

    public func left(_ loop: EventLoop) {
        state.withLock { _ = $0.loops.removeValue(forKey: ObjectIdentifier(loop)) }
    }

    public func timersChanged(of loop: EventLoop, count: Int, earliest: ContinuousClock.Instant?) {
        let woken = state.withLock { state in
            state.loops[ObjectIdentifier(loop)]?.timers = count
            state.loops[ObjectIdentifier(loop)]?.earliest = earliest
            guard !state.waiters.isEmpty else { return [CheckedContinuation<Void, any Error>]() }
            let timers = state.timers
            let woken = state.waiters.filter { $0.value.count <= timers }
            for id in woken.keys { state.waiters[id] = nil }
            return woken.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}
