/// A second of civil time in UTC, taken apart.
public struct CivilTime: Sendable, Equatable {
    public let year: Int
    /// 1 to 12.
    public let month: Int
    public let day: Int
    public let hour: Int
    public let minute: Int
    public let second: Int
    /// 0 is Sunday.
    public let weekday: Int

    /// From seconds since 1970.
    public init(seconds: Int) {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        // Civil date from days: Hinnant's algorithm over eras of 400 years that begin in March.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
        weekday = ((days + 4) % 7 + 7) % 7
    }

    /// `Sun, 22 Nov 2026 10:56:35 GMT` (RFC 9110 section 5.6.7).
    public var httpDate: String {
        // Many answers tell it: bytes are put together in a fraction of an interpolation's time.
        var text: [UInt8] = []
        text.reserveCapacity(32)
        text.append(text: Self.weekdays[weekday])
        Self.append(day, behind: ", ", to: &text)
        text.append(text: Self.months[month - 1])
        text.append(text: String(year))
        Self.append(hour, behind: " ", to: &text)
        Self.append(minute, behind: ":", to: &text)
        Self.append(second, behind: ":", to: &text)
        text.append(text: " GMT")
        return String(decoding: text, as: UTF8.self)
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec ",
    ]

    /// Two digits behind a separator.
    private static func append(_ number: Int, behind separator: String, to text: inout [UInt8]) {
        text.append(text: separator)
        text.append(UInt8(0x30 + number / 10))
        text.append(UInt8(0x30 + number % 10))
    }

    /// `2026-11-22`.
    public var date: String { "\(year)-\(Self.two(month))-\(Self.two(day))" }

    /// `10:56:35`.
    public var clock: String { "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))" }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
