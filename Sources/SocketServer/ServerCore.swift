internal import Glibc

/// The part of a server that lives on the loop's thread.
final class ServerCore: @unchecked Sendable {
    // @unchecked because everything but the constants is touched only on the loop.
    let loop: EventLoop
    let configuration: ServerConfiguration
    let handler: ExchangeHandler
    /// The server whose connections are carried here; nil for one that carries its own.
    private unowned let home: ServerCore?
    private let post: PostalService?
    /// Where this server's connections are carried, if not here.
    private var outposts: [(core: ServerCore, post: PostalService)]
    private var nextOutpost = 0
    private(set) var isStopping = false
    private var listeners: [Listener] = []
    /// Who waits for which connections to be gone.
    private var dropWaiters: [(left: Set<UInt64>, done: () -> Void)] = []
    private var connections: [UInt64: any ServerConnection] = [:]
    private var lastID: UInt64 = 0
    private var running = 0
    private var httpDate = HTTPDate()
    private var onIdle: (() -> Void)?
    private var closingListeners = 0
    private var graceTimer: LoopTimer?

    init(
        loop: EventLoop, carriedBy others: [EventLoop] = [], configuration: ServerConfiguration,
        handler: @escaping ExchangeHandler
    ) {
        self.loop = loop
        self.configuration = configuration
        self.handler = handler
        home = nil
        post = nil
        outposts = []
        // Not before everything else is there: they point back.
        outposts = others.map { other in
            let post = PostalService(home: loop, outpost: other)
            return (ServerCore(on: other, for: self, by: post), post)
        }
    }

    /// What carries connections of another server, on a loop of its own.
    private init(on loop: EventLoop, for home: ServerCore, by post: PostalService) {
        self.loop = loop
        self.home = home
        self.post = post
        var configuration = home.configuration
        configuration.watch = configuration.watch.map { DistantWatch($0, by: post.toHome) }
        self.configuration = configuration
        handler = home.handler
        outposts = []
    }

    var connectionCount: Int { connections.count }

    func date() -> [UInt8] { httpDate.now() }

    func listen(
        _ address: SocketAddress, tls: TLSIdentity?, protocols: [ApplicationProtocol]?, sharesPort: Bool
    ) throws(SocketServerError) -> SocketAddress {
        guard !isStopping else { throw SocketServerError(.system, "the server has been stopped") }
        let acceptor = try Acceptor(server: self, tls: tls, protocols: protocols)
        var others: [Acceptor] = []
        for outpost in outposts { others.append(try Acceptor(server: outpost.core, tls: tls, protocols: protocols)) }
        let listener = try Listener(address, core: loop.core, sharesPort: sharesPort) {
            [self, others] descriptor, peer, local in
            if others.isEmpty {
                acceptor.accept(descriptor, from: peer, at: local)
            } else {
                handOn(descriptor, from: peer, at: local, to: others)
            }
        }
        listeners.append(listener)
        return listener.address
    }

    /// Has the system refuse, until ``reopenListeners()``.
    func closeListeners() {
        for listener in listeners { listener.refuse() }
    }

    /// Listens again where it did. All or none.
    func reopenListeners() throws(SocketServerError) {
        guard !isStopping else { throw SocketServerError(.system, "the server has been stopped") }
        let closed = listeners.filter { !$0.isListening }
        do throws(SocketServerError) {
            for listener in closed { try listener.resume() }
        } catch {
            for listener in closed { listener.refuse() }
            throw error
        }
    }

    /// Leaves whoever connects in the system's queue, or turns to them again.
    func pauseAccepting(_ pauses: Bool) {
        for listener in listeners { listener.pauses = pauses }
    }

    /// Ends every connection at once; `done` is called when they are gone.
    func dropConnections(resets: Bool, then done: @escaping () -> Void) {
        guard !connections.isEmpty else { return done() }
        dropWaiters.append((Set(connections.keys), done))
        for connection in connections.values { connection.drop(resets: resets) }
    }

    /// A connection for which there was no room has been closed.
    func turnedAway(_ peer: SocketAddress, at local: SocketAddress) {
        guard let watch = configuration.watch else { return }
        lastID += 1
        _ = watch.accepted(lastID, from: peer, at: local)
        watch.closed(lastID, ConnectionEnd(by: .server, how: .fin, received: 0, sent: 0))
    }

    /// Admits a connection if there is room.
    func admit(_ make: (UInt64) -> (any ServerConnection)?) -> Bool {
        guard !isStopping, connections.count < configuration.limits.connections else { return false }
        lastID += 1
        guard let connection = make(lastID) else { return false }
        connections[lastID] = connection
        return true
    }

