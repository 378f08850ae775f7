extension JSON {
    /// The text of a member of the outermost object, found without building a tree: for one word out of a large body.
    ///
    /// Nil if there is no such member, if it is no text, and for what is no object; what stands behind it is not looked
    /// at, so that a broken text may have one.
    public static func outermostText(_ name: String, in bytes: ArraySlice<UInt8>) -> String? {
        var found: String?
        find(name, in: bytes) { quoted in
            // What cannot be read is no text.
            found = JSON.found(in: Array(quoted))?.string
            return found != nil
        }
        return found
    }

    /// The text of a member of the outermost object.
    public static func outermostText(_ name: String, in bytes: [UInt8]) -> String? {
        outermostText(name, in: bytes[...])
    }

    /// As ``outermostText(_:in:)-(String,ArraySlice<UInt8>)``, the bytes between the quotation marks as they stand: to be
    /// compared with words that are known, without a text of its own.
    public static func outermostWord(_ name: String, in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var found: ArraySlice<UInt8>?
        find(name, in: bytes) { quoted in
            found = quoted.dropFirst().dropLast()
            return true
        }
        return found
    }

    /// Tells the texts that the member has, in quotation marks, until one is taken.
    private static func find(_ name: String, in bytes: ArraySlice<UInt8>, _ take: (ArraySlice<UInt8>) -> Bool) {
        let span = bytes.span
        let start = bytes.startIndex
        var index = 0
        skipBlanks(&index, in: span)
        guard index < span.count, span[index] == UInt8(ascii: "{") else { return }
        var depth = 0
        // Whether what comes is the name of a member of the outermost object.
        var isName = false
        while index < span.count {
            switch span[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isName = depth == 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return }
            case UInt8(ascii: ","): isName = depth == 1
            case UInt8(ascii: "\""):
                guard let end = endOfText(at: index, in: span) else { return }
                if isName, end - index - 1 == name.utf8.count,
                    bytes[(start + index + 1)..<(start + end)].elementsEqual(name.utf8),
                    let text = text(behind: end, in: span), take(bytes[(start + text.lowerBound)..<(start + text.upperBound)])
                {
                    return
                }
                isName = false
                index = end
            default: break
            }
            index += 1
        }
    }

    /// Where the text stands that follows a name and its colon, with its quotation marks.
    private static func text(behind name: Int, in span: Span<UInt8>) -> Range<Int>? {
        var index = name + 1
        while index < span.count, isBlank(span[index]) || span[index] == UInt8(ascii: ":") { index += 1 }
        guard index < span.count, span[index] == UInt8(ascii: "\""), let end = endOfText(at: index, in: span)
        else { return nil }
        return index..<(end + 1)
    }

    /// Where the quotation mark stands that ends a text.
    private static func endOfText(at start: Int, in span: Span<UInt8>) -> Int? {
        var index = start + 1
        while index < span.count {
            switch span[index] {
            case UInt8(ascii: "\""): return index
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }

    private static func skipBlanks(_ index: inout Int, in span: Span<UInt8>) {
        while index < span.count, isBlank(span[index]) { index += 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
