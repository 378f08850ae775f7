internal import Fakes
internal import JSONTree
internal import Scenarios

/// A value that a JSON Schema accepts, made from luck: what a model answers when a schema is asked for, and the
/// arguments of the tools that it calls.
struct SchemaSample {
    private let root: JSON
    private var luck: SeededRandom
    /// Values that may still be made, and bytes of text: a short schema that names itself asks for endless ones.
    private var values = 1_000
    private var bytes = 65_536

    init(_ schema: JSON, luck: SeededRandom) {
        root = schema
        self.luck = luck
    }

    /// Makes the value.
    mutating func value() -> JSON { value(root, depth: 0, named: "value") }

    private mutating func value(_ schema: JSON, depth: Int, named name: String) -> JSON {
        guard depth < 12, values > 0 else { return .null }
        values -= 1
        if let reference = schema["$ref"]?.string, reference.hasPrefix("#") {
            return value(root[pointer: String(reference.dropFirst())] ?? [:], depth: depth + 1, named: name)
        }
        if let constant = schema["const"] { return affordable(constant) }
        if let choice = schema["enum"]?.array, !choice.isEmpty { return affordable(choice[pick(choice.count)]) }
        for key in ["anyOf", "oneOf", "allOf"] {
            if let choice = schema[key]?.array, let first = choice.first(where: { $0["type"]?.string != "null" }) {
                return value(first, depth: depth + 1, named: name)
            }
        }
        let type = schema["type"]?.string ?? schema["type"]?.array?.compactMap(\.string).first { $0 != "null" }
        switch type ?? (schema["properties"] == nil ? "string" : "object") {
        case "object":
            var object = JSONObject()
            for (key, child) in schema["properties"]?.object ?? [:] {
                guard values > 0, bytes >= key.utf8.count else { break }
                bytes -= key.utf8.count
                object[key] = value(child, depth: depth + 1, named: key)
            }
            return .object(object)
        case "array":
            let count = max(schema["minItems"]?.int ?? 1, 1)
            return .array(
                (0..<min(count, 16)).map { _ in value(schema["items"] ?? [:], depth: depth + 1, named: name) })
        case "integer": return .int(integer(schema))
        case "number":
            let low = schema["minimum"]?.double ?? 0
            let high = schema["maximum"]?.double ?? low + 100
            let value = (low + (high - low) * luck.double() * 0.99).rounded(toPlaces: 2)
            return .double(value.isFinite ? value : low.isFinite ? low : 0)
        case "boolean": return .bool(luck.next() & 1 == 1)
        case "null": return .null
        default: return .string(text(schema, named: name))
        }
    }

    /// A value that the schema itself spells, as long as there is room for it.
    private mutating func affordable(_ value: JSON) -> JSON {
        let count = value.text().utf8.count
        guard count <= bytes else { return .null }
        bytes -= count
        return value
    }

    private mutating func integer(_ schema: JSON) -> Int {
        let low = schema["minimum"]?.int ?? schema["exclusiveMinimum"]?.int?.saturated(adding: 1) ?? 1
        let high =
            schema["maximum"]?.int ?? schema["exclusiveMaximum"]?.int?.saturated(adding: -1)
            ?? low.saturated(adding: 99)
        let step = max(schema["multipleOf"]?.int ?? 1, 1)
        // The distance of any two integers fits without a sign.
        let span = high > low ? UInt(bitPattern: high &- low) : 0
        let offset = span == .max ? UInt(luck.next()) : UInt(luck.next()) % (span + 1)
        let value = low &+ Int(bitPattern: offset)
        return max(low, value / step * step)
    }

    private mutating func text(_ schema: JSON, named name: String) -> String {
        var text =
            switch schema["format"]?.string {
            case "date": "2026-11-22"
            case "date-time": "2026-11-22T10:56:35Z"
            case "time": "10:56:35Z"
            case "email": "ada@example.com"
            case "uri", "url": "https://example.com/"
            case "uuid": luck.uuid()
            default: Self.words[pick(Self.words.count)]
            }
        let least = min(max(schema["minLength"]?.int ?? 0, 0), 4096)
        let count = text.count
        if count < least {
            let filler = " " + (name.utf8.count > 64 ? "value" : name)
            text += String(repeating: filler, count: (least - count + filler.count - 1) / filler.count)
        }
        if let most = schema["maxLength"]?.int { text = String(text.prefix(min(max(most, 0), 4096))) }
        if text.utf8.count > bytes { text = "" }
        bytes -= text.utf8.count
        return text
    }

    private mutating func pick(_ count: Int) -> Int { Int(luck.next() % UInt64(max(count, 1))) }

    private static let words = [
        "Ada", "Paris", "harbour", "blue", "north", "paper", "seven", "lantern", "orchard", "Turin",
    ]
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        var factor = 1.0
        for _ in 0..<places { factor *= 10 }
        return (self * factor).rounded(.down) / factor
    }
}
