internal import JSONTree

/// Who is connected to `/ws` under which id (`PromptServer.sockets` in upstream's server.py).
///
/// One socket an id. A newer socket takes an older one's place without closing it, and when either of them
/// closes the id is gone: the survivor is deaf until it reconnects. Both are what the real server does.
struct ClientRegistry<Socket> {
    private var sockets: [String: Socket] = [:]
    private var flags: [String: JSONObject] = [:]

    /// All who get broadcasts.
    var all: some Sequence<Socket> { sockets.values }
    var count: Int { sockets.count }

    subscript(id: String) -> Socket? { sockets[id] }

    mutating func register(_ socket: Socket, as id: String) {
        sockets[id] = socket
        flags[id] = [:]
    }

    /// Any socket of this id closed.
    mutating func unregister(_ id: String) {
        sockets[id] = nil
        flags[id] = nil
    }

    mutating func announce(_ announced: JSONObject, by id: String) {
        if sockets[id] != nil { flags[id] = announced }
    }

    /// Whether previews for this client carry their node along. Only a literal `true` counts.
    func takesPreviewMetadata(_ id: String?) -> Bool {
        guard let id else { return false }
        return flags[id]?["supports_preview_metadata"] == true
    }
}
