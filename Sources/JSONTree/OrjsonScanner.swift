/// Finds the fault that orjson 3.13 names in a text, by looking at it in the same order.
///
/// As ``PythonScanner`` it builds nothing and does not recurse. A text that could go on to be correct has an
/// "unexpected end of data", whatever it ends in.
struct OrjsonScanner {
    /// How many arrays and objects orjson opens within each other.
    static let maximumDepth = 1024

    private let text: [UInt8]
    private var place = 0
    /// The closing brackets of what is open.
    private var closings: [UInt8] = []

    init(_ text: [UInt8]) { self.text = text }

    /// What orjson says of UTF-8, nil if it takes the text.
    mutating func verdict() -> ParserFault.Verdict? {
        if text.isEmpty { return ("Input is a zero-length, empty document", 0) }
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { return ("UTF-8 byte order mark (BOM) is not supported", 0) }
        skipBlanks()
        if place == text.count { return ("input data is empty", 0) }
        while true {
            if let verdict = value() { return verdict }
            // Behind a value: as many ends as there are, then a comma and what it announces.
            while true {
                skipBlanks()
                guard let closing = closings.last else {
                    return place == text.count ? nil : ("unexpected content after document", place)
                }
                guard byte == closing else { break }
                closings.removeLast()
                place += 1
            }
            let closing = closings.last ?? 0
            guard byte == UInt8(ascii: ",") else {
                return refusal("unexpected character, expected ',' or '\(Character(Unicode.Scalar(closing)))'")
            }
            let comma = place
            place += 1
            skipBlanks()
            if byte == closing { return ("trailing comma is not allowed", comma) }
            if closing == UInt8(ascii: "}"), let verdict = key() { return verdict }
        }
    }

    private var byte: UInt8? { place < text.count ? text[place] : nil }

    /// The message, or that the text ends here.
    private func refusal(_ message: String) -> ParserFault.Verdict {
        place < text.count ? (message, place) : ("unexpected end of data", text.count)
    }

    private mutating func skipBlanks() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    /// Steps over the brackets that open, with the keys between them, and over the value in the innermost.
    private mutating func value() -> ParserFault.Verdict? {
        while byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
            let isObject = byte == UInt8(ascii: "{")
            let closing = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
            place += 1
            guard closings.count < OrjsonScanner.maximumDepth else { return ("depth limit exceeded", place) }
            skipBlanks()
            if byte == closing {
                place += 1
                return nil
            }
            closings.append(closing)
            if isObject, let verdict = key() { return verdict }
        }
        guard let byte else { return refusal("") }
        switch byte {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            return number()
        default: return refusal("unexpected character, expected a JSON value")
        }
    }

    private mutating func word(_ word: String) -> ParserFault.Verdict? {
        let found = text[place...].prefix(word.utf8.count)
        if found.elementsEqual(word.utf8) {
            place += word.utf8.count
            return nil
        }
        let isCutOff = found.endIndex == text.count && word.utf8.starts(with: found)
        return isCutOff ? ("unexpected end of data", text.count) : ("invalid literal, expected '\(word)'", place)
    }

    /// Steps over a key and its colon.
    private mutating func key() -> ParserFault.Verdict? {
        guard byte == UInt8(ascii: "\"") else { return refusal("unexpected character, expected a string key") }
        if let verdict = string() { return verdict }
        skipBlanks()
        guard byte == UInt8(ascii: ":") else { return refusal("unexpected character, expected ':' after key") }
        place += 1
        skipBlanks()
        return nil
    }

    private mutating func number() -> ParserFault.Verdict? {
        let start = place
        if byte == UInt8(ascii: "-") { place += 1 }
        let whole = place
        guard skipDigits() else { return refusal("no digit after sign") }
        if text[whole] == UInt8(ascii: "0"), place > whole + 1 {
            return ("number with leading zero is not allowed", whole)
        }
        if byte == UInt8(ascii: ".") {
            place += 1
            guard skipDigits() else { return refusal("no digit after decimal point") }
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            place += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { place += 1 }
            guard skipDigits() else { return refusal("no digit after exponent sign") }
        }
        let isFinite = JSONNumber(unchecked: String(decoding: text[start..<place], as: UTF8.self)).double.isFinite
        return isFinite ? nil : ("number is infinity when parsed as double", start)
    }

    /// Whether there was at least one.
    private mutating func skipDigits() -> Bool {
        let start = place
        while let byte, byte.isDigit { place += 1 }
        return place > start
    }

    private mutating func string() -> ParserFault.Verdict? {
        place += 1
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                return nil
            case UInt8(ascii: "\\"):
                if let verdict = escape() { return verdict }
            case 0..<0x20: return ("unexpected control character in string", place)
            default: place += 1
            }
        }
        return refusal("")
    }

    private mutating func escape() -> ParserFault.Verdict? {
        switch byte(after: 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            place += 2
            return nil
        case UInt8(ascii: "u"): return unicodeEscape()
        case nil: return ("unexpected end of data", text.count)
        default: return ("invalid escaped sequence in string", place)
        }
    }

    private mutating func unicodeEscape() -> ParserFault.Verdict? {
        if isCutOffInPair { return ("unexpected end of data", text.count) }
        guard let high = codeUnit(from: place + 2) else { return ("invalid escaped sequence in string", place) }
        guard 0xD800...0xDFFF ~= high else {
            place += 6
            return nil
        }
        // The fault of a pair is at its first half.
        guard high < 0xDC00 else { return ("invalid high surrogate in string", place) }
        guard byte(after: 6) == UInt8(ascii: "\\"), byte(after: 7) == UInt8(ascii: "u") else {
            return ("no low surrogate in string", place)
        }
        guard let low = codeUnit(from: place + 8) else { return ("invalid escape in string", place) }
        guard 0xDC00...0xDFFF ~= low else { return ("invalid low surrogate in string", place) }
        place += 12
        return nil
    }

    /// Whether the rest of the text is the beginning of two `\uXXXX`, the second of them in the range of low surrogates.
    private var isCutOffInPair: Bool {
        let rest = text[place...]
        guard rest.count < 12 else { return false }
        return rest.enumerated().allSatisfy { offset, byte in
            switch offset {
            case 0, 6: byte == UInt8(ascii: "\\")
            case 1, 7: byte == UInt8(ascii: "u")
            case 8: byte | 0x20 == UInt8(ascii: "d")
            case 9: byte.isHexDigit && byte | 0x20 >= UInt8(ascii: "c")
            default: byte.isHexDigit
            }
        }
    }

    /// The value of four hexadecimal digits.
    private func codeUnit(from start: Int) -> UInt16? {
        let digits = text.dropFirst(start).prefix(4)
        guard digits.count == 4, digits.allSatisfy(\.isHexDigit) else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private func byte(after offset: Int) -> UInt8? {
        place + offset < text.count ? text[place + offset] : nil
    }
}
