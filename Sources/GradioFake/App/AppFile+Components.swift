import JSONTree

extension AppFile {
    /// Words of a component that are no properties.
    static let ownKeys = ["children", "since", "until", "option", "id", "props", "config"]

    /// A list of components.
    mutating func components(_ list: YAMLValue) throws(AppFileError) -> [ComponentDefinition] {
        var components: [ComponentDefinition] = []
        for element in try list.elements() {
            if let component = try component(element) { components.append(component) }
        }
        return components
    }

    /// `textbox: prompt` with properties beside it; nil if it does not belong to this version.
    private mutating func component(_ element: YAMLValue) throws(AppFileError) -> ComponentDefinition? {
        let members = try element.members()
        guard let head = members.first else { throw element.error("a component needs its type: \"textbox: prompt\"") }
        let kind = try head.key.text().lowercased().filter { $0 != "_" }
        guard let template = templates[kind] else {
            throw head.key.error(
                "Gradio \(major.rawValue) has no component type \"\(try head.key.text())\""
                    + hint(for: kind, in: templates.kinds))
        }
        var component = ComponentDefinition(kind: kind)
        if !(try head.value.json().isNull) {
            let name = try head.value.text()
            component.name = name
        }
        var since: YAMLValue?
        var until: YAMLValue?
        var option: YAMLValue?
        for (key, value) in members.dropFirst() {
            let word = try key.text()
            switch word {
            case "since": since = value
            case "until": until = value
            case "option": option = value
            case "id": component.id = try id(value)
            case "props": component.furtherProperties = try object(value)
            case "config": component.overrides = try object(value)
            case "children":
                guard template.isContainer else { throw key.error("a \(kind) holds no other components") }
                component.children = try components(value)
            default:
                guard template.order.contains(word) || template.properties.contains(key: word) else {
                    throw key.error(
                        "a \(kind) has no property \"\(word)\""
                            + hint(for: word, in: template.order + Self.ownKeys))
                }
                component.properties[word] = try value.json()
            }
        }
        guard try belongs(since: since, until: until, option: option) else { return nil }
        if let name = component.name, !componentNames.insert(name).inserted {
            throw head.value.error("there is another component with the name \"\(name)\"")
        }
        return component
    }

    /// An id that no other component of the page has.
    mutating func id(_ value: YAMLValue) throws(AppFileError) -> Int {
        let id = try value.whole()
        guard id >= 0 else { throw value.error("ids are no less than 0") }
        guard componentIDs.insert(id).inserted else {
            throw value.error("there is another component with the id \(id)")
        }
        return id
    }

    /// A mapping, as it stands.
    func object(_ value: YAMLValue) throws(AppFileError) -> JSONObject {
        guard let object = try value.json().object else { throw value.error("expected a mapping of keys and values") }
        return object
    }

    /// Checks that a component is there.
    func componentName(_ value: YAMLValue) throws(AppFileError) -> String {
        let name = try value.text()
        guard componentNames.contains(name) else {
            throw value.error(
                "there is no component with the name \"\(name)\"" + hint(for: name, in: componentNames))
        }
        return name
    }
}
