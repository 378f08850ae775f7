/// When how much of what waits may leave. Pure: it neither waits nor sends.
struct Pacing {
    typealias Instant = ContinuousClock.Instant

    var bytesPerSecond: Int?
    var slice: (size: @Sendable () -> Int, gap: @Sendable () -> Duration)?
    var latency: (@Sendable () -> Duration)?
    /// What leaves next may not leave before.
    private var next: Instant?

    /// A timer that fires late is made up for, up to here; time in which nothing was to be sent is not.
    private static let slack = Duration.milliseconds(20)

    /// When what is written now is ready to leave.
    func ready(at now: Instant) -> Instant {
        guard let latency else { return now }
        return now + max(.zero, latency())
    }

    /// When a piece that is ready then may leave.
    func due(_ ready: Instant) -> Instant {
        next.map { max($0, ready) } ?? ready
    }

    /// How many of `count` bytes may leave at once.
    func size(of count: Int) -> Int {
        var size = count
        // What 10 ms are worth, so that a fast one needs no timer for each byte.
        if let bytesPerSecond { size = min(size, max(1, bytesPerSecond / 100)) }
        if let slice { size = min(size, max(1, slice.size())) }
        return size
    }

    /// Takes note that so many bytes have left.
    mutating func sent(_ count: Int, at now: Instant) {
        guard bytesPerSecond != nil || slice != nil else { return next = nil }
        var due = now
        if let bytesPerSecond {
            let start = next.map { max($0, now - Self.slack) } ?? now
            due = start + .seconds(Double(count) / Double(max(1, bytesPerSecond)))
        }
        if let slice { due = max(due, now + max(.zero, slice.gap())) }
        next = due
    }
}
