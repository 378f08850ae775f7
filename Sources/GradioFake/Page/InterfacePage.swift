import JSONTree

/// The page that `gr.Interface` makes: inputs left, outputs right, and the buttons that it brings along.
///
/// Ids and order are as recorded: the app's own components are made before the page, and listed where they stand.
struct InterfacePage {
    private var page: PageLayout
    private let major: GradioMajor

    /// The layout; the definition gets the buttons' functions.
    static func layout(_ definition: inout AppDefinition, _ templates: ComponentTemplates) -> PageLayout {
        guard let function = definition.functions.first else {
            return .blocks(definition, templates)
        }
        var builder = InterfacePage(
            page: PageLayout(templates, major: definition.major), major: definition.major)
        builder.build(definition.components, function)
        definition.functions = builder.functions(function, definition)
        return builder.page
    }

    private mutating func build(_ components: [ComponentDefinition], _ function: FunctionDefinition) {
        var inputs: [PageLayout.Place] = []
        var outputs: [PageLayout.Place] = []
        for var component in components {
            if let name = component.name, function.outputs.contains(name) {
                if component.properties["interactive"] == nil { component.properties["interactive"] = false }
                outputs.append(page.make(component))
            } else {
                inputs.append(page.make(component))
            }
        }
        let bar: JSONObject = major == .four ? ["equal_height": true] : [:]
        let panel: JSONObject = major <= .four ? ["variant": "panel"] : [:]
        var root = PageLayout.Place(id: page.newID())
        var row = make("row", major == .four ? ["equal_height": false] : [:])
        var left = make("column", panel)
        var inner = make("column", name: "#inputs")
        inner.children = page.grouped(inputs, in: "column")
        var buttons = make("row", bar)
        let hidden: JSONObject = major == .six ? ["api_visibility": "undocumented"] : ["show_api": false]
        buttons.children = [
            make("clearbutton", hidden.adding("value", "Clear"), name: "#clear"),
            make("button", ["value": "Submit", "variant": "primary"], name: "#submit"),
        ]
        var right = make("column", panel)
        var flags = make("row", bar)
        flags.children = [make("button", ["value": "Flag"], name: "#flag")]
        let results = page.grouped(outputs, in: "column")

        // The order in which things came onto the page.
        var order = [row.id, left.id, inner.id] + inputs.map(\.id)
        order += inner.children.map(\.id).filter { !order.contains($0) }
        order += [buttons.id] + buttons.children.map(\.id) + [right.id] + outputs.map(\.id)
        order += [flags.id] + flags.children.map(\.id)
        order += results.map(\.id).filter { !order.contains($0) }
        left.children = [inner, buttons]
        right.children = results + [flags]
        row.children = [left, right]
        root.children = [row]
        page.setRoot(root)
        page.list(order)
    }

    private mutating func make(_ kind: String, _ properties: JSONObject = [:], name: String? = nil) -> PageLayout.Place
    {
        page.make(ComponentDefinition(kind: kind, name: name, properties: properties))
    }

    /// The app's own function, and those of the buttons.
    private func functions(_ main: FunctionDefinition, _ definition: AppDefinition) -> [FunctionDefinition] {
        var main = main
        let first = main.inputs.first?.component
        if main.triggers.isEmpty {
            main.triggers = [.init(component: "#submit", event: "click")]
            if let first { main.triggers.append(.init(component: first, event: "submit")) }
        }
        main.overrides["scroll_to_output"] = main.overrides["scroll_to_output"] ?? true
        if major >= .five { main.overrides["event_specific_args"] = main.overrides["event_specific_args"] ?? [] }
        let all = main.inputs.map(\.component) + main.outputs
        let empty = all.map { _ in "null" }.joined(separator: ", ")
        let shown = #"{"variant": null, "visible": true, "__type__": "update"}"#
        return [
            main,
            inBrowser("js_fn", outputs: all, script: "() => [\(empty)]"),
            inBrowser("js_fn_1", outputs: ["#inputs"], script: "() => [\(shown)]\n            "),
            button("lambda", on: "#flag", inputs: []),
            button("Flag", on: "#flag", inputs: all),
            button("reset", on: "#clear", inputs: []),
        ]
    }

    private func inBrowser(_ name: String, outputs: [String], script: String) -> FunctionDefinition {
        var function = FunctionDefinition(apiName: name)
        function.outputs = outputs
        function.triggers = [.init(component: "#clear", event: "click")]
        function.isQueued = false
        function.visibility = .private
        function.overrides = ["js": .string(script)]
        return function
    }

    private func button(_ name: String, on trigger: String, inputs: [String]) -> FunctionDefinition {
        var function = FunctionDefinition(apiName: name)
        function.inputs = inputs.map { .init(parameter: $0, component: $0) }
        function.outputs = ["#flag"]
        function.triggers = [.init(component: trigger, event: "click")]
        function.isQueued = false
        function.visibility = .undocumented
        function.behaviour = Behaviour(instructions: [.finish(.nothing)])
        return function
    }
}

extension JSONObject {
    /// The same with one member more.
    fileprivate func adding(_ key: String, _ value: JSON) -> JSONObject {
        var object: JSONObject = [key: value]
        object.merge(self)
        return object
    }
}
