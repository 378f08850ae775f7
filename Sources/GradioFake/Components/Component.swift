import Glibc
import JSONTree

/// A component of the page, with its id.
struct Component: Sendable {
    let id: Int
    /// The key of its template.
    let kind: String
    /// Its entry of `/config`.
    let entry: JSONObject
    /// Its properties, as they stand in the entry.
    let properties: JSONObject
    /// What a state holds at first; it never leaves the server.
    let initialState: JSON
    /// How it is described as an argument and as a result.
    let argument: JSONObject
    let result: JSONObject
    /// Whether it is no part of the API.
    let isSkipped: Bool

    /// `type` of `/config`.
    var type: String { entry["type"]?.string ?? kind }
    var isState: Bool { kind == "state" }
    var label: String? { properties["label"]?.string }

    /// The values of a list of choices: `[["name", value], …]`.
    var choices: [JSON] { properties["choices"]?.array?.map { $0[1] ?? $0 } ?? [] }

    /// A component as the app file has it, in the mould of its version.
    init(id: Int, _ definition: ComponentDefinition, template: ComponentTemplate, major: GradioMajor) {
        self.id = id
        kind = definition.kind
        isSkipped = definition.overrides["skip_api"]?.bool ?? template.isSkipped
        initialState = definition.kind == "state" ? definition.properties["value"] ?? .null : .null
        let given = ComponentDefaults.completed(definition, major: major)
        var properties = Self.properties(given, template: template)
        properties.merge(definition.furtherProperties)
        self.properties = properties
        var entry: JSONObject = ["id": .int(id)]
        for (key, value) in template.entry {
            entry[key] = key == "props" ? .object(properties) : value
        }
        let description = ComponentDescription(
            kind: kind, properties: properties, template: template, major: major)
        description.complete(&entry)
        entry.merge(definition.overrides)
        self.entry = entry
        argument = description.argument
        result = description.result
    }

    /// The template's properties with those of the file in their places; null ones are left out, as in `/config`.
    private static func properties(_ given: JSONObject, template: ComponentTemplate) -> JSONObject {
        let defaults = template.properties
        var properties = JSONObject()
        // What stands before the class's own arguments stays there.
        for (key, value) in defaults where !template.order.contains(key) && !Self.lastKeys.contains(key) {
            if isBefore(key, in: defaults, order: template.order) { properties[key] = given[key] ?? value }
        }
        for key in template.order {
            guard let value = given[key] ?? defaults[key], !value.isNull || defaults[key] != nil else { continue }
            properties[key] = value
        }
        // What a subclass of the real package shows besides.
        for (key, value) in given where properties[key] == nil && !value.isNull { properties[key] = value }
        for (key, value) in defaults where properties[key] == nil { properties[key] = given[key] ?? value }
        return properties
    }

    private static let lastKeys = ["name", "_selectable", "selectable"]

    private static func isBefore(_ key: String, in defaults: JSONObject, order: [String]) -> Bool {
        let keys = defaults.keys
        guard let place = keys.firstIndex(of: key) else { return false }
        return keys[..<place].allSatisfy { !order.contains($0) }
    }
}

/// What a component makes of the arguments that it is given, before it shows them.
enum ComponentDefaults {
    static func completed(_ definition: ComponentDefinition, major: GradioMajor) -> JSONObject {
        var given = definition.properties
        if case .array(let choices)? = given["choices"] {
            // Names and values: a bare value is its own name.
            given["choices"] = .array(
                choices.map { choice in
                    if let pair = choice.array, pair.count == 2 { return .array(pair) }
                    return .array([.string(choice.pythonStr), choice])
                })
        }
        switch definition.kind {
        case "state":
            // The value of a state is the server's own since 5; before, it stands in `/config`.
            if major >= .five { given["value"] = nil }
        case "slider":
            if given["value"] == nil { given["value"] = given["minimum"] ?? 0 }
            if given["step"] == nil { given["step"] = step(from: given["minimum"] ?? 0, to: given["maximum"] ?? 100) }
        case "dropdown":
            if given["value"] == nil, given["multiselect"]?.bool != true, major >= .five {
                given["value"] = given["choices"]?[0]?[1]
            }
        default: break
        }
        return given
    }

    /// A hundredth of the range, rounded down to a power of ten, as a slider has it without a step of its own.
    private static func step(from minimum: JSON, to maximum: JSON) -> JSON {
        let range = (maximum.double ?? 100) - (minimum.double ?? 0)
        guard range > 0 else { return 1 }
        let exponent = Int(floor(log10(range))) - 2
        if exponent >= 0 { return .int((0..<min(exponent, 18)).reduce(1) { power, _ in power * 10 }) }
        return .double(Double("1e\(exponent)") ?? 0.01)
    }
}
