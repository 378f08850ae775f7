/// A time of an entry in the words of people and of JSON; UTC.
struct JournalTime {
    private let microseconds: Int

    /// - Parameter seconds: since 1970; kept within the years that four digits can tell.
    init(seconds: Double) {
        let bounded = seconds.isNaN ? 0 : min(max(seconds, 0), 253_402_300_799)
        microseconds = Int((bounded * 1e6).rounded())
    }

    /// `2026-11-22T10:55:39.593849Z`.
    var iso: String { "\(date)T\(clock).\(Self.padded(microseconds % 1_000_000, 6))Z" }

    /// `2026-11-22T10:55:39.593Z`.
    var isoMilliseconds: String { "\(date)T\(clock).\(Self.padded(microseconds / 1000 % 1000, 3))Z" }

    /// `10:55:39.593`.
    var ofDay: String { "\(clock).\(Self.padded(microseconds / 1000 % 1000, 3))" }

    private var clock: String {
        let seconds = microseconds / 1_000_000 % 86400
        return [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, 2) }.joined(separator: ":")
    }

    private var date: String {
        // Days counted from 1 March of year 0, so that the leap day is a year's last: the proleptic Gregorian
        // calendar goes round every 146,097 days.
        let days = microseconds / 86_400_000_000 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return
            "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(dayOfYear - (153 * shifted + 2) / 5 + 1, 2))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Duration {
    /// In seconds, to the microsecond.
    var seconds: Double { ((self / .microseconds(1)).rounded()) / 1e6 }

    /// In milliseconds, to the microsecond, as HAR counts.
    var milliseconds: Double { ((self / .microseconds(1)).rounded()) / 1e3 }

    /// For people: `850 µs`, `3.4 ms`, `2.51 s`.
    var brief: String {
        let micro = self / .microseconds(1)
        if micro.magnitude < 1000 { return "\(Int(micro.rounded())) µs" }
        if micro.magnitude < 1e6 { return "\((micro / 100).rounded() / 10) ms" }
        return "\((micro / 1e4).rounded() / 100) s"
    }
}
