internal import Glibc

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

    public init(
        on loop: EventLoop, configuration: ServerConfiguration = .init(), handler: @escaping ExchangeHandler
    ) {
        core = ServerCore(loop: loop, configuration: configuration, handler: handler)
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

    /// How many connections are open.
    public func connectionCount() async -> Int {
        let core = core
        return await withCheckedContinuation { continuation in
            core.loop.onLoop { continuation.resume(returning: core.connectionCount) }
        }
    }
}

/// The part of a server that lives on the loop's thread.
final class ServerCore: @unchecked Sendable {
    // @unchecked because everything but the constants is touched only on the loop.
    let loop: EventLoop
    let configuration: ServerConfiguration
    let handler: ExchangeHandler
    private(set) var isStopping = false
    private var listeners: [Listener] = []
    private var connections: [UInt64: any ServerConnection] = [:]
    private var lastID: UInt64 = 0
    private var running = 0
    private var httpDate = HTTPDate()
    private var onIdle: (() -> Void)?
    private var closingListeners = 0
    private var graceTimer: LoopTimer?

    init(loop: EventLoop, configuration: ServerConfiguration, handler: @escaping ExchangeHandler) {
        self.loop = loop
        self.configuration = configuration
        self.handler = handler
    }

    var connectionCount: Int { connections.count }

    func date() -> [UInt8] { httpDate.now() }

    func listen(
        _ address: SocketAddress, tls: TLSIdentity?, protocols: [ApplicationProtocol]?, sharesPort: Bool
    ) throws(SocketServerError) -> SocketAddress {
        guard !isStopping else { throw SocketServerError(.system, "the server has been stopped") }
        let acceptor = try Acceptor(server: self, tls: tls, protocols: protocols)
        let listener = try Listener(address, core: loop.core, sharesPort: sharesPort) { descriptor, peer in
            acceptor.accept(descriptor, from: peer)
        }
        listeners.append(listener)
        return listener.address
    }

    /// Admits a connection if there is room.
    func admit(_ make: (UInt64) -> (any ServerConnection)?) -> Bool {
        guard !isStopping, connections.count < configuration.limits.connections else { return false }
        lastID += 1
        guard let connection = make(lastID) else { return false }
        connections[lastID] = connection
        return true
    }

    /// What was admitted as a handshake goes on as a connection.
    func replace(_ id: UInt64, with connection: any ServerConnection) {
        connections[id] = connection
        if isStopping { connection.stop() }
    }

    func connectionClosed(_ id: UInt64) {
        connections[id] = nil
        checkIdle()
    }

    /// Runs the handler of an exchange. The task is not structured, since exchanges begin in a C callback; the
    /// server counts them and `stop` waits for the last.
    func run(_ exchange: Exchange, then finished: @escaping () -> Void) {
        running += 1
        let completion = Completion(finished)
        exchange.task = Task(executorPreference: loop) {
            let reply = await self.handler(exchange)
            await self.deliver(reply, to: exchange)
            completion.run()
            exchange.task = nil
            self.running -= 1
            self.checkIdle()
        }
    }

    private func deliver(_ reply: Reply, to exchange: Exchange) async {
        let carrier = exchange.carrier
        guard carrier.isOpen else { return }
        switch reply.body {
        case .bytes(let bytes):
            carrier.send(reply, body: bytes, for: exchange)
            // The next request of a client that does not read its answers has to wait.
            if !carrier.hasRoom { await carrier.waitForRoom() }
        case .stream(let produce):
            guard carrier.begin(reply, for: exchange) else { return }
            await produceBody(by: produce, on: carrier)
        case .raw(let produce):
            guard carrier.beginRaw(for: exchange) else { return carrier.abort(resets: false) }
            await produceBody(by: produce, on: carrier)
        case .webSocket(let options, let run):
            guard let socket = carrier.upgrade(options, headers: reply.headers, for: exchange) else {
                return carrier.send(
                    configuration.malformed(.badHeader), body: Array("Bad Request".utf8), for: exchange)
            }
            do {
                try await run(socket)
                await socket.close()
            } catch {
                await socket.close(code: 1011)
            }
            await socket.waitUntilClosed()
        case .abort:
            carrier.abort(resets: true)
        case .close:
            carrier.abort(resets: false)
        }
    }

    private func produceBody(
        by produce: @Sendable (ResponseWriter) async throws -> Void, on carrier: any ExchangeCarrier
    ) async {
        let writer = ResponseWriter(carrier: carrier, loop: loop)
        do {
            try await produce(writer)
            if !writer.hasFinished { carrier.end() }
        } catch {
            // What the real servers do when a handler dies in the middle: no last chunk.
            carrier.abort(resets: false)
        }
    }

    func stop(grace: Duration, then done: @escaping () -> Void) {
        let previous = onIdle
        onIdle = {
            previous?()
            done()
        }
        if !isStopping {
            isStopping = true
            for listener in listeners {
                closingListeners += 1
                listener.close { [self] in
                    closingListeners -= 1
                    checkIdle()
                }
            }
            listeners = []
            for connection in connections.values { connection.stop() }
            graceTimer = loop.addTimer(at: .now + grace) { [self] in
                graceTimer = nil
                for connection in connections.values { connection.closeNow() }
            }
        }
        checkIdle()
    }

    private func checkIdle() {
        guard isStopping, running == 0, connections.isEmpty, closingListeners == 0 else { return }
        if let timer = graceTimer.take() { loop.removeTimer(timer) }
        onIdle.take()?()
    }
}

/// A connection as the server sees it.
protocol ServerConnection: AnyObject {
    /// Ends when what is being sent has left.
    func stop()
    /// Ends at once.
    func closeNow()
}

extension HTTPConnection: ServerConnection {}

/// Carries a closure into a task that runs on the same thread.
private struct Completion: @unchecked Sendable {
    // @unchecked because it is made and run on the loop.
    private let action: () -> Void

    init(_ action: @escaping () -> Void) {
        self.action = action
    }

    func run() { action() }
}
