internal import Synchronization

/// One exchange whose client hangs on another loop than its handler: it carries the request there and the answer back.
///
/// ```
/// loop of the sockets          loop of the server
/// Exchange ── begin ─────────▶ Exchange ─ handler
/// carrier ◀── each act ─────── Errand
/// ```
/// Each side touches only what is its own; what goes over is a closure in the other loop's line, in order.
final class Errand: @unchecked Sendable {
    // @unchecked because what is "far" is touched only on the loop of the sockets, what is "home" only on the server's;
    // the rest does not change or is a mutex.

    // MARK: Far: where the client hangs

    private let far: ServerCore
    private let post: PostalService
    private let outer: Exchange
    private let isHTTP1: Bool
    private var whenFinished: (() -> Void)?
    /// Bytes that the carrier has taken although it has no room, and whether somebody waits for room.
    private var owed = 0
    private var isWaiting = false
    private var roomWaiters: [CheckedContinuation<Void, Never>] = []
    /// The handler is done.
    private var hasFinished = false

    // MARK: Home: where the handler runs

    private let home: ServerCore
    private var inner: Exchange?
    private var hasLeft = false
    private var wasCancelled = false

    /// Bytes on their way that the client's side has no room for yet.
    private let unsent = Mutex(0)

    init(
        _ exchange: Exchange, from far: ServerCore, to home: ServerCore, by post: PostalService,
        then finished: @escaping () -> Void
    ) {
        outer = exchange
        self.post = post
        self.far = far
        self.home = home
        isHTTP1 = exchange.carrier is HTTPConnection
        whenFinished = finished
    }

    // MARK: There

    /// Brings the request home: at once if it is complete, else as soon as it is.
    func begin() {
        outer.onCancel = { [self] left in atHome { $0.cancel(leaves: left) } }
        if let body = outer.bodyAtHand() { return deliver(.success(body)) }
        outer.task = Task(executorPreference: far.loop) { [self, outer] in
            do throws(BodyError) {
                deliver(.success(try await outer.body()))
            } catch {
                deliver(.failure(error))
            }
            outer.task = nil
        }
    }

    private func deliver(_ body: Result<[UInt8], BodyError>) {
        let (request, declared) = (outer.request, outer.declaredBodyLength)
        let (connection, limit) = (outer.connectionID, outer.bodyLimit)
        let prepared = (try? body.get()).flatMap { $0.isEmpty ? nil : far.configuration.prepare?(request, $0) }
        atHome { errand in
            let arrived = RequestBody(body, declaredLength: declared)
            let exchange = Exchange(
                request: request, body: arrived, carrier: errand, connectionID: connection, loop: errand.home.loop,
                bodyLimit: limit)
            exchange.prepared = prepared
            errand.inner = exchange
            if errand.hasLeft { exchange.isDisconnected = true }
            errand.home.run(exchange) {
                errand.inner = nil
                errand.there { $0.finish() }
            }
            if errand.wasCancelled { exchange.cancel() }
        }
    }

    private func atHome(_ act: @escaping @Sendable (Errand) -> Void) {
        post.toHome.add { [self] in act(self) }
    }

    private func cancel(leaves: Bool) {
        wasCancelled = true
        if leaves { hasLeft = true }
        guard let inner else { return }
        if leaves { inner.leave() } else { inner.cancel() }
    }

    // MARK: And back

    private func there(_ act: @escaping @Sendable (Errand) -> Void) {
        post.fromHome.add { [self] in act(self) }
    }

    private func finish() {
        outer.onCancel = nil
        hasFinished = true
        // The next request of a client that does not read its answers has to wait.
        if !isWaiting { whenFinished.take()?() }
    }

    /// Does something at the client's side that takes so many bytes.
    private func send(_ count: Int, _ act: @escaping @Sendable (any ExchangeCarrier) -> Void) {
        unsent.withLock { $0 += count }
        there { errand in
            act(errand.outer.carrier)
            errand.sent(count)
        }
    }

    /// What has been sent is forgotten as soon as there is room for more.
    private func sent(_ count: Int) {
        if outer.carrier.hasRoom, !isWaiting {
            unsent.withLock { $0 -= count }
            return
        }
        owed += count
        guard !isWaiting else { return }
        isWaiting = true
        Task(executorPreference: far.loop) { [self] in
            await outer.carrier.waitForRoom()
            isWaiting = false
            unsent.withLock { $0 -= owed }
            owed = 0
            let waiters = roomWaiters
            roomWaiters = []
            for waiter in waiters { waiter.resume() }
            if hasFinished { whenFinished.take()?() }
        }
    }
}

extension Errand: ExchangeCarrier {
    var isOpen: Bool { !hasLeft }

    func sendInterim(status: Int, headers: HeaderFields) {
        there { $0.outer.carrier.sendInterim(status: status, headers: headers) }
    }

    func send(_ reply: Reply, body: [UInt8], for exchange: Exchange) {
        exchange.hasBegunAnswer = true
        send(body.count) { [outer] carrier in carrier.send(reply, body: body, for: outer) }
    }

    func send(
        _ reply: Reply, spelledBy spell: @escaping @Sendable () -> (headers: HeaderFields, body: [UInt8]),
        for exchange: Exchange
    ) {
        exchange.hasBegunAnswer = true
        // How many bytes that is nobody knows yet; what is behind it waits where the client hangs.
        send(0) { [outer] carrier in carrier.send(reply, spelledBy: spell, for: outer) }
    }

    func begin(_ reply: Reply, for exchange: Exchange) -> Bool {
        guard isOpen else { return false }
        exchange.hasBegunAnswer = true
        there { errand in _ = errand.outer.carrier.begin(reply, for: errand.outer) }
        return reply.status >= 200 && reply.status != 204 && reply.status != 304 && exchange.request.method != "HEAD"
    }

    func write(_ bytes: [UInt8]) { send(bytes.count) { $0.write(bytes) } }

    func write(_ text: String) { send(text.utf8.count) { $0.write(text) } }

    func writeRaw(_ bytes: [UInt8]) { send(bytes.count) { $0.writeRaw(bytes) } }

    func beginRaw(for exchange: Exchange) -> Bool {
        guard isOpen, isHTTP1 else { return false }
        exchange.hasBegunAnswer = true
        there { errand in _ = errand.outer.carrier.beginRaw(for: errand.outer) }
        return true
    }

    var hasRoom: Bool { unsent.withLock { $0 < Outbox.highWater } }

    func waitForRoom() async {
        guard !hasRoom, isOpen else { return }
        await withCheckedContinuation { continuation in
            // Behind all that has been written.
            there { errand in
                if errand.isWaiting { errand.roomWaiters.append(continuation) } else { continuation.resume() }
            }
        }
    }

    func end() { there { $0.outer.carrier.end() } }

    func impose(_ fault: WireFault) { there { $0.outer.carrier.impose(fault) } }

    func liftFaults() { there { $0.outer.carrier.liftFaults() } }

    func halfClose() { there { $0.outer.carrier.halfClose() } }

    func hold() { there { $0.outer.carrier.hold() } }

    func abort(resets: Bool) { there { $0.outer.carrier.abort(resets: resets) } }

    /// WebSockets live with their fake: no fake whose loop has others beside it has any.
    func upgrade(_ options: WebSocketOptions, headers: HeaderFields, for exchange: Exchange) -> WebSocket? { nil }
}
