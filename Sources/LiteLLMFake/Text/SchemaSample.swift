internal import Fakes
internal import JSONTree

/// A value that a JSON Schema accepts, made from luck: what a model answers when a schema is asked for, and the
/// arguments of the tools that it calls.
struct SchemaSample {
    private let root: JSON
    private var luck: SeededRandom

    init(_ schema: JSON, luck: SeededRandom) {
        root = schema
        self.luck = luck
    }

    /// Makes the value.
    mutating func value() -> JSON { value(root, depth: 0, named: "value") }

    private mutating func value(_ schema: JSON, depth: Int, named name: String) -> JSON {
        guard depth < 12 else { return .null }
        if let reference = schema["$ref"]?.string, reference.hasPrefix("#") {
            return value(root[pointer: String(reference.dropFirst())] ?? [:], depth: depth + 1, named: name)
        }
        if let constant = schema["const"] { return constant }
        if let choice = schema["enum"]?.array, !choice.isEmpty { return choice[pick(choice.count)] }
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
            return .double((low + (high - low) * luck.double() * 0.99).rounded(toPlaces: 2))
        case "boolean": return .bool(luck.next() & 1 == 1)
        case "null": return .null
        default: return .string(text(schema, named: name))
        }
    }

    private mutating func integer(_ schema: JSON) -> Int {
        let low = schema["minimum"]?.int ?? schema["exclusiveMinimum"]?.int.map { $0 + 1 } ?? 1
        let high = schema["maximum"]?.int ?? schema["exclusiveMaximum"]?.int.map { $0 - 1 } ?? low + 99
        let step = max(schema["multipleOf"]?.int ?? 1, 1)
        let value = low + pick(max(high - low + 1, 1))
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
        if let least = schema["minLength"]?.int { while text.count < least { text += " " + name } }
        if let most = schema["maxLength"]?.int { text = String(text.prefix(most)) }
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
