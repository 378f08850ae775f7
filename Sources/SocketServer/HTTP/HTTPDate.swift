internal import Glibc

/// The date of an answer's head, made once a second.
struct HTTPDate {
    private var second = -1
    private var text: [UInt8] = []

    /// The date now, as bytes.
    mutating func now() -> [UInt8] {
        let now = time(nil)
        if now != second {
            second = now
            text = Array(CivilTime(seconds: now).httpDate.utf8)
        }
        return text
    }
}
