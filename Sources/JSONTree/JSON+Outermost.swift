extension JSON {
    /// The text of a member of the outermost object, found without building a tree: for one word out of a large body.
    ///
    /// Nil if there is no such member, if it is no text, and for what is no object; what stands behind it is not looked
    /// at, so that a broken text may have one.
    public static func outermostText(_ name: String, in bytes: [UInt8]) -> String? {
        var index = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "{") else { return nil }
        let name = Array(name.utf8)
        var depth = 0
        // Whether what comes is the name of a member of the outermost object.
        var isName = false
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isName = depth == 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return nil }
            case UInt8(ascii: ","): isName = depth == 1
            case UInt8(ascii: "\""):
                guard let end = endOfText(at: index, in: bytes) else { return nil }
                if isName, bytes[(index + 1)..<end].elementsEqual(name), let text = text(behind: end, in: bytes) {
                    return text
                }
                isName = false
                index = end
            default: break
            }
            index += 1
        }
        return nil
    }

    /// The text that follows a name and its colon.
    private static func text(behind name: Int, in bytes: [UInt8]) -> String? {
        var index = name + 1
        while index < bytes.endIndex, isBlank(bytes[index]) || bytes[index] == UInt8(ascii: ":") { index += 1 }
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "\""), let end = endOfText(at: index, in: bytes)
        else { return nil }
        // What cannot be read is no text.
        return JSON.found(in: Array(bytes[index...end]))?.string
    }

    /// Where the quotation mark stands that ends a text.
    private static func endOfText(at start: Int, in bytes: [UInt8]) -> Int? {
        var index = start + 1
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""): return index
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
