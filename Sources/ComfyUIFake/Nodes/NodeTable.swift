internal import JSONTree

/// All node classes that a fake knows, in the order in which `/object_info` lists them.
struct NodeTable: Sendable {
    private(set) var names: [String] = []
    private var classes: [String: NodeClass] = [:]

    subscript(name: String) -> NodeClass? { classes[name] }

    /// The classes of the embedded table (ComfyUI 0.27.1). Read when first needed: it costs a few milliseconds.
    static let core: NodeTable = {
        var table = NodeTable()
        // What is embedded is ours and covered by a test; a fault in it is a broken build.
        do {
            table.add(try NodeFile(JSON(parsing: EmbeddedFile.objectInfo)).classes)
        } catch {
            preconditionFailure("the embedded node table is not readable: \(error)")
        }
        return table
    }()

    /// Adds classes; one of a known name takes the place of the older, as a custom node pack does upstream.
    mutating func add(_ additions: [NodeClass]) {
        for addition in additions {
            if classes.updateValue(addition, forKey: addition.name) == nil { names.append(addition.name) }
        }
    }

    /// The answer of `/object_info`.
    func info(in listing: FileListing) -> JSON {
        .object(JSONObject(names.compactMap { name in classes[name].map { (name, $0.info(in: listing)) } }))
    }
}
