internal import JSONTree

/// What a call gave.
struct NodeOutcome: Sendable {
    /// One value a slot.
    var values: [NodeValue] = []
    /// What it shows; `nil` if nothing.
    var ui: JSONObject?
    /// Nodes to run in this one's place; `values` may then link into them (`["4.0.0.1", 0]` as `.json`).
    var expansion: JSONObject?

    static func value(_ value: NodeValue) -> NodeOutcome { NodeOutcome(values: [value]) }
}

extension NodeOutcome {
    /// The values of all calls by output slot; list outputs are joined (`merge_result_data` in upstream's
    /// execution.py).
    static func slots(of outcomes: [NodeOutcome], for type: NodeClass?) -> [[NodeValue]] {
        var slots: [[NodeValue]] = (type?.outputs ?? []).map { _ in [] }
        for outcome in outcomes {
            for (slot, value) in outcome.values.enumerated() where slots.indices.contains(slot) {
                if case .list(let values) = value, type?.outputs[slot].isList ?? false {
                    slots[slot] += values
                } else {
                    slots[slot].append(value)
                }
            }
        }
        return slots
    }

    /// What several calls showed, in one: their lists joined, by the members of the first.
    static func shown(by outcomes: [NodeOutcome]) -> JSONObject? {
        let shown = outcomes.compactMap(\.ui)
        guard let first = shown.first, shown.count > 1 else { return shown.first }
        return JSONObject(first.keys.map { key in (key, .array(shown.flatMap { $0[key]?.array ?? [] })) })
    }
}
