import JSONTree

/// The components of a real app, with the names that they get in its file.
struct CapturedPage {
    let major: GradioMajor
    private(set) var notes: [String] = []
    private var components: [Int: CapturedComponent] = [:]
    private var order: [Int] = []
    private var names: [Int: String] = [:]
    /// Those whose name a function says.
    private var called: Set<Int> = []
    private var taken: Set<String> = []
    private let layout: JSON

    init(_ config: JSON, info: JSON, major: GradioMajor) {
        self.major = major
        layout = config["layout"] ?? .null
        let templates = ComponentTemplates.of(major)
        for entry in config["components"]?.array ?? [] {
            guard let id = entry["id"]?.int, id >= 0, components[id] == nil else { continue }
            let component = CapturedComponent(entry, id: id, templates, major)
            components[id] = component
            order.append(id)
            if component.lostFiles > 0 {
                notes.append("The files that its \(component.type) \(id) shows at first are not in the app file.")
            }
        }
        nameArguments(config, info)
        for id in order where names[id] == nil { name(id, components[id]?.ownName ?? "component") }
    }

    /// The component with an id.
    func component(_ id: Int) -> Component? { components[id]?.made }

    /// Its name in the file, for a function to say.
    mutating func call(_ id: Int) -> String? {
        if names[id] != nil { called.insert(id) }
        return names[id]
    }

    /// The id of the page itself.
    var rootID: Int { layout["id"]?.int ?? 0 }

    /// What clients call an argument is the best name of its component.
    private mutating func nameArguments(_ config: JSON, _ info: JSON) {
        for (index, function) in (config["dependencies"]?.array ?? []).enumerated() {
            let rows = info.endpoint(of: function, index)?["parameters"]?.array ?? []
            let inputs = (function["inputs"]?.array ?? []).compactMap(\.int).filter {
                component($0)?.isSkipped == false
            }
            for (id, row) in zip(inputs, rows) where names[id] == nil {
                guard let parameter = row["parameter_name"]?.string, !parameter.hasPrefix("param_"),
                    !taken.contains(parameter)
                else { continue }
                name(id, parameter)
            }
        }
    }

    private mutating func name(_ id: Int, _ wanted: String) {
        var name = wanted
        var number = 2
        while !taken.insert(name).inserted {
            name = "\(wanted)_\(number)"
            number += 1
        }
        names[id] = name
    }

    /// The list `components` of the file.
    var json: JSON {
        var placed: Set<Int> = []
        func place(_ node: JSON) -> JSON? {
            guard let id = node["id"]?.int, let component = components[id], placed.insert(id).inserted else {
                return nil
            }
            return component.json(
                name: called.contains(id) ? names[id] : nil, children: (node["children"]?.array ?? []).compactMap(place)
            )
        }
        let shown = (layout["children"]?.array ?? []).compactMap(place)
        // What stands nowhere is there all the same; the layout that the file then has leaves it out.
        let rest = order.filter { !placed.contains($0) }
        return .array(
            shown + rest.compactMap { components[$0]?.json(name: called.contains($0) ? names[$0] : nil, children: []) })
    }
}

/// A component of a real app, told as the difference to its mould.
struct CapturedComponent {
    let id: Int
    let type: String
    /// What the fake makes of it.
    let made: Component
    /// How many files of the real server it would show.
    let lostFiles: Int
    private let definition: ComponentDefinition
    private let template: ComponentTemplate?

