internal import Glibc

/// Turns the sockets that one listener accepts into connections of what is spoken there.
final class Acceptor: @unchecked Sendable {
    // @unchecked because nothing of it changes; it is used on its server's loop.
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

    /// What is known of a connection that begins.
    private struct Arrival {
        let id: UInt64
        let peer: SocketAddress
        var faults: [WireFault] = []
    }

    func accept(_ descriptor: Int32, from peer: SocketAddress, at local: SocketAddress) {
        var isTaken = false
        let admitted = server.admit { id in
            isTaken = true
            guard let transport = Transport.adopt(descriptor, vhost: vhost) else { return nil }
            let arrival = Arrival(id: id, peer: peer)
            guard let watch = server.configuration.watch else { return begin(transport, arrival) }
            return begin(transport, arrival, at: local, watchedBy: watch)
        }
        // A socket that was offered to the library it closes itself; one that the server has no room for is ours.
        if !admitted, !isTaken {
            server.turnedAway(peer, at: local)
            close(descriptor)
        }
    }

    /// Carries a connection that another loop has accepted, and admitted so.
    func take(_ descriptor: Int32, as id: UInt64, from peer: SocketAddress, _ admission: Admission) {
        server.carry(id) {
            let watch = server.configuration.watch
            guard let transport = Transport.adopt(descriptor, vhost: vhost) else {
                watch?.closed(id, ConnectionEnd(by: .server, how: .fin, received: 0, sent: 0))
                return nil
            }
            if let watch { transport.onEnd = { end in watch.closed(id, end) } }
            return begin(transport, Arrival(id: id, peer: peer), admission)
        }
    }

    private func begin(
        _ transport: Transport, _ arrival: Arrival, at local: SocketAddress, watchedBy watch: any ConnectionWatch
    ) -> (any ServerConnection)? {
        let id = arrival.id
        transport.onEnd = { end in watch.closed(id, end) }
        return begin(transport, arrival, watch.accepted(id, from: arrival.peer, at: local))
    }

    private func begin(
        _ transport: Transport, _ arrival: Arrival, _ admission: Admission
    ) -> (any ServerConnection)? {
        let server = server
        let id = arrival.id
        var arrival = arrival
        arrival.faults = admission.faults
        guard admission.ending != nil || admission.delay != nil else { return begin(transport, arrival) }
        return HeldConnection(
            on: transport, loop: server.loop, admission: admission,
            lingerTimeout: server.configuration.limits.lingerTimeout,
            admitted: { [self] in
                if let connection = begin(transport, arrival) { server.replace(id, with: connection) }
            }, abandoned: { server.connectionClosed(id) })
    }

    private func begin(_ transport: Transport, _ arrival: Arrival) -> (any ServerConnection)? {
        if let tls { return secure(transport, with: tls, arrival) }
        return plain(transport, arrival)
    }

    private func plain(_ transport: Transport, _ arrival: Arrival) -> any ServerConnection {
        guard protocols.contains(.http1), protocols.contains(.http2) else {
            return connection(protocols.first ?? .http1, over: transport, arrival, isSecure: false)
        }
        let server = server
        return PrefaceProbe(
            on: transport, loop: server.loop, deadline: server.configuration.limits.idleTimeout,
            decided: { [self] spoken in
                server.replace(
                    arrival.id, with: connection(spoken, over: transport, arrival, isSecure: false))
            }, abandoned: { server.connectionClosed(arrival.id) })
    }

    private func secure(
        _ transport: Transport, with tls: TLSContext, _ arrival: Arrival
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
                if let watch = server.configuration.watch, let (version, alpn) = stream.agreement {
                    watch.secured(arrival.id, protocol: version, alpn: alpn)
                }
                server.replace(arrival.id, with: connection(chosen, over: stream, arrival, isSecure: true))
            }, abandoned: { server.connectionClosed(arrival.id) })
    }

    private func connection(
        _ spoken: ApplicationProtocol, over stream: any ByteStream, _ arrival: Arrival, isSecure: Bool
    ) -> any ServerConnection {
        let (id, peer) = (arrival.id, arrival.peer)
        var stream = stream
        if !arrival.faults.isEmpty {
            let faulty = FaultyStream(over: stream, loop: server.loop)
            for fault in arrival.faults { faulty.impose(fault) }
            stream = faulty
        }
        switch spoken {
        case .http1:
            return HTTPConnection(id: id, transport: stream, server: server, peer: peer, isSecure: isSecure)
        case .http2:
            return HTTP2Connection(id: id, transport: stream, server: server, peer: peer, isSecure: isSecure)
        }
    }
}
