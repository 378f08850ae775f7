/// A connection that another loop carries, as the server counts it.
final class DistantConnection: ServerConnection {
    private let id: UInt64
    private let far: ServerCore
    private let post: Post

    init(_ id: UInt64, at far: ServerCore, by post: Post) {
        self.id = id
        self.far = far
        self.post = post
    }

    func stop() { post.add { [far, id] in far.connection(id)?.stop() } }

    func drop(resets: Bool) { post.add { [far, id] in far.connection(id)?.drop(resets: resets) } }
}

/// Tells the server's own watch of connections that another loop carries.
final class DistantWatch: ConnectionWatch {
    private let watch: any ConnectionWatch
    private let post: Post

    init(_ watch: any ConnectionWatch, by post: Post) {
        self.watch = watch
        self.post = post
    }

    func secured(_ connection: UInt64, protocol version: String, alpn: String?) {
        post.add { [watch] in watch.secured(connection, protocol: version, alpn: alpn) }
    }

    func refused(_ connection: UInt64, _ fault: RequestFault, answered status: Int?) {
        post.add { [watch] in watch.refused(connection, fault, answered: status) }
    }

    func closed(_ connection: UInt64, _ end: ConnectionEnd) {
        post.add { [watch] in watch.closed(connection, end) }
    }
}
