import Synchronization

@testable import Connectivity

/// Time in which nobody waits, and every wait is written down.
final class NotedTime: Timekeeper {
    private let noted = Mutex<[Duration]>([])

    var waits: [Duration] { noted.withLock { $0.map { .milliseconds(($0 / .milliseconds(1)).rounded()) } } }
    var now: ContinuousClock.Instant { .now }

    func sleep(until instant: ContinuousClock.Instant) async throws {
        try Task.checkCancellation()
        noted.withLock { $0.append(instant - .now) }
    }
}
