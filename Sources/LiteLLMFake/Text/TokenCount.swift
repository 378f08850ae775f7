internal import JSONTree

/// Counts tokens as a byte-pair tokenizer of the o200k family would cut them, nearly.
///
/// The text is cut by the same rules (a word with the sign before it, up to three digits, a run of signs, a run of
/// blanks); how many tokens a long or foreign word makes is a guess, since no vocabulary is carried along. English
/// prose comes out exactly.
enum TokenCount {
    /// Tokens of a text.
    static func of(_ text: String) -> Int {
        var count = 0
        var rest = Substring(text).unicodeScalars
        while let first = rest.first {
            let second = rest.dropFirst().first
            if isLetter(first) || (!isDigit(first) && !isBreak(first) && second.map(isLetter) == true) {
                let leading = isLetter(first) ? 0 : 1
                rest = rest.dropFirst(leading)
                count += tokens(ofWord: word(&rest))
            } else if isDigit(first) {
                rest = rest.dropFirst(rest.prefix(3).prefix(while: isDigit).count)
                count += 1
            } else if first == " ", let second, !isBlank(second), !isDigit(second) {
                rest = rest.dropFirst()
                dropSigns(&rest)
                count += 1
            } else if isBlank(first) {
                let blanks = rest.prefix(while: isBlank).count
                let after = rest.dropFirst(blanks).first
                // The last blank of a run belongs to the word behind it.
                rest = rest.dropFirst(after == nil || blanks == 1 ? blanks : blanks - 1)
                count += 1
            } else {
                dropSigns(&rest)
                count += 1
            }
        }
        return count
    }

    /// Tokens of a chat's messages: three for each, its role, content and name, and three to prime the answer.
    static func of(messages: [JSON], tools: [JSON] = []) -> Int {
        var count = 3
        for message in messages {
            count += 3
            for (key, value) in message.object ?? [:] {
                switch value {
                case .string(let text):
                    count += of(text) + (key == "name" ? 1 : 0)
                case .array(let parts):
                    for part in parts {
                        count += part["text"]?.string.map { of($0) } ?? (part["image_url"] == nil ? 0 : 85)
                    }
                default: break
                }
            }
        }
        return count + ToolText.tokens(tools)
    }

    private static func word(_ rest: inout Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        var end = rest.startIndex
        while end < rest.endIndex {
            if isLetter(rest[end]) {
                end = rest.index(after: end)
            } else if rest[end] == "'", let next = rest[rest.index(after: end)...].first, isLetter(next),
                end > rest.startIndex
            {
                end = rest.index(after: end)
            } else {
                break
            }
        }
        defer { rest = rest[end...] }
        return rest[..<end]
    }

    private static func tokens(ofWord word: Substring.UnicodeScalarView) -> Int {
        let count = word.count
        guard let first = word.first, first.value >= 0x250 else { return 1 + max(0, count - 9) / 6 }
        return first.value >= 0x2E80 ? max(1, (count * 3 + 3) / 4) : (count + 4) / 5
    }

    private static func dropSigns(_ rest: inout Substring.UnicodeScalarView) {
        rest = rest.drop { !isLetter($0) && !isDigit($0) && !isBlank($0) }
        rest = rest.drop { $0 == "\n" || $0 == "\r" }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }
    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.value <= 0x20 || scalar == "\u{A0}" }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return (scalar.value | 0x20) >= 0x61 && (scalar.value | 0x20) <= 0x7A }
        return scalar.properties.isAlphabetic
    }
}
