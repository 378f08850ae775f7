/// Why some text is no JSON, and where.
public struct JSONFault: Error, Sendable, Equatable, CustomStringConvertible {
    public var expected: String
    /// The byte at which the reader gave up, from 0.
    public var offset: Int

    public var description: String { "expected \(expected) at byte \(offset)" }
}

extension JSONValue {
    /// Reads JSON text as RFC 8259 has it: nothing before, nothing after, UTF-8 that is valid.
    public init(parsing bytes: some Collection<UInt8>) throws(JSONFault) {
        var reader = JSONReader(Array(bytes))
        self = try reader.document()
    }

    /// Reads JSON text, such as a workflow that was exported to a file.
    public init(parsing text: String) throws(JSONFault) {
        try self.init(parsing: Array(text.utf8))
    }
}

private struct JSONReader {
    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0
    /// Deeper than any backend's answer, and far from the end of the stack.
    private static let maximumDepth = 256

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONFault) -> JSONValue {
        skipBlanks()
        let value = try value()
        skipBlanks()
        guard place == bytes.count else { throw fault("the end of the JSON text") }
        return value
    }

    private mutating func value() throws(JSONFault) -> JSONValue {
        switch current ?? 0 {
        case UInt8(ascii: "{"): return try nested { (reader) throws(JSONFault) in try reader.members() }
        case UInt8(ascii: "["): return try nested { (reader) throws(JSONFault) in try reader.elements() }
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw fault("a JSON value")
        }
    }

    private mutating func nested(
        _ read: (inout JSONReader) throws(JSONFault) -> JSONValue
    ) throws(JSONFault) -> JSONValue {
        guard depth < Self.maximumDepth else { throw fault("no more than \(Self.maximumDepth) levels") }
        depth += 1
        place += 1
        skipBlanks()
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func members() throws(JSONFault) -> JSONValue {
        var members: [String: JSONValue] = [:]
        if take("}") { return .object(members) }
        while true {
            guard current == UInt8(ascii: "\"") else { throw fault("the name of a member") }
            let name = try text()
            skipBlanks()
            guard take(":") else { throw fault("a colon") }
            skipBlanks()
            members[name] = try value()
            skipBlanks()
            if take("}") { return .object(members) }
            guard take(",") else { throw fault("a comma or the end of the object") }
            skipBlanks()
        }
    }

    private mutating func elements() throws(JSONFault) -> JSONValue {
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        while true {
            elements.append(try value())
            skipBlanks()
            if take("]") { return .array(elements) }
            guard take(",") else { throw fault("a comma or the end of the array") }
            skipBlanks()
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        guard bytes[place...].starts(with: word.utf8) else { throw fault("a JSON value") }
        place += word.utf8.count
        return value
    }

    private mutating func number() throws(JSONFault) -> JSONValue {
        let start = place
        var isWhole = true
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") {
            isWhole = false
            try digits()
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            try digits()
        }
        let spelling = String(decoding: bytes[start..<place], as: UTF8.self)
        if isWhole, let whole = Int(spelling) { return .integer(whole) }
        if isWhole, let whole = UInt64(spelling) { return .unsigned(whole) }
        guard let value = Double(spelling) else { throw fault("a number") }
        return .number(value)
    }

    private mutating func digits() throws(JSONFault) {
        let start = place
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        guard place > start else { throw fault("a digit") }
    }

    private mutating func text() throws(JSONFault) -> String {
        place += 1
        let start = place
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
        if current == UInt8(ascii: "\"") {
            defer { place += 1 }
            return try decoded(bytes[start..<place], start)
        }
        var unescaped = Array(bytes[start..<place])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                return try decoded(unescaped[...], start)
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            case 0..<0x20: throw fault("no control character in a text")
            default:
                unescaped.append(byte)
                place += 1
            }
        }
        throw fault("the end of a text")
    }

    private func decoded(_ bytes: ArraySlice<UInt8>, _ start: Int) throws(JSONFault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JSONFault(expected: "valid UTF-8 in the text that begins", offset: start)
        }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
        place += 1
        guard let letter = current else { throw fault("an escape") }
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let first = try fourDigits()
            if UTF16.isLeadSurrogate(first), take("\\"), take("u") {
                let second = try fourDigits()
                if UTF16.isTrailSurrogate(second) {
                    text += Array(String(decoding: [first, second], as: UTF16.self).utf8)
                    return
                }
                text += Array(String(decoding: [first], as: UTF16.self).utf8)
                text += Array(String(decoding: [second], as: UTF16.self).utf8)
                return
            }
            // Half a pair becomes the replacement character, as Python's writer can produce it.
            text += Array(String(decoding: [first], as: UTF16.self).utf8)
        default: throw fault("an escape that JSON has")
        }
    }

    private mutating func fourDigits() throws(JSONFault) -> UInt16 {
        guard place + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits") }
        place += 4
        return unit
    }

    private var current: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private func fault(_ expected: String) -> JSONFault { JSONFault(expected: expected, offset: place) }
}
