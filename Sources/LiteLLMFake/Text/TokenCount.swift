internal import JSONTree

/// Counts tokens as a byte-pair tokenizer of the o200k family would cut them, nearly.
///
/// The text is cut by the same rules (a word with the sign before it, up to three digits, a run of signs, a run of
/// blanks); how many tokens a long or foreign word makes is a guess, since no vocabulary is carried along. English
/// prose comes out exactly.
enum TokenCount {
    /// Tokens of a text.
    static func of(_ text: String) -> Int {
        var text = text
        // Most texts are ASCII, whose bytes need no decoding.
        let plain = text.withUTF8 { bytes in
            unsafe bytes.allSatisfy { $0 < 0x80 } ? bytes.map { UInt32($0) } : nil
        }
        let signs = plain ?? text.unicodeScalars.map(\.value)
        var count = 0
        var index = 0
        while index < signs.count {
            let first = signs[index]
            let second = index + 1 < signs.count ? signs[index + 1] : nil
            if isLetter(first) || (!isDigit(first) && !isBreak(first) && second.map(isLetter) == true) {
                if !isLetter(first) { index += 1 }
                let start = index
                passWord(signs, &index)
                count += tokens(ofWord: signs[start..<index])
            } else if isDigit(first) {
                pass(signs, &index, most: 3, while: isDigit)
                count += 1
            } else if first == 0x20, let second, !isBlank(second), !isDigit(second) {
                index += 1
                passSigns(signs, &index)
                count += 1
            } else if isBlank(first) {
                let start = index
                pass(signs, &index, while: isBlank)
                // The last blank of a run belongs to the word behind it.
                if index < signs.count, index - start > 1 { index -= 1 }
                count += 1
            } else {
                passSigns(signs, &index)
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

    @inline(__always)
    private static func pass(
        _ signs: [UInt32], _ index: inout Int, most: Int = .max, while holds: (UInt32) -> Bool
    ) {
        let end = most < signs.count - index ? index + most : signs.count
        while index < end, holds(signs[index]) { index += 1 }
    }

    /// Letters, and apostrophes between them.
    private static func passWord(_ signs: [UInt32], _ index: inout Int) {
        let start = index
        while index < signs.count {
            if isLetter(signs[index]) {
                index += 1
            } else if signs[index] == 0x27, index > start, index + 1 < signs.count, isLetter(signs[index + 1]) {
                index += 1
            } else {
                return
            }
        }
    }

    /// Signs, and the line breaks behind them.
    private static func passSigns(_ signs: [UInt32], _ index: inout Int) {
        pass(signs, &index) { !isLetter($0) && !isDigit($0) && !isBlank($0) }
        pass(signs, &index, while: isBreak)
    }

    private static func tokens(ofWord word: ArraySlice<UInt32>) -> Int {
        guard let first = word.first, first >= 0x250 else { return 1 + max(0, word.count - 9) / 6 }
        return first >= 0x2E80 ? max(1, (word.count * 3 + 3) / 4) : (word.count + 4) / 5
    }

    private static func isDigit(_ sign: UInt32) -> Bool { sign >= 0x30 && sign <= 0x39 }
    private static func isBreak(_ sign: UInt32) -> Bool { sign == 0x0A || sign == 0x0D }
    private static func isBlank(_ sign: UInt32) -> Bool { sign <= 0x20 || sign == 0xA0 }

    @inline(__always)
    private static func isLetter(_ sign: UInt32) -> Bool {
        sign < 0x80 ? (sign | 0x20) >= 0x61 && (sign | 0x20) <= 0x7A : isForeignLetter(sign)
    }

    private static func isForeignLetter(_ sign: UInt32) -> Bool {
        Unicode.Scalar(sign)?.properties.isAlphabetic == true
    }
}
