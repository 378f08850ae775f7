internal import JSONTree

/// How far the nodes of a prompt are (`ProgressRegistry` in upstream's comfy_execution/progress.py): the content
/// of `progress_state`.
struct ProgressBoard {
    private struct Entry {
        var value: JSON = 0
        var max: JSON = 1
        var state = "pending"
        let display: String
        let parent: String?
        let real: String
    }

    private let promptID: String
    private var order: [String] = []
    private var entries: [String: Entry] = [:]

    init(promptID: String) { self.promptID = promptID }

    mutating func start(_ id: String, in graph: PromptGraph) {
        touch(id, graph)
        entries[id]?.state = "running"
        entries[id]?.value = 0.0
        entries[id]?.max = 1.0
    }

    mutating func report(_ id: String, value: JSON, max: JSON, in graph: PromptGraph) {
        touch(id, graph)
        entries[id]?.state = "running"
        entries[id]?.value = value
        entries[id]?.max = max
    }

    /// The node is done: its value becomes its maximum. A node that never began counts whole numbers here.
    mutating func finish(_ id: String, in graph: PromptGraph) {
        touch(id, graph)
        guard let entry = entries[id] else { return }
        entries[id]?.state = "finished"
        entries[id]?.value = entry.max
    }

    /// The data of the message: all nodes touched so far, in the order touched.
    var data: JSON {
        let nodes = order.compactMap { id in entries[id].map { (id, json(id, $0)) } }
        return ["prompt_id": .string(promptID), "nodes": .object(JSONObject(nodes))]
    }

    private func json(_ id: String, _ entry: Entry) -> JSON {
        [
            "value": entry.value, "max": entry.max, "state": .string(entry.state), "node_id": .string(id),
            "prompt_id": .string(promptID), "display_node_id": .string(entry.display),
            "parent_node_id": entry.parent.map { .string($0) } ?? .null, "real_node_id": .string(entry.real),
        ]
    }

    private mutating func touch(_ id: String, _ graph: PromptGraph) {
        if entries[id] != nil { return }
        order.append(id)
        entries[id] = Entry(display: graph.display(of: id), parent: graph.parent(of: id), real: graph.real(of: id))
    }
}
