extension JSONValue: CustomStringConvertible {
    /// The value as compact JSON; members in the order of their names, so that equal values are written alike.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// The value as compact JSON in UTF-8.
    var bytes: [UInt8] {
        var result: [UInt8] = []
        write(to: &result)
        return result
    }

    private func write(to result: inout [UInt8]) {
        switch self {
        case .null: result += "null".utf8
        case .bool(let value): result += (value ? "true" : "false").utf8
        case .integer(let value): result += String(value).utf8
        case .unsigned(let value): result += String(value).utf8
        // JSON has no infinities; null is what JavaScript writes for them.
        case .number(let value): result += (value.isFinite ? String(value) : "null").utf8
        case .string(let value): Self.write(value, to: &result)
        case .array(let elements):
            result.append(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { result.append(UInt8(ascii: ",")) }
                element.write(to: &result)
            }
            result.append(UInt8(ascii: "]"))
        case .object(let members):
            result.append(UInt8(ascii: "{"))
            for (place, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if place > 0 { result.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &result)
                result.append(UInt8(ascii: ":"))
                member.value.write(to: &result)
            }
            result.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to result: inout [UInt8]) {
        result.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): result += #"\""#.utf8
            case UInt8(ascii: "\\"): result += #"\\"#.utf8
            case 0x0A: result += #"\n"#.utf8
            case 0x0D: result += #"\r"#.utf8
            case 0x09: result += #"\t"#.utf8
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                result += "\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
    }
}
