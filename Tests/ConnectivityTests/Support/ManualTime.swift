import Synchronization

@testable import Connectivity

/// A time whose hands the test turns.
final class ManualTime: Timekeeper {
    private struct State {
        var now = ContinuousClock.now
        var sleepers: [Int: (instant: ContinuousClock.Instant, continuation: CheckedContinuation<Void, any Error>)] =
            [:]
        var next = 0
        var watchers: [(instant: ContinuousClock.Instant, count: Int, continuation: CheckedContinuation<Void, Never>)] =
            []

        func countOfSleepers(until instant: ContinuousClock.Instant) -> Int {
            sleepers.values.count { $0.instant == instant }
        }
    }

    private let state = Mutex(State())

    var now: ContinuousClock.Instant { state.withLock(\.now) }

    func sleep(until instant: ContinuousClock.Instant) async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                // Nobody is resumed under the lock: the handler below takes it too.
                let (woken, result): ([CheckedContinuation<Void, Never>], Result<Void, any Error>?) = state.withLock {
                    state in
                    if Task.isCancelled { return ([], .failure(CancellationError())) }
                    if instant <= state.now { return ([], .success(())) }
                    state.sleepers[number] = (instant, continuation)
                    let count = state.countOfSleepers(until: instant)
                    let woken = state.watchers.filter { $0.instant == instant && $0.count <= count }.map(\.continuation)
                    state.watchers.removeAll { $0.instant == instant && $0.count <= count }
                    return (woken, nil)
                }
                for watcher in woken { watcher.resume() }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation
                .resume(throwing: CancellationError())
        }
    }

    /// Turns the hands; whoever slept until then wakes.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.instant <= state.now }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.sorted { $0.instant < $1.instant }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Returns when so many sleep for exactly so long.
    func untilAsleep(for duration: Duration, _ count: Int = 1) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            state.withLock { state in
                let instant = state.now + duration
                if state.countOfSleepers(until: instant) >= count { return continuation.resume() }
                state.watchers.append((instant, count, continuation))
            }
        }
    }

    /// Waits until so many sleep for exactly so long, and lets that time pass.
    func pass(_ duration: Duration, sleepers count: Int = 1) async {
        await untilAsleep(for: duration, count)
        advance(by: duration)
    }
}

extension AsyncStream where Element: Sendable {
    /// The first elements up to the one that is awaited.
    func collect(until isLast: (Element) -> Bool) async -> [Element] {
        var elements: [Element] = []
        for await element in self {
            elements.append(element)
            if isLast(element) { break }
        }
        return elements
    }
}

/// A count that several tasks keep.
final class Tally: Sendable {
    private let counted = Mutex(0)

    var count: Int { counted.withLock { $0 } }

    @discardableResult
    func add() -> Int {
        counted.withLock { count in
            count += 1
            return count
        }
    }
}

/// What several tasks saw, in order.
final class Record<Element: Sendable>: Sendable {
    private let recorded = Mutex<[Element]>([])

    var all: [Element] { recorded.withLock { $0 } }

    func add(_ element: Element) {
        recorded.withLock { $0.append(element) }
    }
}

/// A gate that a test opens: whoever came before waits for it.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.finish() }
    func pass() async { for await _ in stream {} }
}
