internal import JSONTree

/// Old node classes and what took their place (`app/node_replace_manager.py` upstream).
struct NodeReplacements: Sendable {
    /// The answer of `/node_replacements`.
    let listing: JSON

    /// The replacements of ComfyUI 0.27.1.
    static let core: NodeReplacements = {
        // As with the node table: a fault in it is a broken build.
        do {
            return NodeReplacements(listing: try JSON(parsing: EmbeddedFile.nodeReplacements))
        } catch {
            preconditionFailure("the embedded node replacements are not readable: \(error)")
        }
    }()

    /// Rewrites the nodes whose class is unknown but has a known successor.
    ///
    /// Links to a rewritten node follow its `output_mapping`.
    func apply(to prompt: JSONObject, knownTo table: NodeTable) -> JSONObject {
        var prompt = prompt
        var movedSlots: [String: [Int: Int]] = [:]
        for (id, node) in prompt {
            guard let name = node["class_type"]?.string, table[name] == nil,
                let replacement = listing[name]?.array?.first(where: { table[$0["new_node_id"]?.string ?? ""] != nil })
            else { continue }
            var renewed = node
            renewed["class_type"] = replacement["new_node_id"]
            if let mapping = replacement["input_mapping"]?.array, let inputs = node["inputs"]?.object {
                renewed["inputs"] = .object(renew(inputs, by: mapping))
            }
            for pair in replacement["output_mapping"]?.array ?? [] {
                if let old = pair["old_idx"]?.int, let new = pair["new_idx"]?.int {
                    movedSlots[id, default: [:]][old] = new
                }
            }
            prompt[id] = renewed
        }
        return movedSlots.isEmpty ? prompt : relinked(prompt, movedSlots)
    }

    private func renew(_ inputs: JSONObject, by mapping: [JSON]) -> JSONObject {
        var renewed = JSONObject()
        for rule in mapping {
            guard let new = rule["new_id"]?.string else { continue }
            if let value = rule["set_value"] {
                renewed[new] = value
            } else if let old = rule["old_id"]?.string, let value = inputs[old] {
                renewed[new] = value
            }
        }
        return renewed
    }

    private func relinked(_ prompt: JSONObject, _ movedSlots: [String: [Int: Int]]) -> JSONObject {
        var prompt = prompt
        for (id, node) in prompt {
            guard var inputs = node["inputs"]?.object else { continue }
            for (name, value) in inputs {
                guard let link = NodeLink(value), let slot = link.slot.int, let moved = movedSlots[link.node]?[slot]
                else { continue }
                inputs[name] = [.string(link.node), .int(moved)]
            }
            prompt[id]?["inputs"] = .object(inputs)
        }
        return prompt
    }
}

/// A value that takes another node's output: `["4", 0]`.
struct NodeLink: Hashable {
    let node: String
    /// As sent; a whole number in any sound prompt.
    let slot: JSON

    /// A link as the executor sees it (`is_link` upstream): two elements, a string and a number.
    init?(_ value: JSON) {
        guard let pair = value.array, pair.count == 2, let node = pair[0].string, pair[1].number != nil else {
            return nil
        }
        self.node = node
        slot = pair[1]
    }
}
