/// One HTTP/1 connection: bytes in, exchanges out, one at a time and in order (RFC 9112 section 9).
///
/// ```
/// received ─ head ─ body ─▶ Exchange ─ handler ─▶ Reply ─▶ Outbox ─▶ ByteStream
///              ▲                                    │
///              └───────── the next one ◀────────────┘
/// ```
/// Pipelined requests wait in the input until the one before has been answered. Lives on the loop's thread.
final class HTTPConnection: ByteStreamHandler {
    enum Phase {
        case head
        case body(BodyFraming)
        /// The request is complete; its answer is not.
        case answering
        /// Nothing more will be sent; what comes is dropped until the peer has closed.
        case lingering
        case upgraded
        case closed
    }

    enum BodyFraming {
        case length(left: Int)
        case chunked(ChunkedDecoder)
    }

    let id: UInt64
    let server: ServerCore
    let outbox: Outbox
    var transport: any ByteStream { outbox.transport }
    private let peer: SocketAddress
    private let isSecure: Bool
    private var parser: RequestParser
    var input: [UInt8] = []
    var phase = Phase.head
    var exchange: Exchange?
    var keepsAlive = true
    /// The client waits for 100 Continue before it sends the body.
    var owesContinue = false
    var isChunked = false
    /// The handler hangs on purpose: the rest of its request is not missed.
    var isHeld = false
    private var deadline: ContinuousClock.Instant?
    private var timer: LoopTimer?
    /// Pipelined input beyond this stops reading.
    private static let pipelineLimit = 256 * 1024

    init(id: UInt64, transport: any ByteStream, server: ServerCore, peer: SocketAddress, isSecure: Bool) {
        self.id = id
        self.server = server
        self.peer = peer
        self.isSecure = isSecure
        parser = RequestParser(server.configuration)
        outbox = Outbox(transport: transport, loop: server.loop)
        transport.handler = self
        expect(within: server.configuration.limits.idleTimeout)
    }

    // MARK: Input

    func received(_ bytes: [UInt8]) {
        switch phase {
        case .lingering, .closed: return
        case .head, .body, .answering, .upgraded:
            if input.isEmpty { input = bytes } else { input.append(contentsOf: bytes) }
            process()
        }
    }

    private func process() {
        while true {
            switch phase {
            case .head:
                guard readHead() else { return }
            case .body:
                guard readBody() else { return }
            case .answering:
                if input.count > Self.pipelineLimit { transport.setReading(false) }
                return
            case .lingering, .upgraded, .closed:
                return
            }
        }
    }

    private func readHead() -> Bool {
        var start = 0
        while start < input.count, input[start] == 0x0D || input[start] == 0x0A { start += 1 }
        if start > 0 { input.removeFirst(start) }
        guard !input.isEmpty else {
            input = []
            return false
        }
        let limits = server.configuration.limits
        guard let end = parser.endOfHead(in: input, from: 0) else {
            if let fault = parser.overlongLine(in: input) {
                refuse(fault)
            } else if input.count > limits.headerBytes {
                refuse(.headTooLarge)
            } else if parser.isHopeless(input, from: 0) {
                refuse(.badRequestLine)
            } else {
                expect(within: limits.readTimeout, extends: false)
            }
            return false
        }
        if end > limits.headerBytes {
            refuse(.headTooLarge)
            return false
        }
        do throws(RequestFault) {
            let head = try parser.parse(input, from: 0, to: end, peer: peer, isSecure: isSecure)
            if end == input.count { input = [] } else { input.removeFirst(end) }
            begin(head)
            return true
        } catch {
            refuse(error)
            return false
        }
    }

    private func begin(_ head: RequestParser.Head) {
        let isDismissed = head.request.version == .http10 && server.configuration.style.oldClients == .dismissed
        keepsAlive = head.keepsAlive && !isDismissed && !server.isStopping
        owesContinue = head.expectsContinue
        let body: RequestBody
        switch head.framing {
        case .none:
            body = RequestBody(isComplete: true, declaredLength: nil)
            phase = .answering
            expect(within: nil)
        case .length(let length):
            body = RequestBody(isComplete: false, declaredLength: length)
            phase = .body(.length(left: length))
            expect(within: server.configuration.limits.readTimeout)
        case .chunked:
            body = RequestBody(isComplete: false, declaredLength: nil)
            phase = .body(.chunked(ChunkedDecoder()))
            expect(within: server.configuration.limits.readTimeout)
        }
        let exchange = Exchange(
            request: head.request, body: body, carrier: self, connectionID: id, loop: server.loop,
            bodyLimit: server.configuration.limits.bodyBytes)
        self.exchange = exchange
        // What came with the head goes to the body before the handler can ask: no 100 Continue is owed then.
        if case .body = phase, !input.isEmpty { _ = readBody() }
        if !body.isComplete {
            body.onDemand = { [unowned self] in bodyIsWanted() }
        }
        guard self.exchange === exchange else { return }
        server.run(exchange) { [self] in finished(exchange) }
    }

    private func bodyIsWanted() {
        if owesContinue {
            owesContinue = false
            sendInterim(status: 100, headers: [:])
        }
        transport.setReading(true)
    }

