/// Which node runs next (`ExecutionList` in upstream's comfy_execution/graph.py).
///
/// Nodes join by walking back from the outputs; a node is ready when nothing that it waits for is pending.
/// Among ready ones the choice pleases the eye: see `pick`.
struct ExecutionOrder {
    /// What the order has to know of nodes.
    struct Facts {
        var isOutput: (String) -> Bool
        var isAsync: (String) -> Bool
        var isCached: (String) -> Bool
        /// The nodes that a node waits for from the start, input by input; lazy inputs are left out.
        var sources: (String) -> [String]
    }

    /// Pending nodes in the order in which they joined.
    private var joined: [String] = []
    private var pending: Set<String> = []
    /// Who waits for a node, in the order in which they began to.
    private var waiting: [String: [String]] = [:]
    private var blocks: [String: Int] = [:]
    /// Blocks that work outside the order holds, such as async nodes under way.
    private(set) var outside = 0
    private(set) var staged: String?

    var isEmpty: Bool { pending.isEmpty }

    /// Adds a node and all that it waits for.
    mutating func add(_ id: String, _ facts: Facts) {
        var stack = [id]
        var links: [(from: String, to: String)] = []
        while let id = stack.popLast() {
            if !pending.insert(id).inserted { continue }
            joined.append(id)
            blocks[id] = 0
            waiting[id] = []
            for source in facts.sources(id) {
                if !facts.isCached(source) { stack.append(source) }
                links.append((source, id))
            }
        }
        for link in links { block(link.to, until: link.from, facts) }
    }

    /// Lets a node wait for another one, unless that one's results are there.
    mutating func block(_ id: String, until source: String, _ facts: Facts) {
        if facts.isCached(source) { return }
        add(source, facts)
        if waiting[source, default: []].contains(id) { return }
        waiting[source, default: []].append(id)
        blocks[id, default: 0] += 1
    }

    /// Holds a node back until `release`.
    mutating func hold(_ id: String) {
        outside += 1
        blocks[id, default: 0] += 1
    }

    /// Lets go of a node that was held back.
    mutating func release(_ id: String) {
        outside -= 1
        blocks[id, default: 1] -= 1
    }

    /// Chooses the node to run now. `nil` if none is ready: all wait for work outside, or for each other.
    mutating func stage(_ facts: Facts) -> String? {
        joined.removeAll { !pending.contains($0) }
        let ready = joined.filter { blocks[$0] == 0 }
        staged = pick(ready, facts)
        return staged
    }

    /// Puts the chosen node back: it has to wait for more.
    mutating func unstage() { staged = nil }

    /// The chosen node is done; who waited for it may go on.
    mutating func complete() {
        guard let id = staged else { return }
        pending.remove(id)
        for next in waiting.removeValue(forKey: id) ?? [] { blocks[next, default: 1] -= 1 }
        blocks[id] = nil
        staged = nil
    }

    /// An output or async node first, so that results show early; else one that feeds an output, else one that
    /// feeds one that feeds an output, else the first that joined.
    private func pick(_ ready: [String], _ facts: Facts) -> String? {
        if let node = ready.first(where: { facts.isOutput($0) || facts.isAsync($0) }) { return node }
        if let node = ready.first(where: { feedsOutput($0, facts) }) { return node }
        if let node = ready.first(where: { waiting[$0, default: []].contains { feedsOutput($0, facts) } }) {
            return node
        }
        return ready.first
    }

    private func feedsOutput(_ id: String, _ facts: Facts) -> Bool {
        waiting[id, default: []].contains { facts.isOutput($0) }
    }

    /// The nodes that wait for each other when nothing is ready any more.
    var stuck: [String] { joined.filter { pending.contains($0) } }
}
