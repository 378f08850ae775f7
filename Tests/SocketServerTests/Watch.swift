import SocketServer

/// Notes what a server tells of its connections, and admits them as it is told.
final class Watch: ConnectionWatch {
    let admission: Admission
    let notes = Shared<[String]>([])
    let ended = Signal<ConnectionEnd>()

    init(_ admission: Admission = .proceed) {
        self.admission = admission
    }

    func accepted(_ connection: UInt64, from peer: SocketAddress, at local: SocketAddress) -> Admission {
        notes.change { $0.append("accepted \(connection) \(peer.host) \(local)") }
        return admission
    }

    func secured(_ connection: UInt64, protocol version: String, alpn: String?) {
        notes.change { $0.append("secured \(connection) \(version) \(alpn ?? "-")") }
    }

    func refused(_ connection: UInt64, _ fault: RequestFault, answered status: Int?) {
        notes.change { $0.append("refused \(connection) \(fault) \(status ?? 0)") }
    }

    func closed(_ connection: UInt64, _ end: ConnectionEnd) {
        notes.change { $0.append("closed \(connection)") }
        Task { await ended.send(end) }
    }
}
