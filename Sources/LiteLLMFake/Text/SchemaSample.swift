internal import Fakes
internal import JSONTree
internal import Scenarios
internal import Words

/// A value that a JSON Schema accepts, made from luck: what a model answers when a schema is asked for, and the
/// arguments of the tools that it calls.
///
/// Understood is what structured outputs are written in: types, enumerations, objects, arrays, bounds, formats, patterns,
/// references, `allOf`, `anyOf`. Not: `not`, `if`, `dependent…`, `patternProperties`.
struct SchemaSample {
    private let root: JSON
    private var luck: SeededRandom
    /// Values that may still be made, and bytes of text: a short schema that names itself asks for endless ones.
    private var values = 1_000
    private var bytes = 65_536
    /// Expressions that may still be looked at, which takes time.
    private var patterns = 100

    init(_ schema: JSON, luck: SeededRandom) {
        root = schema
        self.luck = luck
    }

    /// Makes the value.
    mutating func value() -> JSON { value(root, depth: 0, named: "value") }

    private mutating func value(_ schema: JSON, depth: Int, named name: String) -> JSON {
        guard depth < 24, values > 0 else { return .null }
        values -= 1
        // From here on only what must be there is made, so that a schema that names itself comes to an end.
        let isBrief = depth > 4 || values < 700
        let schema = JSONSchema.joined(schema, of: root)
        if let constant = schema["const"] { return affordable(constant) }
        if let choice = schema["enum"]?.array, !choice.isEmpty { return affordable(choice[pick(choice.count)]) }
        for key in ["anyOf", "oneOf"] {
            guard let choices = schema[key]?.array, !choices.isEmpty else { continue }
            let isNull = choices.map { $0["type"]?.string == "null" }
            if isBrief, isNull.contains(true) { return .null }
            var open = choices.indices.filter { !isNull[$0] }
            if isBrief, let flat = open.first(where: { choices[$0]["$ref"] == nil }) { open = [flat] }
            guard !open.isEmpty else { return .null }
            let chosen = JSONSchema.merged(schema.without(key), choices[open[pick(open.count)]])
            return value(chosen, depth: depth + 1, named: name)
        }
        switch JSONSchema.type(of: schema) {
        case "object": return object(schema, depth: depth, isBrief: isBrief)
        case "array": return array(schema, depth: depth, isBrief: isBrief, named: name)
        case "integer": return .int(integer(schema))
        case "number": return .double(number(schema))
        case "boolean": return .bool(luck.next() & 1 == 1)
        case "null": return .null
        default: return .string(text(schema, named: name))
        }
    }

    private mutating func object(_ schema: JSON, depth: Int, isBrief: Bool) -> JSON {
        let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
        var object = JSONObject()
        for (key, child) in schema["properties"]?.object ?? [:] where !isBrief || required.contains(key) {
            guard values > 0, bytes >= key.utf8.count else { break }
            bytes -= key.utf8.count
            object[key] = value(child, depth: depth + 1, named: key)
        }
        // Names of one's own, where the schema leaves them open.
        guard let child = schema["additionalProperties"], child.object != nil else { return .object(object) }
        let least = min(max(schema["minProperties"]?.int ?? (object.isEmpty && !isBrief ? 1 : 0), 0), 256)
        for number in object.count..<max(least, object.count) {
            let key = number < Self.words.count ? Self.words[number].lowercased() : "key\(number)"
            if !object.contains(key: key) { object[key] = value(child, depth: depth + 1, named: key) }
        }
        return .object(object)
    }

    private mutating func array(_ schema: JSON, depth: Int, isBrief: Bool, named name: String) -> JSON {
        let leading = schema["prefixItems"]?.array ?? []
        let least = max(schema["minItems"]?.int ?? 0, 0)
        let most = schema["maxItems"]?.int ?? .max
        let isClosed = schema["items"]?.bool == false || !leading.isEmpty && schema["items"] == nil
        var count = isClosed ? leading.count : max(least, isBrief ? 0 : min(1 + pick(2), most), leading.count)
        count = min(count, 256)
        var array: [JSON] = []
        for position in 0..<count where values > 0 {
            let item = position < leading.count ? leading[position] : schema["items"] ?? [:]
            var next = value(item, depth: depth + 1, named: name)
            if schema["uniqueItems"]?.bool == true {
                for _ in 0..<48 where array.contains(next) { next = value(item, depth: depth + 1, named: name) }
                if array.contains(next), array.count >= least { break }
            }
            array.append(next)
        }
        return .array(array)
    }

