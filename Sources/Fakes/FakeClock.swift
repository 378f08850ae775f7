public import SocketServer

/// The time in which a fake lives: that of the world, or one that a test turns by hand.
public protocol FakeClock: Sendable {
    /// The time since some moment in the past. It never goes back.
    var now: Duration { get }
    /// Waits for a moment of this clock.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(until moment: Duration) async throws
}

/// The time of the world, with timers that live on the fake's own loop.
public struct RealTime: FakeClock {
    private static let origin = ContinuousClock.now
    private let loop: EventLoop

    public init(loop: EventLoop) {
        self.loop = loop
    }

    public var now: Duration { ContinuousClock.now - Self.origin }

    public func sleep(until moment: Duration) async throws {
        try await loop.clock.sleep(until: Self.origin + moment)
    }
}
