internal import JSONTree

extension AppDefinition {
    /// A function of the app as its clients may call it.
    public struct Signature: Sendable, Hashable {
        /// The name of the endpoint, `/generate_video`.
        public var endpoint: String
        /// The arguments in their order: `prompt: textbox`, and `seed: number = 7` for one with a value of its own.
        public var arguments: [String]
        /// The types of the components that the results go to.
        public var results: [String]

        /// `/predict(message: textbox, count: number = 3) → textbox`
        public var text: String {
            "\(endpoint)(\(arguments.joined(separator: ", "))) → \(results.isEmpty ? "nothing" : results.joined(separator: ", "))"
        }
    }

    /// The functions that the API description shows, in the order of their ids; what clients never see, as a state, is left out.
    public var signatures: [Signature] {
        let all = Dictionary(components.flatMap(\.withDescendants).compactMap { one in one.name.map { ($0, one) } }) {
            first, _ in first
        }
        let templates = ComponentTemplates.of(major)
        func kind(_ name: String) -> String? {
            guard let one = all[name], let template = templates[one.kind] else { return nil }
            guard !(one.overrides["skip_api"]?.bool ?? template.isSkipped) else { return nil }
            return one.overrides["type"]?.string ?? one.kind
        }
        return functions.filter { $0.visibility == .public && $0.behaviour != nil }.map { function in
            Signature(
                endpoint: "/\(function.apiName)",
                arguments: function.inputs.compactMap { input in
                    guard let kind = kind(input.component) else { return nil }
                    let value = all[input.component]?.properties["value"].map { " = \($0.text())" } ?? ""
                    return "\(input.parameter): \(kind)\(value)"
                },
                results: function.outputs.compactMap(kind))
        }
    }
}
