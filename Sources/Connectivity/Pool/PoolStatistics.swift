/// What a pool has done so far.
public struct PoolStatistics: Sendable, Hashable {
    /// Connections handed out.
    public internal(set) var acquisitions = 0
    /// Of these, to callers that had to wait.
    public internal(set) var waits = 0
    /// Connections made.
    public internal(set) var creations = 0
    /// Connections that could not be made.
    public internal(set) var connectErrors = 0
    /// Callers that waited too long.
    public internal(set) var timeouts = 0
    /// Callers that gave up waiting.
    public internal(set) var cancellations = 0
    /// Connections that ended by themselves, idle or leased, or failed a check.
    public internal(set) var deaths = 0
    /// Connections that the pool closed.
    public internal(set) var closures = 0
    /// Leases reported as never returned.
    public internal(set) var leaks = 0
    /// How long callers waited for what they got.
    public internal(set) var acquisitionTimes = DurationSummary()

    /// The part of the acquisitions that needed no new connection, from 0 to 1.
    public var reuseRate: Double {
        acquisitions == 0 ? 0 : Double(max(0, acquisitions - creations)) / Double(acquisitions)
    }
}

/// Many durations in few numbers.
public struct DurationSummary: Sendable, Hashable {
    public private(set) var count = 0
    public private(set) var total = Duration.zero
    public private(set) var longest = Duration.zero
    /// How many took less than 1 µs, 2 µs, 4 µs, …; the last also has all that took longer.
    private var buckets = [Int](repeating: 0, count: 32)

    public init() {}

    public var mean: Duration { count == 0 ? .zero : total / count }

    /// So many of a hundred took no longer than this, rounded up to a power of two microseconds.
    public func percentile(_ part: Double) -> Duration {
        var left = Int((Double(count) * part / 100).rounded(.up))
        guard left > 0 else { return .zero }
        for (place, bucket) in buckets.enumerated() {
            left -= bucket
            if left <= 0 { return min(longest, .microseconds(Int64(1) << place)) }
        }
        return longest
    }

    mutating func add(_ duration: Duration) {
        count += 1
        total += duration
        longest = max(longest, duration)
        let parts = duration.components
        let microseconds = parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
        let place = Int64.bitWidth - max(0, microseconds).leadingZeroBitCount
        buckets[min(place, buckets.count - 1)] += 1
    }
}
