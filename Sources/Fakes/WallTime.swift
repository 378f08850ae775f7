internal import Glibc
public import SocketServer

/// A point of civil time, as the imitated servers write it into their answers.
public struct WallTime: Sendable, Comparable {
    /// Seconds since 1970, UTC.
    public var seconds: Double

    public init(seconds: Double) {
        self.seconds = seconds
    }

    /// The system's clock.
    public static func now() -> WallTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(seconds: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }

    /// Whole seconds since 1970.
    public var wholeSeconds: Int { Int(Self.bounded(seconds).rounded(.down)) }
    /// Whole milliseconds since 1970.
    public var milliseconds: Int { Int((Self.bounded(seconds) * 1000).rounded(.down)) }

    /// Within the years that four digits can tell, so that no time that a client names overflows.
    private static func bounded(_ seconds: Double) -> Double {
        seconds.isNaN ? 0 : min(max(seconds, -62_135_596_800), 253_402_300_799)
    }

    public static func < (left: WallTime, right: WallTime) -> Bool { left.seconds < right.seconds }

    public static func + (time: WallTime, duration: Duration) -> WallTime {
        WallTime(seconds: time.seconds + duration / .seconds(1))
    }

    public static func - (left: WallTime, right: WallTime) -> Duration {
        .seconds(bounded(left.seconds) - bounded(right.seconds))
    }

    /// Year, month, day and time of day in UTC.
    public var civil: CivilTime { CivilTime(seconds: wholeSeconds) }

    /// `2026-11-22 11:10:12`, UTC; `separator` stands between date and time.
    public func dateTime(separator: String = " ") -> String {
        civil.date + separator + civil.clock
    }

    /// `2026-11-22T10:55:39.593849`, UTC, as Python's `isoformat` with microseconds.
    public var isoMicroseconds: String {
        let bounded = Self.bounded(seconds)
        let micro = Int((bounded - bounded.rounded(.down)) * 1_000_000)
        let digits = String(micro)
        return dateTime(separator: "T") + "." + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// `Sun, 22 Nov 2026 10:56:35 GMT` (RFC 9110 section 5.6.7).
    public var httpDate: String { civil.httpDate }
}
