internal import JSONTree

/// Decides whether a prompt may run: the checks of `validate_prompt` and `validate_inputs` in upstream's
/// execution.py (ComfyUI 0.27.1), in their order.
///
/// Values in, values out: what it knows of files comes with `listing` and `checks`.
struct PromptValidation {
    /// What became of a prompt.
    enum Verdict {
        /// At least one output may run. `prompt` holds the converted values, `outputs` the good ones in prompt order.
        case accepted(prompt: JSONObject, outputs: [String], nodeErrors: JSONObject)
        case refused(PromptFault, nodeErrors: JSONObject)
    }

    /// The server stumbles over the prompt itself and answers 500.
    struct Unreadable: Error {}

    let table: NodeTable
    let listing: FileListing
    let checks: OwnChecks

    /// - Parameters:
    ///   - prompt: the member `prompt` of the body, after replacements.
    ///   - targets: the outputs that the client selected, if it did.
    func judge(_ prompt: JSONObject, targets: [JSON]? = nil) throws(Unreadable) -> Verdict {
        var outputs: [String] = []
        for (id, node) in prompt {
            guard let node = node.object else { throw Unreadable() }
            let title = try title(of: node)
            guard let name = node["class_type"] else {
                return .refused(.missingClass(node: id, title: title), nodeErrors: [:])
            }
            // A list or object cannot be looked up in a Python dictionary.
            if name.array != nil || name.object != nil { throw Unreadable() }
            guard let type = name.string.flatMap({ table[$0] }) else {
                return .refused(.unknownClass(name, node: id, title: title), nodeErrors: [:])
            }
            if type.isOutput, targets?.contains(.string(id)) ?? true { outputs.append(id) }
        }
        if outputs.isEmpty { return .refused(.noOutputs, nodeErrors: [:]) }
        return judge(prompt, outputs: outputs)
    }

    private func title(of node: JSONObject) throws(Unreadable) -> JSON? {
        guard let meta = node["_meta"] else { return nil }
        guard let meta = meta.object else { throw Unreadable() }
        return meta["title"]
    }

    private func judge(_ prompt: JSONObject, outputs: [String]) -> Verdict {
        var walk = ValidationWalk(prompt: prompt, table: table, listing: listing, checks: checks)
        var good: [String] = []
        var faults: [PromptFault] = []
        var nodeErrors = JSONObject()
        for output in outputs {
            let reasons: [PromptFault]
            do throws(PythonError) {
                let result = try walk.validate(output)
                if result.isValid {
                    good.append(output)
                    continue
                }
                reasons = result.faults
            } catch {
                reasons = [.exception(error)]
                walk.settle(output, ValidationWalk.Result(isValid: false, faults: reasons))
            }
            faults += reasons
            // Each faulty node seen so far is held against this output, whether or not it leads there.
            for (id, result) in walk.results where !result.isValid && !result.faults.isEmpty {
                var entry: JSON =
                    nodeErrors[id] ?? [
                        "errors": .array(result.faults.map(\.json)), "dependent_outputs": [],
                        "class_type": prompt[id]?["class_type"] ?? .null,
                    ]
                entry["dependent_outputs"] = .array((entry["dependent_outputs"]?.array ?? []) + [.string(output)])
                nodeErrors[id] = entry
            }
        }
        if good.isEmpty { return .refused(.outputsFailed(faults), nodeErrors: nodeErrors) }
        return .accepted(prompt: walk.prompt, outputs: good, nodeErrors: nodeErrors)
    }
}
