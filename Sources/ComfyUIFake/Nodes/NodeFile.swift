internal import JSONTree

/// Reads node classes out of JSON: the compact form of the embedded table and of `--nodes FILE`, and the
/// full form that a real server's `/object_info` answers, so that a dump of it can be loaded as it is.
///
/// The compact form says each thing once; all but `output` may be left out:
/// ```json
/// "ProbeSleep": {
///   "module": "custom_nodes.probe", "category": "probe", "title": "Probe Sleep",
///   "required": {"seconds": ["FLOAT", {"default": 1.0}], "image": ["IMAGE"]},
///   "optional": {}, "hidden": {"id": "UNIQUE_ID"},
///   "output": ["IMAGE"], "names": ["image"], "lists": [false],
///   "saves": false, "behaviour": {"do": "sleep", "seconds": "@seconds"}
/// }
/// ```
/// A combo whose options are `"@checkpoints"` offers the files of that folder, or the list that the file
/// itself gives under that name.
struct NodeFile {
    private let lists: [String: [JSON]]
    private(set) var classes: [NodeClass] = []

    /// - Throws: `NodeFileError` naming the class that could not be understood.
    init(_ document: JSON) throws(NodeFileError) {
        guard let members = document.object else { throw NodeFileError("expected an object of node classes") }
        var lists: [String: [JSON]] = [:]
        for member in members where member.key.hasPrefix("@") { lists[member.key] = member.value.array ?? [] }
        self.lists = lists
        for member in members where !member.key.hasPrefix("@") {
            guard let info = member.value.object else {
                throw NodeFileError("expected an object for node class \(member.key), got \(member.value.pythonType)")
            }
            classes.append(
                info["input"] != nil || info["input_order"] != nil
                    ? try full(member.key, info) : try compact(member.key, info))
        }
    }

    // MARK: The compact form

    private func compact(_ name: String, _ info: JSONObject) throws(NodeFileError) -> NodeClass {
        let types = info["output"]?.array ?? []
        let flags = info["lists"]?.array?.map(\.isTruthy) ?? []
        let outputs = types.enumerated().map { slot, type in
            NodeClass.Output(type: type, isList: slot < flags.count && flags[slot])
        }
        return NodeClass(
            name: name, inputs: try inputs(name, required: info["required"], optional: info["optional"]),
            hidden: hidden(info["hidden"]), outputs: outputs, isOutput: info["saves"]?.isTruthy ?? false,
            isInputList: info["input_is_list"]?.isTruthy ?? false,
            facts: info["form"]?.int == 3
                ? newerFacts(name, info, outputs) : olderFacts(name, info, outputs),
            behaviour: info["behaviour"])
    }

    /// The members of a class in the older form, in the order of `node_info` in upstream's `server.py`.
    private func olderFacts(_ name: String, _ info: JSONObject, _ outputs: [NodeClass.Output]) -> JSONObject {
        var facts = shape(info, outputs)
        facts.merge(naming(name, info))
        facts["has_intermediate_output"] = .bool(info["has_intermediate_output"]?.isTruthy ?? false)
        if let tips = info["output_tips"]?.int {
            facts["output_tooltips"] = .array((0..<tips).map { .string("Output \($0) of \(name).") })
        }
        for flag in ["deprecated", "experimental", "api_node"] where info[flag]?.isTruthy ?? false {
            facts[flag] = true
        }
        facts["search_aliases"] = info["aliases"] ?? []
        if let essentials = info["essentials"] { facts["essentials_category"] = essentials }
        if info["not_idempotent"]?.isTruthy ?? false { facts["not_idempotent"] = true }
        return facts
    }

    /// The members of a class in the newer form (`GET_NODE_INFO_V1` of upstream's `comfy_api`).
    private func newerFacts(_ name: String, _ info: JSONObject, _ outputs: [NodeClass.Output]) -> JSONObject {
        var facts = shape(info, outputs)
        facts["output_tooltips"] = .array(outputs.map { _ in .null })
        facts["output_matchtypes"] = .null
        facts.merge(naming(name, info))
        for flag in ["deprecated", "experimental", "dev_only", "api_node"] {
            facts[flag] = .bool(info[flag]?.isTruthy ?? false)
        }
        facts["price_badge"] = .null
        facts["search_aliases"] = info["aliases"] ?? .null
        facts["essentials_category"] = info["essentials"] ?? .null
        facts["has_intermediate_output"] = .bool(info["has_intermediate_output"]?.isTruthy ?? false)
        return facts
    }

