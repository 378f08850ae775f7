import JSONTree

/// How a component describes itself to clients: `api_info`, its example, its type in Python.
///
/// Most of it is in the template; what follows from the properties (choices, bounds, precision) is filled in here.
struct ComponentDescription {
    let kind: String
    let properties: JSONObject
    let template: ComponentTemplate
    let major: GradioMajor

    private var choices: [JSON] { properties["choices"]?.array?.map { $0[1] ?? $0 } ?? [] }
    private var isMultiple: Bool { properties["multiselect"]?.bool == true || kind == "checkboxgroup" }
    private var isWhole: Bool {
        properties["precision"]?.int == 0 && (major == .six || kind == "number" && major >= .five)
    }

    /// Puts `api_info` and the example into the entry of `/config`.
    func complete(_ entry: inout JSONObject) {
        guard entry["api_info"] != nil else { return }
        if let schema {
            for key in ["api_info", "api_info_as_input", "api_info_as_output"] where entry[key] != nil {
                entry[key] = schema
            }
        }
        if let example { entry["example_inputs"] = example }
    }

    /// The description as an argument.
    var argument: JSONObject { described(template.argument, isResult: false) }

    /// The description as a result.
    var result: JSONObject { described(template.result, isResult: true) }

    private func described(_ row: JSONObject, isResult: Bool) -> JSONObject {
        var row = row
        if row["component"] == nil { row["component"] = template.argument["component"] ?? .string(template.name) }
        if row["python_type"] == nil { row["python_type"] = template.argument["python_type"] }
        if let typeName {
            var type = row["python_type"]?.object ?? JSONObject()
            type["type"] = .string(typeName)
            row["python_type"] = .object(type)
        }
        if kind == "slider", isResult || major <= .four, let text = bounds {
            row["python_type"]?["description"] = .string(text)
        }
        return row
    }

    private var bounds: String? {
        guard let minimum = properties["minimum"], let maximum = properties["maximum"] else { return nil }
        return "numeric value between \(minimum.pythonStr) and \(maximum.pythonStr)"
    }

    /// The JSON schema, where it depends on the properties.
    private var schema: JSON? {
        switch kind {
        case "slider":
            guard let bounds else { return nil }
            let schema: JSON = ["type": isWhole ? "integer" : "number", "description": .string(bounds)]
            return major == .three ? ["info": schema, "serialized_info": false] : schema
        case "number": return isWhole ? ["type": "integer"] : nil
        case "dropdown" where major > .three:
            let one: JSON = ["type": "string", "enum": .array(choices)]
            return isMultiple ? ["type": "array", "items": one] : one
        case "dropdown":
            let pairs = (properties["choices"]?.array ?? []).map { choice in
                "(" + (choice.array ?? []).map(\.pythonRepr).joined(separator: ", ") + ")"
            }
            let list = "[" + pairs.joined(separator: ", ") + "]"
            let schema: JSON =
                isMultiple
                ? [
                    "type": "array", "items": ["type": "string"],
                    "description": .string("List of options from: \(list)"),
                ] : ["type": "string", "description": .string("Option from: \(list)")]
            return ["info": schema, "serialized_info": false]
        case "radio" where major > .three: return ["enum": .array(choices), "title": "Radio", "type": "string"]
        case "checkboxgroup" where major > .three:
            return [
                "items": ["enum": .array(choices), "type": "string"], "title": "Checkbox Group", "type": "array",
            ]
        default: return nil
        }
    }

    private var example: JSON? {
        switch kind {
        case "dropdown", "radio", "checkboxgroup":
            guard major > .three else {
                let pairs = properties["choices"]?.array ?? []
                let first = kind == "dropdown" ? pairs.first : pairs.first?[1]
                let value: JSON = isMultiple ? .array(first.map { [$0] } ?? []) : first ?? .null
                return ["raw": value, "serialized": value]
            }
            guard let first = choices.first else { return isMultiple ? [] : .null }
            return isMultiple ? [first] : first
        case "slider":
            let value = properties["minimum"] ?? 0
            return major == .three ? ["raw": value, "serialized": value] : value
        default: return nil
        }
    }

    /// The type in Python's words, where it depends on the properties.
    private var typeName: String? {
        switch kind {
        case "number", "slider": return isWhole ? "int" : nil
        case "dropdown", "radio", "checkboxgroup":
            guard major > .three else { return kind == "dropdown" ? (isMultiple ? "List[str]" : "str") : nil }
            let names = choices.map { $0.pythonStr.pythonRepr }.joined(separator: ", ")
            let one = "Literal[\(names)]"
            return isMultiple ? (major == .four ? "List[\(one)]" : "list[\(one)]") : one
        case "file" where properties["file_count"]?.string == "multiple" && major > .three:
            return major == .four ? "List[filepath]" : "list[filepath]"
        default: return nil
        }
    }
}
