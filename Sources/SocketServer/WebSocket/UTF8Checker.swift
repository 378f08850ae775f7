/// Checks UTF-8 as it arrives, in pieces cut anywhere (RFC 3629 section 4): a wrong byte is told at once.
struct UTF8Checker {
    /// Continuation bytes still due, and the range that the next one must lie in.
    private var due = 0
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF

    /// Whether what came so far ends between characters.
    var isComplete: Bool { due == 0 }

    /// False as soon as the bytes cannot become UTF-8 any more.
    mutating func take(_ bytes: [UInt8], from start: Int) -> Bool {
        var index = start
        let span = bytes.span
        while index < span.count {
            let byte = span[index]
            index += 1
            if due == 0 {
                if byte < 0x80 { continue }
                guard begin(byte) else { return false }
            } else {
                guard byte >= low, byte <= high else { return false }
                due -= 1
                (low, high) = (0x80, 0xBF)
            }
        }
        return true
    }

    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: due = 1
        case 0xE0: (due, low) = (2, 0xA0)
        case 0xED: (due, high) = (2, 0x9F)
        case 0xE1...0xEF: due = 2
        case 0xF0: (due, low) = (3, 0x90)
        case 0xF4: (due, high) = (3, 0x8F)
        case 0xF1...0xF3: due = 3
        default: return false
        }
        return true
    }
}
