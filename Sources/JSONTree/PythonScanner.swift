/// Finds the fault that CPython 3.11's `json.loads` names in a text, by looking at it in the same order.
///
/// It builds nothing and keeps the open arrays and objects in an array, not on the stack: it is asked about texts
/// that the parser gave up on.
struct PythonScanner {
    private let text: [UInt8]
    private var place = 0
    /// The closing brackets of what is open.
    private var closings: [UInt8] = []

    init(_ text: [UInt8]) { self.text = text }

    /// What Python says, nil if it takes the text.
    mutating func verdict() -> ParserFault.Verdict? {
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { return ("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0) }
        skipBlanks()
        while true {
            if let verdict = value() { return verdict }
            // Behind a value: as many ends as there are, then a comma and what it announces.
            while true {
                skipBlanks()
                guard let closing = closings.last else { return place == text.count ? nil : ("Extra data", place) }
                guard byte == closing else { break }
                closings.removeLast()
                place += 1
            }
            guard byte == UInt8(ascii: ",") else { return ("Expecting ',' delimiter", place) }
            place += 1
            skipBlanks()
            if closings.last == UInt8(ascii: "}"), let verdict = key() { return verdict }
        }
    }

    private var byte: UInt8? { place < text.count ? text[place] : nil }

    private mutating func skipBlanks() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    /// Steps over the brackets that open, with the keys between them, and over the value in the innermost.
    private mutating func value() -> ParserFault.Verdict? {
        while byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
            let isObject = byte == UInt8(ascii: "{")
            let closing = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
            place += 1
            skipBlanks()
            if byte == closing {
                place += 1
                return nil
            }
            closings.append(closing)
            if isObject, let verdict = key() { return verdict }
        }
        if byte == UInt8(ascii: "\"") { return string() }
        for word in ["null", "true", "false", "NaN", "Infinity", "-Infinity"]
        where text[place...].starts(with: word.utf8) {
            place += word.utf8.count
            return nil
        }
        return number() ? nil : ("Expecting value", place)
    }

    /// Steps over a key and its colon.
    private mutating func key() -> ParserFault.Verdict? {
        guard byte == UInt8(ascii: "\"") else { return ("Expecting property name enclosed in double quotes", place) }
        if let verdict = string() { return verdict }
        skipBlanks()
        guard byte == UInt8(ascii: ":") else { return ("Expecting ':' delimiter", place) }
        place += 1
        skipBlanks()
        return nil
    }

    /// Steps over as much as makes a number: `1.` is the number 1 and something behind it.
    private mutating func number() -> Bool {
        var end = place
        if end < text.count, text[end] == UInt8(ascii: "-") { end += 1 }
        guard end < text.count, text[end].isDigit else { return false }
        end = text[end] == UInt8(ascii: "0") ? end + 1 : digits(from: end)
        if end + 1 < text.count, text[end] == UInt8(ascii: "."), text[end + 1].isDigit { end = digits(from: end + 1) }
        if end < text.count, text[end] | 0x20 == UInt8(ascii: "e") {
            var exponent = end + 1
            if exponent < text.count, text[exponent] == UInt8(ascii: "+") || text[exponent] == UInt8(ascii: "-") {
                exponent += 1
            }
            if exponent < text.count, text[exponent].isDigit { end = digits(from: exponent) }
        }
        place = end
        return true
    }

    private func digits(from start: Int) -> Int {
        var end = start
        while end < text.count, text[end].isDigit { end += 1 }
        return end
    }

    private mutating func string() -> ParserFault.Verdict? {
        let start = place
        place += 1
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                return nil
            case UInt8(ascii: "\\"):
                guard place + 1 < text.count else { return ("Unterminated string starting at", start) }
                switch text[place + 1] {
                case UInt8(ascii: "u"):
                    // Python wants something behind the four digits, or it does not look at them.
                    let digits = text[(place + 2)...].prefix(4)
                    guard digits.count == 4, place + 6 < text.count, digits.allSatisfy(\.isHexDigit) else {
                        return ("Invalid \\uXXXX escape", place + 1)
                    }
                    place += 6
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
                    UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                    place += 2
                default: return ("Invalid \\escape", place)
                }
            case 0..<0x20: return ("Invalid control character at", place)
            default: place += 1
            }
        }
        return ("Unterminated string starting at", start)
    }
}

extension UInt8 {
    /// Whether the byte is one of `0` to `9`, `a` to `f`, `A` to `F`.
    var isHexDigit: Bool { isDigit || (self | 0x20) &- UInt8(ascii: "a") < 6 }
}
