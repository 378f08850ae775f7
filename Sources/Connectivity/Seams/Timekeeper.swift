/// Where the library gets its time from: the system, or a test that turns the hands itself.
public protocol Timekeeper: Sendable {
    var now: ContinuousClock.Instant { get }
    /// Returns when `instant` has come.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until instant: ContinuousClock.Instant) async throws
}

extension Timekeeper {
    /// Returns after `duration`.
    public func sleep(for duration: Duration) async throws {
        try await sleep(until: now + duration)
    }
}

/// The system's time.
public struct SystemTime: Timekeeper {
    public init() {}

    public var now: ContinuousClock.Instant { .now }

    public func sleep(until instant: ContinuousClock.Instant) async throws {
        try await Task.sleep(until: instant, clock: .continuous)
    }
}

extension Timekeeper where Self == SystemTime {
    /// The system's time.
    public static var system: SystemTime { SystemTime() }
}
