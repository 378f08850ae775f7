/// A place in a UTF-8 text, counted in bytes, characters (Unicode scalars, as Python counts) and lines.
public struct TextPosition: Sendable, Hashable {
    /// Bytes before the place.
    public let byteOffset: Int
    /// Characters before the place.
    public let offset: Int
    /// The line; the first is 1. Lines end in a line feed.
    public let line: Int
    /// The column in characters; the first is 1.
    public let column: Int

    /// The place of a byte in a text; the end counts as one.
    public init(of byteOffset: Int, in text: [UInt8]) {
        var offset = 0
        var line = 1
        var start = 0
        for byte in text[..<min(byteOffset, text.count)] where byte & 0xC0 != 0x80 {
            offset += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                start = offset
            }
        }
        self.byteOffset = byteOffset
        self.offset = offset
        self.line = line
        self.column = offset - start + 1
    }
}

extension Array<UInt8> {
    /// Where the first sequence begins that is no UTF-8; nil when all is well.
    var firstInvalidUTF8: Int? {
        var place = 0
        while place < count {
            let length = lengthOfScalar(at: place)
            guard length > 0 else { return place }
            place += length
        }
        return nil
    }

    /// The bytes of the scalar at a place, 0 when it is malformed (RFC 3629, section 4).
    private func lengthOfScalar(at place: Int) -> Int {
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch self[place] {
            case 0x00...0x7F: (1, 0x00...0x7F)
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xE1...0xEC, 0xEE...0xEF: (3, 0x80...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard place + length <= count else { return 0 }
        if length > 1, !second.contains(self[place + 1]) { return 0 }
        if length > 2, !(0x80...0xBF).contains(self[place + 2]) { return 0 }
        if length > 3, !(0x80...0xBF).contains(self[place + 3]) { return 0 }
        return length
    }
}
