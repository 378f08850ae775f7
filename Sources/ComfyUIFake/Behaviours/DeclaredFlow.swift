internal import JSONTree

/// What a declared behaviour says about the flow between nodes, beside its acts (see `NodeBehaviour.declared`):
///
/// ```json
/// {"wants": {"image1": "@use_first"},
///  "stamp": "@should_change",
///  "takes_blocked": false,
///  "expand": {"nodes": {"1": {"class_type": "ImageInvert", "inputs": {"image": "@image"}}},
///             "give": [["1", 0]]}}
/// ```
/// - `wants`: lazy inputs, and when each is wanted: always, or if an input's value is true.
/// - `stamp`: tells results apart that inputs do not; `"never"` means that the node always runs.
/// - `takes_blocked`: runs with blocked values rather than being skipped for them.
/// - `expand`: nodes to run in this one's place. `@name` is the value or the link of an input; links between the
///   nodes use the ids given here, which on the wire become `4.0.0.1`: node, call, graph, id.
struct DeclaredFlow {
    private let declaration: JSON

    init(_ declaration: JSON) { self.declaration = declaration }

    func apply(to behaviour: inout NodeBehaviour) {
        let declaration = declaration
        if let wanted = declaration["wants"]?.object {
            behaviour.wants = { call throws(NodeFailure) in
                wanted.filter { member in
                    guard let name = member.value.string, name.hasPrefix("@") else { return member.value.isTruthy }
                    return call[String(name.dropFirst())].json?.isTruthy ?? true
                }.map(\.key)
            }
        }
        if let stamp = declaration["stamp"]?.string {
            behaviour.stamp = { inputs, _ in
                if stamp == "never" { return .never }
                return .same((inputs[String(stamp.dropFirst())] ?? .null).text())
            }
        }
        behaviour.takesBlocked = declaration["takes_blocked"]?.isTruthy ?? false
    }

    /// The nodes that a call asks for, and the links or values that stand for its own outputs.
    func expansion(of call: NodeCall) -> (nodes: JSONObject, outputs: [JSON])? {
        guard let nodes = declaration["expand"]?["nodes"]?.object else { return nil }
        // GraphBuilder upstream: the node's id, which call of it, which graph of that call.
        let prefix = "\(call.id).\(call.index).0."
        let own = Set(nodes.keys)
        func placed(_ value: JSON) -> JSON {
            if let name = value.string, name.hasPrefix("@") { return call.raw[String(name.dropFirst())] ?? .null }
            guard let link = NodeLink(value), own.contains(link.node) else { return value }
            return [.string(prefix + link.node), link.slot]
        }
        let added = nodes.map { id, node in
            var node = node
            let inputs = node["inputs"]?.object ?? [:]
            node["inputs"] = .object(JSONObject(inputs.map { ($0.key, placed($0.value)) }))
            return (prefix + id, node)
        }
        return (JSONObject(added), (declaration["expand"]?["give"]?.array ?? []).map(placed))
    }
}