    private func readBody() -> Bool {
        guard case .body(var framing) = phase, let exchange, !input.isEmpty else { return false }
        owesContinue = false
        let body = exchange.requestBody
        var isComplete = false
        do throws(RequestFault) {
            switch framing {
            case .length(let left):
                let count = min(left, input.count)
                try body.append { (bytes) throws(RequestFault) in
                    if bytes.isEmpty, count == input.count {
                        bytes = input
                        input = []
                    } else {
                        bytes.append(contentsOf: input[..<count])
                        input.removeFirst(count)
                    }
                }
                framing = .length(left: left - count)
                isComplete = left == count
            case .chunked(var decoder):
                var index = 0
                try body.append { (bytes) throws(RequestFault) in
                    try decoder.decode(input, from: &index, into: &bytes)
                }
                input.removeFirst(index)
                framing = .chunked(decoder)
                isComplete = decoder.isDone
            }
        } catch {
            body.fail(.malformed)
            refuse(error)
            return false
        }
        if isComplete {
            body.complete()
            phase = .answering
            expect(within: nil)
            if self.exchange?.isAnswered == true { next() }
            return true
        }
        phase = .body(framing)
        let limits = server.configuration.limits
        // What is dropped may have its time as a whole: see `finished`.
        if !body.isDiscarded || limits.drainTimeout == nil { expect(within: limits.readTimeout) }
        if body.isFull { transport.setReading(false) }
        return false
    }

    // MARK: The end of an exchange

    private func finished(_ exchange: Exchange) {
        guard self.exchange === exchange else { return }
        switch phase {
        case .closed, .upgraded, .lingering:
            self.exchange = nil
        case .head, .answering:
            next()
        case .body:
            // The answer came before the whole request: the rest is read and dropped, as the real servers do.
            exchange.isAnswered = true
            guard keepsAlive else { return next() }
            let limits = server.configuration.limits
            expect(within: limits.drainTimeout ?? limits.idleTimeout)
            exchange.requestBody.discard()
        }
    }

    private func next() {
        exchange = nil
        guard keepsAlive, !server.isStopping else { return linger() }
        phase = .head
        parser = RequestParser(server.configuration)
        transport.setReading(true)
        expect(within: server.configuration.limits.idleTimeout)
        if !input.isEmpty { process() }
    }

    /// Answers a request that cannot be read, and closes.
    private func refuse(_ fault: RequestFault) {
        let running = exchange
        exchange = nil
        keepsAlive = false
        input = []
        var reply = server.configuration.malformed(fault)
        reply.closes = true
        var status: Int?
        if running?.hasBegunAnswer != true, case .bytes(let bytes) = reply.body {
            send(fault: reply, body: bytes)
            status = reply.status
        }
        server.configuration.watch?.refused(id, fault, answered: status)
        running?.leave()
        linger()
    }

    /// Sends what there is, then FIN, then waits a little for the peer's: closing with unread input would tear
    /// the connection and could take the answer with it.
    private func linger() {
        switch phase {
        case .closed, .lingering, .upgraded: return
        case .head, .body, .answering: break
        }
        phase = .lingering
        input = []
        transport.setReading(true)
        // A slow reader gets all of it, as long as it reads at all: see `becameWritable`.
        expect(within: server.configuration.limits.readTimeout)
        outbox.whenFlushed { [unowned self] in
            transport.shutdownOutput()
            expect(within: server.configuration.limits.lingerTimeout)
        }
    }

    /// The server stops: cancels what runs and closes.
    func stop() {
        // What has been cut by a fault would not end by itself.
        if (transport as? FaultyStream)?.isCut == true { return drop(resets: false) }
        switch phase {
        case .closed: break
        case .upgraded, .lingering:
            // As when the real server's process ends: no close frame, the connection just goes.
            outbox.whenFlushed { [unowned self] in transport.close() }
        case .head, .body, .answering:
            keepsAlive = false
            exchange?.cancel()
            if exchange == nil { outbox.whenFlushed { [unowned self] in transport.close() } }
        }
    }

    func drop(resets: Bool) {
        // What was written before has left, as far as the system takes it at once: also when it was in this very turn.
        outbox.flush()
        transport.drop(resets: resets)
    }

    // MARK: Transport

    func becameWritable() {
        if case .lingering = phase { expect(within: server.configuration.limits.readTimeout) }
        outbox.becameWritable()
    }

    func closed() {
        phase = .closed
        if let timer = timer.take() { server.loop.removeTimer(timer) }
        outbox.closed()
        input = []
        exchange.take()?.leave()
        server.connectionClosed(id)
    }

    // MARK: Time

    /// Sets how long the peer may be silent. One timer a connection, set anew only when it fires.
    func expect(within duration: Duration?, extends: Bool = true) {
        guard let duration else {
            deadline = nil
            return
        }
        if !extends, deadline != nil, isReadingHead { return }
        isReadingHead = !extends
        let end = ContinuousClock.now + duration
        deadline = end
        if timer == nil { arm(end) } else if let timer, timer.deadline > end { rearm(end) }
    }

    private var isReadingHead = false

    private func rearm(_ end: ContinuousClock.Instant) {
        if let timer = timer.take() { server.loop.removeTimer(timer) }
        arm(end)
    }

    private func arm(_ end: ContinuousClock.Instant) {
        timer = server.loop.addTimer(at: end) { [unowned self] in
            timer = nil
            guard let deadline else { return }
            if deadline <= ContinuousClock.now { timedOut() } else { arm(deadline) }
        }
    }

    private func timedOut() {
        switch phase {
        case .head where input.isEmpty, .lingering:
            transport.close(.timeout)
        case .head:
            refuse(.timeout)
        case .body where isHeld:
            break
        case .body:
            exchange?.requestBody.fail(.disconnected)
            transport.close(.timeout)
        case .answering, .upgraded, .closed:
            break
        }
    }
}
