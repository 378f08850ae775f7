/// Handles one exchange. Runs on the server's loop; its task is cancelled when the client goes away.
public typealias ExchangeHandler = @Sendable (Exchange) async -> Reply

/// A server on an event loop: listening sockets, connections, and a handler for each request.
///
/// ```swift
/// let loop = try EventLoop(name: "echo")
/// let server = Server(on: loop) { exchange in .text("you asked for \(exchange.request.path)") }
/// let address = try await server.listen(host: "127.0.0.1", port: 0)
/// …
/// await server.stop()
/// await loop.stop()
/// ```
public final class Server: Sendable {
    private let core: ServerCore

    /// The loop on which the server lives.
    public var loop: EventLoop { core.loop }

    /// - Parameters:
    ///   - others: loops that carry the connections, so that this one is there for the handler alone: the sockets, TLS and
    ///     HTTP are theirs, and requests and answers go over. Handlers see each body when it is complete; WebSockets are
    ///     refused. Without others the loop does everything.
    public init(
        on loop: EventLoop, carriedBy others: [EventLoop] = [], configuration: ServerConfiguration = .init(),
        handler: @escaping ExchangeHandler
    ) {
        core = ServerCore(loop: loop, carriedBy: others, configuration: configuration, handler: handler)
    }

    /// Listens on one more address.
    ///
    /// - Parameters:
    ///   - host: a numeric address of this machine; only that one is listened on.
    ///   - port: 0 takes a free one.
    ///   - tls: certificate and key to speak TLS with.
    ///   - protocols: what is spoken there, best first. With TLS the client chooses one (ALPN), and nil stands for
    ///     HTTP/2, then HTTP/1.1. Without TLS nil stands for HTTP/1.1, and HTTP/2 is for clients that know of it
    ///     beforehand (RFC 9113 section 3.3); where both are named, the client's first bytes tell.
    ///   - sharesPort: allow other loops to listen on the same port (SO_REUSEPORT).
    /// - Returns: the address with the port that it got.
    /// - Throws: ``SocketServerError``.
    @discardableResult
    public func listen(
        host: String = "127.0.0.1", port: UInt16 = 0, tls: TLSIdentity? = nil,
        protocols: [ApplicationProtocol]? = nil, sharesPort: Bool = false
    ) async throws(SocketServerError) -> SocketAddress {
        let core = core
        let result = await withCheckedContinuation { continuation in
            core.loop.onLoop {
                continuation.resume(
                    returning: Result { () throws(SocketServerError) in
                        try core.listen(
                            SocketAddress(host: host, port: port), tls: tls, protocols: protocols,
                            sharesPort: sharesPort)
                    })
            }
        }
        return try result.get()
    }

    /// Stops: listening sockets are closed, handlers cancelled, connections closed. Returns when nothing is left.
    ///
    /// - Parameter grace: how long what runs may go on before it is torn down.
    public func stop(grace: Duration = .milliseconds(500)) async {
        let core = core
        await withCheckedContinuation { continuation in
            core.loop.onLoop { core.stop(grace: grace) { continuation.resume() } }
        }
    }

    /// Stops listening: the system refuses whoever connects, as when the process is gone. Connections stay, and the ports
    /// are kept, so that no other socket is given one of them meanwhile.
    public func closeListeners() async {
        let core = core
        await withCheckedContinuation { continuation in
            core.loop.onLoop {
                core.closeListeners()
                continuation.resume()
            }
        }
    }

    /// Listens again on all the addresses where it did, at the same ports.
    ///
    /// - Throws: ``SocketServerError`` if one of the ports has been taken meanwhile; then none is listened on that was
    ///   not before.
    public func reopenListeners() async throws(SocketServerError) {
        let core = core
        let result = await withCheckedContinuation { continuation in
            core.loop.onLoop {
                continuation.resume(returning: Result { () throws(SocketServerError) in try core.reopenListeners() })
            }
        }
        try result.get()
    }

    /// Lets whoever connects wait, neither accepted nor refused, while something about the server changes.
    public func pauseAccepting() async {
        await setPausing(true)
    }

    /// Accepts those who have waited, and all others again.
    public func resumeAccepting() async {
        await setPausing(false)
    }

    private func setPausing(_ pauses: Bool) async {
        let core = core
        await withCheckedContinuation { continuation in
            core.loop.onLoop {
                core.pauseAccepting(pauses)
                continuation.resume()
            }
        }
    }

    /// Ends every connection at once, whatever it is in the middle of. Returns when they are gone; their handlers are
    /// cancelled.
    ///
    /// - Parameter resets: by RST, otherwise by FIN.
    public func dropConnections(resets: Bool) async {
        let core = core
        await withCheckedContinuation { continuation in
            core.loop.onLoop { core.dropConnections(resets: resets) { continuation.resume() } }
        }
    }

    /// How many connections are open.
    public func connectionCount() async -> Int {
        let core = core
        return await withCheckedContinuation { continuation in
            core.loop.onLoop { continuation.resume(returning: core.connectionCount) }
        }
    }
}
