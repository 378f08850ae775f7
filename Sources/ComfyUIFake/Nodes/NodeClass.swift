internal import JSONTree

/// A node class: what `/object_info` tells of it and what validation and execution need to know.
struct NodeClass: Sendable {
    /// One output socket.
    struct Output: Sendable {
        /// A name, or a list of options for a combo output of the older form.
        let type: JSON
        let isList: Bool
    }

    let name: String
    /// Required ones first, each group in declared order.
    let inputs: [NodeInput]
    /// Hidden inputs and what they ask for: `PROMPT`, `EXTRA_PNGINFO`, `UNIQUE_ID`, `DYNPROMPT`.
    let hidden: [(name: String, kind: String)]
    let outputs: [Output]
    /// Runs for its own sake: the roots of a prompt.
    let isOutput: Bool
    /// Takes whole lists rather than being called once for each of their elements.
    let isInputList: Bool
    /// The members of the info before and after `input`, `input_order`, in the order sent.
    let facts: JSONObject
    /// What it does, from a node file; `nil` for the classes that the fake knows by itself.
    let behaviour: JSON?

    /// Its results depend on where it stands, so its id is part of its cache key.
    var asksForItsID: Bool { hidden.contains { $0.kind == "UNIQUE_ID" } || facts["not_idempotent"]?.isTruthy ?? false }

    func input(_ name: String) -> NodeInput? { inputs.first { $0.name == name } }

    /// The info as `/object_info/{class}` sends it.
    func info(in listing: FileListing) -> JSON {
        var input = JSONObject()
        var order = JSONObject()
        for (group, members) in [
            ("required", inputs.filter(\.isRequired)), ("optional", inputs.filter { !$0.isRequired }),
        ] where !members.isEmpty || group == "required" && declaresRequired {
            input[group] = .object(JSONObject(members.map { ($0.name, $0.declaration(in: listing)) }))
            order[group] = .array(members.map { .string($0.name) })
        }
        if !hidden.isEmpty {
            // The newer form wraps the kind into a list.
            let wraps = facts.contains(key: "output_matchtypes")
            input["hidden"] = .object(
                JSONObject(hidden.map { ($0.name, wraps ? [.string($0.kind)] : .string($0.kind)) }))
            order["hidden"] = .array(hidden.map { .string($0.name) })
        }
        var info: JSONObject = ["input": .object(input), "input_order": .object(order)]
        for fact in facts where fact.key != "not_idempotent" { info.append(fact.key, fact.value) }
        return .object(info)
    }

    /// Classes without any input still send an empty `required`.
    private var declaresRequired: Bool { inputs.allSatisfy(\.isRequired) }
}
