import JSONTree

/// A Gradio app as it is served: components with ids, functions that know them, and the texts made from both.
struct App: Sendable {
    let definition: AppDefinition
    let components: [Component]
    let functions: [AppFunction]
    let layout: JSON
    private let frame: ConfigFrame
    private let byName: [String: Int]

    var major: GradioMajor { definition.major }

    init(_ definition: AppDefinition) {
        let templates = ComponentTemplates.of(definition.major)
        var definition = definition
        let page: PageLayout
        switch definition.mode {
        case .blocks: page = .blocks(definition, templates)
        case .interface: page = InterfacePage.layout(&definition, templates)
        }
        self.definition = definition
        components = page.components
        layout = page.root.json
        frame = .of(definition.major)
        functions = Self.functions(definition, page)
        byName = Dictionary(functions.map { ($0.apiName, $0.id) }) { first, _ in first }
    }

    /// The function of an API name.
    func function(named name: String) -> AppFunction? { byName[name].map { functions[$0] } }

    /// The function of an index.
    func function(_ id: Int) -> AppFunction? { functions.indices.contains(id) ? functions[id] : nil }

    private static func functions(_ definition: AppDefinition, _ page: PageLayout) -> [AppFunction] {
        let byID = Dictionary(uniqueKeysWithValues: page.components.map { ($0.id, $0) })
        var names: [String: Int] = [:]
        var functions: [AppFunction] = []
        func component(_ name: String) -> Component? { page.ids[name].flatMap { byID[$0] } }
        for (id, function) in definition.functions.enumerated() {
            let targets = function.triggers.compactMap { trigger in
                page.ids[trigger.component].map { (component: $0, event: trigger.event) }
            }
            let cancels = function.cancels.compactMap { name in
                definition.functions.firstIndex { $0.apiName == name }
            }
            // Later functions of the same name get _1, _2.
            let count = names[function.apiName, default: 0]
            names[function.apiName] = count + 1
            functions.append(
                AppFunction(
                    id: id, definition: function, inputs: function.inputs.compactMap { component($0.component) },
                    outputs: function.outputs.compactMap { component($0) }, targets: targets, cancels: cancels,
                    group: group(of: function, id: id, definition),
                    apiName: count == 0 ? function.apiName : "\(function.apiName)_\(count)"))
        }
        return functions
    }

    private static func group(
        of function: FunctionDefinition, id: Int, _ definition: AppDefinition
    ) -> AppFunction.Group {
        // Version 3 has one set of workers for all functions together.
        if definition.major == .three {
            return AppFunction.Group(id: "", limit: definition.queue.defaultConcurrencyLimit)
        }
        let limit: Int? =
            switch function.concurrency {
            case .byDefault: definition.queue.defaultConcurrencyLimit
            case .limit(let limit): limit
            case .unlimited: nil
            }
        return AppFunction.Group(id: function.concurrencyID.map { "id " + $0 } ?? "\(id)", limit: limit)
    }

    /// Whether clients open a heartbeat: an app with a state has something to clean up.
    var connectsHeartbeat: Bool {
        components.contains { $0.isState }
            || functions.contains { $0.definition.isStream || $0.targets.contains { $0.event == "unload" } }
    }

    /// `/config` for one client.
    func config(root: String, appID: UInt64, user: String?, showError: Bool, maxFileSize: Int?) -> JSON {
        var config = frame.config
        func set(_ key: String, _ value: JSON) { if config[key] != nil { config[key] = value } }
        set("mode", .string(definition.mode.rawValue))
        set("app_id", .uint64(appID))
        config["components"] = .array(components.map { .object($0.entry) })
        set("connect_heartbeat", .bool(connectsHeartbeat))
        set("title", .string(definition.title))
        set("show_error", .bool(showError))
        set("max_file_size", maxFileSize.map { .int($0) } ?? .null)
        config["dependencies"] = .array(functions.map { $0.entry(frame, major: major) })
        config["layout"] = layout
        set(
            "page",
            [
                "": [
                    "layout": layout, "components": .array(components.map { .int($0.id) }),
                    "dependencies": .array(functions.map { .int($0.id) }),
                ]
            ])
        set("username", user.map { .string($0) } ?? .null)
        // Version 3 leaves it to the page to know where it came from.
        set("root", major == .three ? "" : .string(root))
        for (key, value) in definition.overrides { config[key] = value }
        return .object(config)
    }
}
