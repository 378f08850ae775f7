extension [UInt8] {
    /// What Python's `repr` says of these bytes: `b'ab\x00'`.
    var pythonRepr: String {
        let quote: UInt8 = contains(0x27) && !contains(0x22) ? 0x22 : 0x27
        var text = "b" + String(UnicodeScalar(quote))
        for byte in self {
            switch byte {
            case quote, 0x5C: text += "\\" + String(UnicodeScalar(byte))
            case 0x09: text += "\\t"
            case 0x0A: text += "\\n"
            case 0x0D: text += "\\r"
            case 0x20..<0x7F: text += String(UnicodeScalar(byte))
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text + String(UnicodeScalar(quote))
    }
}
