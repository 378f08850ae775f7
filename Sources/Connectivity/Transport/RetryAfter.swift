internal import Foundation

/// When a server asks to be tried again: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
enum RetryAfter {
    /// - Parameter now: seconds since 1970, to which a date is compared.
    /// - Returns: nil if nothing is said, or nothing that can be understood; never negative.
    static func delay(milliseconds: String?, _ value: String?, now: Double) -> Duration? {
        if let milliseconds, let number = Double(trimmed(milliseconds)), number.isFinite, number >= 0 {
            return .milliseconds(min(number, 1e12))
        }
        guard let value = value.map(trimmed) else { return nil }
        if let seconds = Double(value) {
            return seconds.isFinite && seconds >= 0 ? .seconds(min(seconds, 1e9)) : nil
        }
        guard let date = seconds(ofDate: value) else { return nil }
        return .seconds(max(0, date - now))
    }

    private static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespaces)
    }

    /// One of the three forms of HTTP's dates (RFC 9110, 5.6.7), in seconds since 1970.
    private static func seconds(ofDate text: String) -> Double? {
        for format in ["EEE, dd MMM yyyy HH:mm:ss zzz", "EEEE, dd-MMM-yy HH:mm:ss zzz", "EEE MMM d HH:mm:ss yyyy"] {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(identifier: "GMT")
            formatter.dateFormat = format
            if let date = formatter.date(from: text) { return date.timeIntervalSince1970 }
        }
        return nil
    }
}
