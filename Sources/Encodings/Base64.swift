/// Base64 (RFC 4648): bytes inside of JSON.
public enum Base64 {
    /// The text of some bytes.
    ///
    /// - Parameters:
    ///   - urlSafe: with `-` and `_` in the place of `+` and `/`.
    ///   - isPadded: with `=` up to a multiple of four; Python's `token_urlsafe` is without.
    public static func encode(_ bytes: [UInt8], urlSafe: Bool = false, isPadded: Bool = true) -> String {
        let letters = urlSafe ? urlSafeLetters : usualLetters
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0...group.count { text.append(letters[Int(bits >> UInt32(18 - 6 * place) & 0x3F)]) }
            if isPadded { for _ in group.count..<3 { text.append(UInt8(ascii: "=")) } }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text, or nil where it is none.
    ///
    /// Blanks are passed over and padding may be missing. Letters of either alphabet are read, and padding anywhere, as
    /// lenient decoders do.
    ///
    /// - Parameter isStrict: whether only the usual alphabet and right padding are.
    public static func decode(_ text: some StringProtocol, isStrict: Bool = false) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        var bits: UInt32 = 0
        var (digits, padding) = (0, 0)
        for character in text.utf8 {
            let digit: UInt32
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = UInt32(character) - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt32(character) - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(character) + 4
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            case UInt8(ascii: "-") where !isStrict: digit = 62
            case UInt8(ascii: "_") where !isStrict: digit = 63
            case UInt8(ascii: "="):
                padding += 1
                continue
            case ...UInt8(ascii: " "): continue
            default: return nil
            }
            if isStrict && padding > 0 { return nil }
            bits = bits << 6 | digit
            digits += 1
            // Of four digits the last three each complete a byte.
            if digits % 4 != 1 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(6 - 2 * ((digits + 3) % 4)))) }
        }
        guard isStrict else { return bytes }
        return digits % 4 != 1 && (padding == 0 || (digits + padding) % 4 == 0 && padding < 3) ? bytes : nil
    }

    private static let usualLetters = letters(and: "+/")
    private static let urlSafeLetters = letters(and: "-_")

    private static func letters(and last: String) -> [UInt8] {
        Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
    }
}
