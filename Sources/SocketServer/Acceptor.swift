internal import Glibc

/// Turns the sockets that one listener accepts into connections of what is spoken there.
final class Acceptor {
    private unowned let server: ServerCore
    private let vhost: Vhost
    private let tls: TLSContext?
    private let protocols: [ApplicationProtocol]

    init(server: ServerCore, tls: TLSIdentity?, protocols: [ApplicationProtocol]?) throws(SocketServerError) {
        guard let vhost = server.loop.core.vhost else {
            throw SocketServerError(.loopUnavailable, "the event loop has no place for connections")
        }
        self.server = server
        self.vhost = vhost
        let chosen = protocols ?? (tls == nil ? [.http1] : [.http2, .http1])
        self.protocols = chosen
        if let tls { self.tls = try TLSContext(tls, protocols: chosen) } else { self.tls = nil }
    }

    func accept(_ descriptor: Int32, from peer: SocketAddress) {
        var isTaken = false
        let admitted = server.admit { id in
            isTaken = true
            guard let transport = Transport.adopt(descriptor, vhost: vhost) else { return nil }
            if let tls { return secure(transport, with: tls, id: id, peer: peer) }
            return plain(transport, id: id, peer: peer)
        }
        // A socket that was offered to the library it closes itself; one that the server has no room for is ours.
        if !admitted, !isTaken { close(descriptor) }
    }

    private func plain(_ transport: Transport, id: UInt64, peer: SocketAddress) -> any ServerConnection {
        guard protocols.contains(.http1), protocols.contains(.http2) else {
            return connection(protocols.first ?? .http1, over: transport, id: id, peer: peer, isSecure: false)
        }
        let server = server
        return PrefaceProbe(
            on: transport, loop: server.loop, deadline: server.configuration.limits.idleTimeout,
            decided: { [self] spoken in
                server.replace(
                    id, with: connection(spoken, over: transport, id: id, peer: peer, isSecure: false))
            }, abandoned: { server.connectionClosed(id) })
    }

    private func secure(
        _ transport: Transport, with tls: TLSContext, id: UInt64, peer: SocketAddress
    ) -> (any ServerConnection)? {
        guard let session = TLSSession(tls) else {
            transport.close()
            return nil
        }
        let server = server
        return TLSStream(
            above: transport, session: session, loop: server.loop,
            deadline: server.configuration.limits.handshakeTimeout,
            established: { [self] stream, chosen in
                server.replace(
                    id, with: connection(chosen, over: stream, id: id, peer: peer, isSecure: true))
            }, abandoned: { server.connectionClosed(id) })
    }

    private func connection(
        _ spoken: ApplicationProtocol, over stream: any ByteStream, id: UInt64, peer: SocketAddress, isSecure: Bool
    ) -> any ServerConnection {
        switch spoken {
        case .http1: HTTPConnection(id: id, transport: stream, server: server, peer: peer, isSecure: isSecure)
        case .http2: HTTP2Connection(id: id, transport: stream, server: server, peer: peer, isSecure: isSecure)
        }
    }
}
