import JSONTree

/// Whether a value is what a JSON Schema describes: those keywords of 2020-12 that the scenario's schema uses.
///
/// A keyword that it does not know is an error, so that the schema cannot say something that nobody checks.
struct SchemaCheck {
    let schema: JSON

    /// A keyword that is not known, or a reference that leads nowhere.
    struct Unknown: Error {
        var keyword: String
    }

    func accepts(_ value: JSON) throws -> Bool { try accepts(value, schema) }

    private func accepts(_ value: JSON, _ schema: JSON) throws -> Bool {
        if let always = schema.bool { return always }
        guard let keywords = schema.object else { throw Unknown(keyword: schema.text()) }
        return try keywords.allSatisfy { try holds($0.key, $0.value, of: value, in: keywords) }
    }

    private func holds(_ keyword: String, _ said: JSON, of value: JSON, in schema: JSONObject) throws -> Bool {
        switch keyword {
        case "$schema", "$id", "$defs", "title", "description", "examples", "then", "else": true
        case "$ref": try accepts(value, target(of: said.string ?? ""))
        case "type": (said.array ?? [said]).contains { Self.isOf($0.string ?? "", value) }
        case "const": said.isEquivalent(to: value)
        case "enum": said.array?.contains { $0.isEquivalent(to: value) } ?? false
        case "anyOf": try said.array?.contains { try accepts(value, $0) } ?? false
        case "oneOf": try said.array?.filter { try accepts(value, $0) }.count == 1
        case "allOf": try said.array?.allSatisfy { try accepts(value, $0) } ?? false
        case "not": try !accepts(value, said)
        case "if": try accepts(value, schema[try accepts(value, said) ? "then" : "else"] ?? true)
        case "minimum": value.double.map { $0 >= said.double ?? 0 } ?? true
        case "maximum": value.double.map { $0 <= said.double ?? 0 } ?? true
        case "exclusiveMinimum": value.double.map { $0 > said.double ?? 0 } ?? true
        case "minLength": value.string.map { $0.unicodeScalars.count >= said.int ?? 0 } ?? true
        case "maxLength": value.string.map { $0.unicodeScalars.count <= said.int ?? 0 } ?? true
        case "pattern": try value.string.map { try $0.contains(Regex(said.string ?? "")) } ?? true
        case "items": try value.array?.allSatisfy { try accepts($0, said) } ?? true
        case "minItems": value.array.map { $0.count >= said.int ?? 0 } ?? true
        case "maxItems": value.array.map { $0.count <= said.int ?? 0 } ?? true
        case "required":
            value.object.map { object in said.array!.allSatisfy { object.contains(key: $0.string!) } } ?? true
        case "minProperties": value.object.map { $0.count >= said.int ?? 0 } ?? true
        case "maxProperties": value.object.map { $0.count <= said.int ?? 0 } ?? true
        case "propertyNames": try value.object?.keys.allSatisfy { try accepts(.string($0), said) } ?? true
        case "properties":
            try value.object?.allSatisfy { member in try said[member.key].map { try accepts(member.value, $0) } ?? true
            }
                ?? true
        case "additionalProperties":
            try value.object?.allSatisfy { member in
                try schema["properties"]?[member.key] != nil || accepts(member.value, said)
            } ?? true
        default: throw Unknown(keyword: keyword)
        }
    }

    private func target(of reference: String) throws -> JSON {
        guard reference.hasPrefix("#"), let target = schema[pointer: String(reference.dropFirst())] else {
            throw Unknown(keyword: reference)
        }
        return target
    }

    private static func isOf(_ type: String, _ value: JSON) -> Bool {
        switch type {
        case "object": value.object != nil
        case "array": value.array != nil
        case "string": value.string != nil
        case "boolean": value.bool != nil
        case "null": value.isNull
        case "number": value.number != nil
        case "integer": value.double.map { $0.isFinite && $0 == $0.rounded() } ?? false
        default: false
        }
    }
}
