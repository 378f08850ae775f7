internal import JSONTree

/// Finished prompts, oldest first (`PromptQueue.history` in upstream's execution.py).
struct History {
    /// One finished prompt.
    struct Entry: Sendable {
        let item: QueueItem
        /// What each node showed.
        let outputs: JSONObject
        let status: Status
        /// Who each of these nodes is: ids of display, parent and real node.
        let meta: JSONObject
        /// Bytes, roughly, of what came in and went out.
        let weight: Int

        init(item: QueueItem, outputs: JSONObject, status: Status, meta: JSONObject) {
            (self.item, self.outputs, self.status, self.meta) = (item, outputs, status, meta)
            weight = item.weight + JSON.object(outputs).bytes().count
        }

        var json: JSON {
            ["prompt": item.json, "outputs": .object(outputs), "status": status.json, "meta": .object(meta)]
        }
    }

    /// How a run ended.
    struct Status: Sendable {
        let succeeded: Bool
        /// What was told of the run: `[type, data]`, with times.
        let messages: [(type: String, data: JSONObject)]

        var json: JSON {
            [
                "status_str": succeeded ? "success" : "error", "completed": .bool(succeeded),
                "messages": .array(messages.map { [.string($0.type), .object($0.data)] }),
            ]
        }

        func message(_ types: String...) -> JSONObject? { messages.first { types.contains($0.type) }?.data }
    }

    /// The most entries kept; upstream's `MAXIMUM_HISTORY_SIZE`.
    static let mostEntries = 10_000
    /// The most bytes of prompts and what they showed; the real server has no such bound.
    static let mostBytes = 64 * 1024 * 1024

    private var order: [String] = []
    private var byID: [String: Entry] = [:]
    private var weight = 0
    /// How many entries had to go for their size.
    private(set) var dropped = 0

    /// Oldest first.
    var entries: [Entry] { order.compactMap { byID[$0] } }
    var count: Int { order.count }

    subscript(id: String) -> Entry? { byID[id] }

    /// Adds an entry. A second run under the same id takes the first one's place.
    mutating func add(_ entry: Entry) {
        if let older = byID[entry.item.id] {
            weight -= older.weight
        } else {
            order.append(entry.item.id)
        }
        byID[entry.item.id] = entry
        weight += entry.weight
        if order.count > History.mostEntries { delete(order[0]) }
        while weight > History.mostBytes, order.count > 1 {
            delete(order[0])
            dropped += 1
        }
    }

    mutating func delete(_ id: String) {
        guard let entry = byID.removeValue(forKey: id) else { return }
        if order.first == id { order.removeFirst() } else { order.removeAll { $0 == id } }
        weight -= entry.weight
    }

    mutating func clear() {
        order = []
        byID = [:]
        weight = 0
    }

    /// A part of the history: the newest `most`, or from `offset` on if there is one.
    func page(most: Int?, offset: Int?) -> JSON {
        if let most, most <= 0 { return [:] }
        let start = offset.flatMap { $0 < 0 ? nil : $0 } ?? most.map { order.count - $0 } ?? 0
        let ids = order.dropFirst(max(0, start)).prefix(most ?? .max)
        return .object(JSONObject(ids.compactMap { id in byID[id].map { (id, $0.json) } }))
    }
}