    private mutating func integer(_ schema: JSON) -> Int {
        func bound(_ key: String, _ rule: FloatingPointRoundingRule) -> Int? {
            guard let bound = schema[key] else { return nil }
            return bound.int ?? bound.double.flatMap { Int(exactly: $0.rounded(rule)) }
        }
        let above = bound("exclusiveMinimum", .down)?.saturated(adding: 1)
        let below = bound("exclusiveMaximum", .up)?.saturated(adding: -1)
        var low = [bound("minimum", .up), above].compactMap { $0 }.max()
        let high = [bound("maximum", .down), below].compactMap { $0 }.min() ?? (low ?? 1).saturated(adding: 99)
        if low == nil { low = min(1, high.saturated(adding: -99)) }
        let least = low ?? 1
        let step = max(schema["multipleOf"]?.int ?? 1, 1)
        // The distance of any two integers fits without a sign.
        let span = high > least ? UInt(bitPattern: high &- least) : 0
        let offset = span == .max ? UInt(luck.next()) : UInt(luck.next()) % (span + 1)
        let value = (least &+ Int(bitPattern: offset)) / step * step
        return value >= least ? value : value.saturated(adding: step)
    }

    private mutating func number(_ schema: JSON) -> Double {
        let above = schema["exclusiveMinimum"]?.double
        let below = schema["exclusiveMaximum"]?.double
        let top = [schema["maximum"]?.double, below].compactMap { $0 }.min()
        let low = [schema["minimum"]?.double, above].compactMap { $0 }.max() ?? min(0, (top ?? 0) - 100)
        let high = top ?? low + 100
        let value = low + (high - low) * (0.01 + luck.double() * 0.98)
        guard value.isFinite else { return low.isFinite ? low : 0 }
        if let step = schema["multipleOf"]?.double, step > 0 {
            let multiple = (value / step).rounded(.down) * step
            return multiple < low || multiple == above ? multiple + step : multiple
        }
        let short = value.rounded(toPlaces: 2)
        return short > low && short < high ? short : value
    }

    /// A value that the schema itself spells, as long as there is room for it.
    private mutating func affordable(_ value: JSON) -> JSON {
        let count = value.text().utf8.count
        guard count <= bytes else { return .null }
        bytes -= count
        return value
    }

    private mutating func text(_ schema: JSON, named name: String) -> String {
        let least = min(max(schema["minLength"]?.int ?? 0, 0), 4096)
        let most = min(max(schema["maxLength"]?.int ?? 4096, 0), 4096)
        var text = matching(schema["pattern"]?.string, least...max(least, most)) ?? formatted(schema)
        if schema["pattern"] == nil || text.isEmpty {
            let count = text.count
            if count < least {
                let filler = " " + (name.utf8.count > 64 ? "value" : name)
                text += String(repeating: filler, count: (least - count + filler.count - 1) / filler.count)
            }
            text = String(text.prefix(most))
        }
        if text.utf8.count > bytes { text = "" }
        bytes -= text.utf8.count
        return text
    }

    /// A text in which an expression is found, of the right length if one of the first is.
    private mutating func matching(_ pattern: String?, _ lengths: ClosedRange<Int>) -> String? {
        guard let pattern else { return nil }
        var found: String?
        for _ in 0..<8 where patterns > 0 {
            patterns -= 1
            var luck = luck
            let text = Pattern.example(of: pattern) { Int(luck.next() % UInt64(max($0, 1))) }
            self.luck = luck
            guard let text else { continue }
            found = text
            if lengths.contains(text.count) { break }
        }
        return found
    }

    private mutating func formatted(_ schema: JSON) -> String {
        switch schema["format"]?.string {
        case "date": "2026-11-22"
        case "date-time": "2026-11-22T10:56:35Z"
        case "time": "10:56:35Z"
        case "duration": "PT2H30M"
        case "email": "ada@example.com"
        case "hostname": "example.com"
        case "ipv4": "192.0.2.7"
        case "ipv6": "2001:db8::7"
        case "uri", "url", "uri-reference": "https://example.com/"
        case "uuid": luck.uuid()
        default: Self.words[pick(Self.words.count)]
        }
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