    private func shape(_ info: JSONObject, _ outputs: [NodeClass.Output]) -> JSONObject {
        [
            "is_input_list": .bool(info["input_is_list"]?.isTruthy ?? false),
            "output": .array(outputs.map(\.type)),
            "output_is_list": .array(outputs.map { .bool($0.isList) }),
            "output_name": info["names"] ?? .array(outputs.map(\.type)),
        ]
    }

    private func naming(_ name: String, _ info: JSONObject) -> JSONObject {
        [
            "name": .string(name), "display_name": info["title"] ?? .string(name),
            "description": info["description"]
                ?? .string(info["described"]?.isTruthy ?? false ? "Stands in for the node class \(name)." : ""),
            "python_module": info["module"] ?? "nodes", "category": info["category"] ?? "sd",
            "output_node": .bool(info["saves"]?.isTruthy ?? false),
        ]
    }

    // MARK: The full form

    private func full(_ name: String, _ info: JSONObject) throws(NodeFileError) -> NodeClass {
        let flags = info["output_is_list"]?.array?.map(\.isTruthy) ?? []
        var facts = info
        for key in ["input", "input_order", "behaviour"] { facts[key] = nil }
        let input = info["input"]?.object ?? [:]
        return NodeClass(
            name: name, inputs: try inputs(name, required: input["required"], optional: input["optional"]),
            hidden: hidden(input["hidden"]),
            outputs: (info["output"]?.array ?? []).enumerated().map { slot, type in
                NodeClass.Output(type: type, isList: slot < flags.count && flags[slot])
            },
            isOutput: info["output_node"]?.isTruthy ?? false, isInputList: info["is_input_list"]?.isTruthy ?? false,
            facts: facts, behaviour: info["behaviour"])
    }

    // MARK: Inputs

    private func inputs(_ owner: String, required: JSON?, optional: JSON?) throws(NodeFileError) -> [NodeInput] {
        var inputs: [NodeInput] = []
        for (group, isRequired) in [(required, true), (optional, false)] {
            for member in group?.object ?? [:] {
                guard let declaration = member.value.array, let type = declaration.first else {
                    throw NodeFileError("expected [type, {options}] for input \(member.key) of node class \(owner)")
                }
                inputs.append(input(owner, member.key, isRequired, type, declaration.dropFirst().first?.object))
            }
        }
        return inputs
    }

    private func input(
        _ owner: String, _ name: String, _ isRequired: Bool, _ type: JSON, _ config: JSONObject?
    ) -> NodeInput {
        var config = config
        // The embedded table marks where the real server has a text for people; ours is our own.
        if config?["tooltip"] == true { config?["tooltip"] = .string("Input \(name) of \(owner).") }
        let kind: NodeInput.Kind =
            switch type {
            case .string(let type) where type.hasPrefix("@"): .choice(choices(type))
            case .string(let type): .named(type)
            case .array(let values): .choice(.fixed(values))
            default: .named(type.pythonStr)
            }
        let options: NodeInput.Choices? =
            switch config?["options"] {
            case .string(let marker)? where marker.hasPrefix("@"): choices(marker)
            case .array(let values)?: .fixed(values)
            default: nil
            }
        return NodeInput(name: name, isRequired: isRequired, kind: kind, options: options, config: config)
    }

    private func choices(_ marker: String) -> NodeInput.Choices {
        lists[marker].map { .fixed($0) } ?? .files(String(marker.dropFirst()))
    }

    private func hidden(_ group: JSON?) -> [(name: String, kind: String)] {
        (group?.object ?? [:]).map { (name: $0.key, kind: $0.value.string ?? $0.value[0]?.string ?? "") }
    }
}

/// Why a file of node classes could not be read.
struct NodeFileError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
