internal import JSONTree

/// What a JSON Schema says once its references and its parts are put together.
enum JSONSchema {
    /// A schema with what it refers to, and with all of which it says `allOf`.
    static func joined(_ schema: JSON, of root: JSON) -> JSON {
        // References may lead in circles, and parts to parts of parts.
        var steps = 64
        return joined(schema, of: root, &steps)
    }

    private static func joined(_ schema: JSON, of root: JSON, _ steps: inout Int) -> JSON {
        var schema = schema
        while steps > 0 {
            steps -= 1
            if let reference = schema["$ref"]?.string {
                let target = reference.hasPrefix("#") ? root[pointer: String(reference.dropFirst())] : nil
                schema = merged(target ?? [:], schema.without("$ref"))
            } else if let parts = schema["allOf"]?.array {
                schema = schema.without("allOf")
                for part in parts { schema = merged(schema, joined(part, of: root, &steps)) }
            } else {
                return schema
            }
        }
        return schema.without("$ref").without("allOf")
    }

    /// Both at once: their properties and what they require; of anything else the second has the last word.
    static func merged(_ one: JSON, _ other: JSON) -> JSON {
        guard var result = one.object else { return other }
        for (key, value) in other.object ?? [:] {
            switch (key, result[key]) {
            case ("properties", .object(var both)?):
                both.merge(value.object ?? [:])
                result[key] = .object(both)
            case ("required", .array(let both)?): result[key] = .array(both + (value.array ?? []))
            default: result[key] = value
            }
        }
        return .object(result)
    }

    /// The type of value that it asks for, the first if it has several to choose from.
    static func type(of schema: JSON) -> String {
        if let type = schema["type"]?.string { return type }
        if let type = schema["type"]?.array?.compactMap(\.string).first(where: { $0 != "null" }) { return type }
        func has(_ keys: String...) -> Bool { keys.contains { schema[$0] != nil } }
        if has("properties", "required", "additionalProperties") { return "object" }
        if has("items", "prefixItems", "minItems") { return "array" }
        return has("minimum", "maximum", "multipleOf") ? "number" : "string"
    }
}

extension JSON {
    /// An object without one of its members.
    func without(_ key: String) -> JSON {
        guard var object else { return self }
        object.removeAll { $0.key == key }
        return .object(object)
    }
}
