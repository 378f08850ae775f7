internal import JSONTree

/// The nodes of a running prompt: those that were posted and those that expanding nodes added
/// (`DynamicPrompt` in upstream's comfy_execution/graph.py).
struct PromptGraph {
    /// The prompt as it was accepted.
    let original: JSONObject
    private var added: [String: JSON] = [:]
    private var parents: [String: String] = [:]
    private var shownAs: [String: String] = [:]

    init(_ prompt: JSONObject) { original = prompt }

    func node(_ id: String) -> JSON? { added[id] ?? original[id] }

    func className(_ id: String) -> String { node(id)?["class_type"]?.string ?? "" }

    func inputs(of id: String) -> JSONObject { node(id)?["inputs"]?.object ?? [:] }

    /// Adds a node on behalf of an expanding one.
    ///
    /// - Returns: false if the id is taken.
    mutating func add(_ node: JSON, as id: String, by parent: String, shownAs display: String?) -> Bool {
        if self.node(id) != nil { return false }
        added[id] = node
        parents[id] = parent
        shownAs[id] = display ?? parent
        return true
    }

    func parent(of id: String) -> String? { parents[id] }

    /// The node that people see: for an added node the posted one that it serves.
    func display(of id: String) -> String {
        var id = id
        while let shown = shownAs[id] { id = shown }
        return id
    }

    /// The posted node behind an added one.
    func real(of id: String) -> String {
        var id = id
        while let parent = parents[id] { id = parent }
        return id
    }

    /// Names of the added nodes.
    var addedIDs: [String] { Array(added.keys) }

    /// Nodes that a node takes values from, in the order of its inputs.
    func links(of id: String) -> [(input: String, link: NodeLink)] {
        inputs(of: id).compactMap { input in NodeLink(input.value).map { (input.key, $0) } }
    }
}
