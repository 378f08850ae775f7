/// JSON as YAML that libyaml takes.
///
/// YAML 1.2 contains JSON, libyaml (1.1) nearly: it takes no tab between tokens and no surrogate pair as two escapes, as
/// Python writes them. Every token keeps its column, so that problems point to where they are in the user's text.
enum JSONSpelling {
    /// The text itself if it does not begin as an object or array does.
    static func asYAML(_ text: String) -> String {
        guard let first = text.utf8.first(where: { $0 > 0x20 }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else { return text }
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "\t")) || text.contains("\\u") else { return text }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var isQuoted = false
        /// Columns that a character has less than its escapes, to be made up for behind the quote.
        var missing = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isQuoted, byte == UInt8(ascii: "\\") {
                if let scalar = surrogatePair(in: bytes, at: index) {
                    output.append(contentsOf: String(scalar).utf8)
                    missing += 11
                    index += 12
                } else {
                    output.append(contentsOf: bytes[index..<min(index + 2, bytes.count)])
                    index += 2
                }
                continue
            }
            index += 1
            output.append(byte == UInt8(ascii: "\t") && !isQuoted ? UInt8(ascii: " ") : byte)
            guard byte == UInt8(ascii: "\"") else { continue }
            isQuoted.toggle()
            if !isQuoted {
                output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: missing))
                missing = 0
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func surrogatePair(in bytes: [UInt8], at index: Int) -> Unicode.Scalar? {
        guard let high = unit(in: bytes, at: index), let low = unit(in: bytes, at: index + 6), high & 0xFC00 == 0xD800,
            low & 0xFC00 == 0xDC00
        else { return nil }
        return Unicode.Scalar(0x10000 + (high & 0x3FF) << 10 + (low & 0x3FF))
    }

    private static func unit(in bytes: [UInt8], at index: Int) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        let digits = String(decoding: bytes[(index + 2)..<(index + 6)], as: UTF8.self)
        return digits.allSatisfy(\.isHexDigit) ? UInt32(digits, radix: 16) : nil
    }
}
