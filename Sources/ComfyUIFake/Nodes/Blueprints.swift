internal import JSONTree

/// Workflows that come with the server: subgraphs to put into one's own (`app/subgraph_manager.py` upstream), and templates to
/// begin with. Ours are few and our own; the real ones are packages of their own.
enum Blueprints {
    /// The answer of `/global_subgraphs`: what there is, without the graphs themselves.
    static var subgraphs: JSON {
        var listing = all.object ?? [:]
        for id in listing.keys { listing[id]?["data"] = nil }
        return .object(listing)
    }

    /// The answer of `/global_subgraphs/{id}`: with the graph, as text; `null` for an unknown id.
    static func subgraph(_ id: String) -> JSON {
        guard var subgraph = all[id], let graph = subgraph["data"] else { return .null }
        subgraph["data"] = .string(graph.text(.python))
        return subgraph
    }

    /// A file below `/templates`: the list of them, or a workflow.
    static func template(_ file: String) -> [UInt8]? {
        JSON.found(in: EmbeddedFile.templates)?[file]?.bytes(.python)
    }

    private static var all: JSON { JSON.found(in: EmbeddedFile.subgraphs) ?? [:] }
}
