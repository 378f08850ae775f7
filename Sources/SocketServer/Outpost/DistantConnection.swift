/// A connection that another loop carries, as the server counts it.
final class DistantConnection: ServerConnection {
    private let id: UInt64
    private let far: ServerCore

    init(_ id: UInt64, at far: ServerCore) {
        self.id = id
        self.far = far
    }

    func stop() { far.loop.onLoop { [far, id] in far.connection(id)?.stop() } }

    func drop(resets: Bool) { far.loop.onLoop { [far, id] in far.connection(id)?.drop(resets: resets) } }
}

/// Tells the server's own watch of connections that another loop carries.
final class DistantWatch: ConnectionWatch {
    private let watch: any ConnectionWatch
    private let home: EventLoop

    init(_ watch: any ConnectionWatch, at home: EventLoop) {
        self.watch = watch
        self.home = home
    }

    func secured(_ connection: UInt64, protocol version: String, alpn: String?) {
        home.onLoop { [watch] in watch.secured(connection, protocol: version, alpn: alpn) }
    }

    func refused(_ connection: UInt64, _ fault: RequestFault, answered status: Int?) {
        home.onLoop { [watch] in watch.refused(connection, fault, answered: status) }
    }

    func closed(_ connection: UInt64, _ end: ConnectionEnd) {
        home.onLoop { [watch] in watch.closed(connection, end) }
    }
}
