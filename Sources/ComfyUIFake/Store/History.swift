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
    /// The most bytes of entries kept, as they are written down; the real server has no such bound.
    static let mostBytes = 64 * 1024 * 1024

    private let mostBytes: Int
    private var order: [String] = []
    private var byID: [String: Job] = [:]
    private var size = 0
    /// How many entries had to go for their size.
    private(set) var dropped = 0

    init(mostBytes: Int = History.mostBytes) { self.mostBytes = mostBytes }

    /// Oldest first. What a client does not ask for is not read again.
    var jobs: [Job] { order.compactMap { byID[$0] } }
    var count: Int { order.count }

    subscript(id: String) -> Job? { byID[id] }

    /// Adds an entry. A second run under the same id takes the first one's place.
    mutating func add(_ entry: Entry) {
        let id = entry.item.id
        let job = Job(finished: entry)
        if let older = byID.updateValue(job, forKey: id) {
            size -= older.text.count
        } else {
            order.append(id)
        }
        size += job.text.count
        if order.count > History.mostEntries { delete(order[0]) }
        while size > mostBytes, order.count > 1 {
            delete(order[0])
            dropped += 1
        }
    }

    mutating func delete(_ id: String) {
        guard let job = byID.removeValue(forKey: id) else { return }
        if order.first == id { order.removeFirst() } else { order.removeAll { $0 == id } }
        size -= job.text.count
    }

    mutating func clear() {
        order = []
        byID = [:]
        size = 0
    }

    /// A part of the history, as its JSON is written: the newest `most`, or from `offset` on if there is one.
    func page(most: Int?, offset: Int?) -> [UInt8] {
        if let most, most <= 0 { return History.text(of: []) }
        let start = offset.flatMap { $0 < 0 ? nil : $0 } ?? most.map { order.count - $0 } ?? 0
        return History.text(of: order.dropFirst(max(0, start)).prefix(most ?? .max).compactMap { byID[$0] })
    }

    /// One entry, as its JSON is written; an empty object for an unknown id.
    func page(of id: String) -> [UInt8] { History.text(of: byID[id].map { [$0] } ?? []) }

    private static func text(of jobs: [Job]) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "{")]
        text.reserveCapacity(jobs.reduce(2) { $0 + $1.text.count + $1.id.utf8.count + 8 })
        for job in jobs {
            if text.count > 1 { text += ", ".utf8 }
            text += JSON.string(job.id).bytes(.python)
            text += ": ".utf8
            text += job.text
        }
        text.append(UInt8(ascii: "}"))
        return text
    }
}

// Entries are kept as text: a parsed prompt takes five times as much memory, and nearly none is asked for again.
extension History.Entry {
    /// Prompts as deep as a body may be lie some levels deeper here.
    private static let options = JSONParseOptions(
        acceptsNonFiniteNumbers: true, maximumDepth: JSONParseOptions.python.maximumDepth + 8)

    /// Reads what `json` wrote.
    init?(_ text: [UInt8]) {
        guard let json = JSON.found(in: text, options: Self.options), let prompt = json["prompt"]?.array,
            prompt.count == 5,
            let number = prompt[0].number, let id = prompt[1].string, let messages = json["status"]?["messages"]?.array
        else { return nil }
        item = QueueItem(
            number: number, id: id, prompt: prompt[2].object ?? [:], extraData: prompt[3].object ?? [:],
            outputs: (prompt[4].array ?? []).compactMap(\.string))
        outputs = json["outputs"]?.object ?? [:]
        status = History.Status(
            succeeded: json["status"]?["completed"] == true,
            messages: messages.map { ($0[0]?.string ?? "", $0[1]?.object ?? [:]) })
        meta = json["meta"]?.object ?? [:]
    }
}
