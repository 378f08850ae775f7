/// A part of a file, as a client asks for it in the field `Range`: `bytes=0-9`, `bytes=10-` or `bytes=-5` (RFC 9110,
/// section 14.1.2).
public struct ByteRange: Sendable, Hashable {
    /// The first byte; nil where the end of the file is meant.
    public let first: Int?
    /// The last byte, or where there is no first one, how many bytes of the end; nil for all that follow.
    public let last: Int?

    /// Reads the field; nil for anything but one range.
    ///
    /// - Parameter isLenient: reads over blanks, capital letters, and an end that is no number, as Starlette does.
    public init?(_ field: String, isLenient: Bool = false) {
        let field = isLenient ? field.lowercased().filter { $0 != " " } : field
        guard field.hasPrefix("bytes=") else { return nil }
        let ends = field.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let isWhole = ends.count == 2 && ends.allSatisfy { $0.utf8.allSatisfy(Self.isDigit) }
        guard isLenient || isWhole else { return nil }
        first = Self.position(ends[0])
        last = ends.count == 2 ? Self.position(ends[1]) : nil
        guard first != nil || last != nil else { return nil }
    }

    /// The bytes that are meant of a file of `size` bytes; nil where none of them is.
    public func part(of size: Int) -> Range<Int>? {
        guard let first else {
            guard let last, last > 0, size > 0 else { return nil }
            return max(0, size - last)..<size
        }
        guard first < size, first <= last ?? .max else { return nil }
        return first..<(last.map { min($0, size - 1) + 1 } ?? size)
    }

    /// Digits and nothing else: a sign would make a range that runs backwards. A number beyond all is beyond every file.
    private static func position(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else { return nil }
        return Int(text) ?? .max
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39
    }
}