    /// Has another loop carry a connection that has been accepted here, each in its turn.
    private func handOn(
        _ descriptor: Int32, from peer: SocketAddress, at local: SocketAddress, to others: [Acceptor]
    ) {
        nextOutpost = (nextOutpost + 1) % others.count
        let acceptor = others[nextOutpost]
        let (far, post) = outposts[nextOutpost]
        let admitted = admit { id in
            let admission = configuration.watch?.accepted(id, from: peer, at: local) ?? .proceed
            post.fromHome.add { acceptor.take(descriptor, as: id, from: peer, admission) }
            return DistantConnection(id, at: far, by: post.fromHome)
        }
        if admitted { return }
        turnedAway(peer, at: local)
        close(descriptor)
    }

    /// Carries a connection for another server, which has admitted it.
    func carry(_ id: UInt64, _ make: () -> (any ServerConnection)?) {
        guard let connection = make() else { return connectionClosed(id) }
        connections[id] = connection
        if isStopping { connection.stop() }
    }

    func connection(_ id: UInt64) -> (any ServerConnection)? { connections[id] }

    /// What was admitted as a handshake goes on as a connection.
    func replace(_ id: UInt64, with connection: any ServerConnection) {
        connections[id] = connection
        if isStopping { connection.stop() }
    }

    func connectionClosed(_ id: UInt64) {
        connections[id] = nil
        if let home, let post { return post.toHome.add { home.connectionClosed(id) } }
        if !dropWaiters.isEmpty { tellDropped(id) }
        checkIdle()
    }

    private func tellDropped(_ id: UInt64) {
        for index in dropWaiters.indices { dropWaiters[index].left.remove(id) }
        let done = dropWaiters.filter(\.left.isEmpty).map(\.done)
        dropWaiters.removeAll(where: \.left.isEmpty)
        for done in done { done() }
    }

    /// Runs the handler of an exchange. The task is not structured, since exchanges begin in a C callback; the
    /// server counts them and `stop` waits for the last.
    func run(_ exchange: Exchange, then finished: @escaping () -> Void) {
        if let home, let post { return Errand(exchange, from: self, to: home, by: post, then: finished).begin() }
        running += 1
        let completion = Completion { [self] in
            finished()
            exchange.task = nil
            running -= 1
            checkIdle()
        }
        exchange.task = Task(executorPreference: loop) {
            let reply = await self.handler(exchange)
            guard let session = await self.deliver(reply, to: exchange) else { return completion.run() }
            // A task keeps the stack of its deepest call: a socket that is silent for hours has one of its own, which
            // does not remember how the socket was opened.
            let task = Task(executorPreference: self.loop) {
                await session()
                completion.run()
            }
            exchange.task = task
            if Task.isCancelled { task.cancel() }
        }
    }

    /// Sends an answer.
    ///
    /// - Returns: what goes on once it has been sent: the life of a WebSocket.
    private func deliver(_ reply: Reply, to exchange: Exchange) async -> (@Sendable () async -> Void)? {
        let carrier = exchange.carrier
        guard carrier.isOpen else { return nil }
        switch reply.body {
        case .bytes(let bytes):
            carrier.send(reply, body: bytes, for: exchange)
            // The next request of a client that does not read its answers has to wait.
            if !carrier.hasRoom { await carrier.waitForRoom() }
        case .spelled(let spell):
            carrier.send(reply, spelledBy: spell, for: exchange)
            if !carrier.hasRoom { await carrier.waitForRoom() }
        case .stream(let produce):
            guard carrier.begin(reply, for: exchange) else { return nil }
            await produceBody(by: produce, on: carrier)
        case .raw(let produce):
            if carrier.beginRaw(for: exchange) {
                await produceBody(by: produce, on: carrier)
            } else {
                carrier.abort(resets: false)
            }
        case .webSocket(let options, let run):
            guard let socket = carrier.upgrade(options, headers: reply.headers, for: exchange) else {
                carrier.send(configuration.malformed(.badHeader), body: Array("Bad Request".utf8), for: exchange)
                return nil
            }
            return {
                do {
                    try await run(socket)
                    await socket.close()
                } catch {
                    await socket.close(code: 1011)
                }
                await socket.waitUntilClosed()
            }
        case .abort:
            carrier.abort(resets: true)
        case .close:
            carrier.abort(resets: false)
        }
        return nil
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
            for (core, post) in outposts { post.fromHome.add { core.isStopping = true } }
            for connection in connections.values { connection.stop() }
            graceTimer = loop.addTimer(at: .now + grace) { [self] in
                graceTimer = nil
                for connection in connections.values { connection.drop(resets: false) }
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
    /// Ends at once, whatever has been imposed on it: by RST or by FIN. What was written before leaves first if the system
    /// takes it.
    func drop(resets: Bool)
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