    init(_ entry: JSON, id: Int, _ templates: ComponentTemplates, _ major: GradioMajor) {
        self.id = id
        let type = entry["type"]?.string ?? ""
        self.type = type
        var lost = 0
        let shown = Self.withoutFiles(entry["props"] ?? [:], &lost).object ?? [:]
        lostFiles = lost
        let candidates = templates.kinds.compactMap { kind in
            templates[kind].flatMap { $0.type == type ? (kind: kind, template: $0) : nil }
        }
        let best = candidates.min { left, right in
            let one = Self.strangeness(of: shown, to: left.template)
            let other = Self.strangeness(of: shown, to: right.template)
            return one == other ? left.kind == type && right.kind != type : one < other
        }
        template = best?.template
        let kind = best?.kind ?? ComponentTemplates.stranger
        let mould = best?.template ?? templates[kind]!
        var definition = ComponentDefinition(kind: kind, id: id)
        for (key, value) in shown {
            if let usual = mould.properties[key], usual.isEquivalent(to: value) { continue }
            if kind == "state", key == "value", major >= .five { continue }
            if mould.order.contains(key) || mould.properties.contains(key: key), !AppFile.ownKeys.contains(key) {
                definition.properties[key] = value
            } else {
                definition.furtherProperties[key] = value
            }
        }
        var made = Component(id: id, definition, template: mould, major: major)
        // What the mould works out by itself, as a dropdown its first choice, and the real one leaves out.
        for (key, _) in made.properties where shown[key] == nil && mould.properties[key] == nil {
            definition.properties[key] = .null
        }
        made = Component(id: id, definition, template: mould, major: major)
        for (key, value) in shown where !(made.properties[key]?.isEquivalent(to: value) ?? false) {
            if kind == "state", major >= .five { continue }
            if mould.order.contains(key), !AppFile.ownKeys.contains(key) {
                definition.properties[key] = value
            } else {
                definition.furtherProperties[key] = value
            }
        }
        for (key, value) in entry.object ?? [:] where !["id", "props", "component_class_id"].contains(key) {
            if !(made.entry[key]?.saysTheSame(as: value) ?? false) { definition.overrides[key] = value }
        }
        self.definition = definition
        self.made = Component(id: id, definition, template: mould, major: major)
    }

    /// By how many properties it differs from a mould.
    private static func strangeness(of shown: JSONObject, to template: ComponentTemplate) -> Int {
        shown.count { key, value in
            template.properties[key].map { !$0.isEquivalent(to: value) } ?? !template.order.contains(key)
        }
    }

    /// Files of the real server are not there for the fake.
    private static func withoutFiles(_ value: JSON, _ lost: inout Int) -> JSON {
        switch value {
        case .array(let values): return .array(values.map { withoutFiles($0, &lost) })
        case .object(let members):
            let isFile =
                members["meta"]?["_type"]?.string == "gradio.FileData" || members["is_file"]?.bool == true
                || members["path"]?.string != nil && members.contains(key: "orig_name")
            if isFile {
                lost += 1
                return .null
            }
            return .object(JSONObject(members.map { ($0.key, withoutFiles($0.value, &lost)) }))
        default: return value
        }
    }

    /// A name for it where no function has one.
    var ownName: String {
        let texts = [made.properties["elem_id"]?.string, made.label, made.properties["value"]?.string]
        let text = texts.lazy.compactMap { $0 }.first { !$0.isEmpty && $0.count <= 40 } ?? ""
        return identifier(text, else: type.isEmpty ? "component" : identifier(type, else: "component"))
    }

    /// As it stands in the file.
    func json(name: String?, children: [JSON]) -> JSON {
        // `label: x` cannot stand there twice; the name of the class in capitals is as good.
        let isProperty = definition.properties.contains(key: definition.kind)
        let head = isProperty ? template?.name ?? definition.kind : definition.kind
        var object: JSONObject = [head: name.map { .string($0) } ?? .null, "id": .int(id)]
        object.merge(definition.properties)
        if !definition.furtherProperties.isEmpty { object["props"] = .object(definition.furtherProperties) }
        if !definition.overrides.isEmpty { object["config"] = .object(definition.overrides) }
        if !children.isEmpty { object["children"] = .array(children) }
        return .object(object)
    }
}

extension JSON {
    /// Whether both mean the same; descriptions within schemas do not count, which nobody but people reads.
    func saysTheSame(as other: JSON) -> Bool {
        isEquivalent(to: other) || withoutDescriptions.isEquivalent(to: other.withoutDescriptions)
    }

    private var withoutDescriptions: JSON {
        switch self {
        case .array(let values): .array(values.map(\.withoutDescriptions))
        case .object(let members):
            .object(
                JSONObject(
                    members.filter { $0.key != "description" || $0.value.string == nil }
                        .map { ($0.key, $0.value.withoutDescriptions) }))
        default: self
        }
    }

    /// What an API description says of a function.
    func endpoint(of function: JSON, _ index: Int) -> JSON? {
        if let name = function["api_name"]?.string, let endpoint = self["named_endpoints"]?["/" + name] {
            return endpoint
        }
        return self["unnamed_endpoints"]?["\(index)"]
    }
}
