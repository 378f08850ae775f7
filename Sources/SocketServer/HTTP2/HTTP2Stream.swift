/// One request and its answer on an HTTP/2 connection. On the loop's thread.
///
/// Held by its connection until the stream is closed, by its exchange for as long as the handler runs.
final class HTTP2Stream {
    private let id: Int32
    /// Alive while the stream is open, and not asked for anything afterwards.
    private unowned let connection: HTTP2Connection
    private var exchange: Exchange?
    private var body = RequestBody(isComplete: true, declaredLength: nil)
    private var isClosed = false
    /// The handler has nothing more to say.
    private var isFinished = false

    // The request's body: bytes that came, and those of them that the peer knows to be used.
    private var arrived = 0
    private var released = 0
    private var owesContinue = false
    /// The handler hangs on purpose: the rest of its request is not missed.
    private var isHeld = false
    private var lastProgress = ContinuousClock.now

    // The answer's body: what is not in a frame yet, from `next` on.
    private var output: [UInt8] = []
    private var next = 0
    private var ending = Ending.open
    private var isWaiting = false
    private var writers: [CheckedContinuation<Void, Never>] = []

    // What it does wrongly.
    private var faults: HTTP2StreamFaults?
    private var isMute = false
    private var timer: LoopTimer?
    private var expiryTimer: LoopTimer?

    private enum Ending {
        case open
        case proper
        case broken
    }

    init(id: Int32, connection: HTTP2Connection) {
        self.id = id
        self.connection = connection
    }

    // MARK: The request

    func begin(_ request: Request, isComplete: Bool) {
        let server = connection.server
        if !isComplete {
            body = RequestBody(isComplete: false, declaredLength: request.headers["content-length"].flatMap { Int($0) })
            body.onDemand = { [unowned self] in bodyIsWanted() }
            owesContinue = request.headers.list("expect", contains: "100-continue")
        }
        let exchange = Exchange(
            request: request, body: body, carrier: self, connectionID: connection.id, loop: server.loop,
            bodyLimit: server.configuration.limits.bodyBytes)
        self.exchange = exchange
        // The stream is held until the handler is done, even if it is closed before.
        server.run(exchange) { [self] in finished() }
    }

    /// Answers a request that no handler sees.
    func refuse(_ fault: RequestFault, isComplete: Bool) {
        if !isComplete {
            body = RequestBody(isComplete: false, declaredLength: nil)
            body.onDemand = { [unowned self] in release() }
        }
        let configuration = connection.server.configuration
        let reply = configuration.malformed(fault)
        var status: Int?
        if case .bytes(let bytes) = reply.body {
            respond(reply, body: bytes, isHead: false)
            status = reply.status
        } else {
            reset(isFailure: true)
        }
        configuration.watch?.refused(connection.id, fault, answered: status)
        finished()
    }

    func received(_ bytes: [UInt8]) {
        guard !isClosed else { return }
        owesContinue = false
        arrived += bytes.count
        lastProgress = .now
        // Cannot fail: nothing is decoded here.
        try? body.append { $0.append(contentsOf: bytes) }
        guard body.isDiscarded else { return }
        release()
        // As the real servers do, the rest of an unwanted body is read; but not without end.
        if body.discarded > connection.server.configuration.limits.bodyBytes { reset(isFailure: false) }
    }

    func completed() {
        body.complete()
    }

    private func bodyIsWanted() {
        if owesContinue, arrived == 0 { sendInterim(status: 100, headers: [:]) }
        owesContinue = false
        release()
    }

    /// Tells the peer of the bytes that have been read since it was told last.
    private func release() {
        guard !isClosed else { return }
        let count = arrived - body.bytes.count - released
        guard count > 0 else { return }
        released += count
        lastProgress = .now
        connection.session?.consumed(count, of: id)
        connection.wantsFlush()
    }

    /// Gives a request up whose body has stopped coming although there is room for it.
    func checkProgress(_ now: ContinuousClock.Instant, limit: Duration) {
        guard !isClosed, !isHeld, !body.isComplete, body.bytes.isEmpty, lastProgress.duration(to: now) >= limit else {
            return
        }
        body.fail(.disconnected)
        reset(isFailure: true)
    }

    func cancel() {
        exchange?.cancel()
    }

    // MARK: The end

    private func finished() {
        isFinished = true
        exchange = nil
        // The answer may be before the whole request: what is left of it is read and dropped.
        if !isClosed, !body.isComplete { body.discard() }
    }

    private func reset(isFailure: Bool) {
        guard !isClosed else { return }
        connection.session?.reset(id, isFailure: isFailure)
        connection.wantsFlush()
    }

    func closed() {
        isClosed = true
        for timer in [timer.take(), expiryTimer.take()] {
            if let timer { connection.server.loop.removeTimer(timer) }
        }
        output = []
        resumeWriters()
        if let exchange = exchange.take(), !isFinished { exchange.leave() }
        body.fail(.disconnected)
    }

    // MARK: The answer

    private func respond(_ reply: Reply, body bytes: [UInt8], isHead: Bool) {
        let hasBody = Self.mayHaveBody(reply)
        if hasBody, !isHead { output = bytes }
        ending = .proper
        respond(reply, length: hasBody ? bytes.count : nil, hasBody: !output.isEmpty)
    }

    private func respond(_ reply: Reply, length: Int?, hasBody: Bool) {
        let server = connection.server
        let fields = HTTP2ResponseHead.fields(
            of: reply, length: length, style: server.configuration.style, date: server.date())
        connection.session?.respond(id, fields, hasBody: hasBody)
        connection.wantsFlush()
    }

    private static func mayHaveBody(_ reply: Reply) -> Bool {
        !(reply.status < 200 || reply.status == 204 || reply.status == 304)
    }

    /// Puts what there is into a frame.
    func fill(_ room: UnsafeMutableRawBufferPointer) -> HTTP2Session.Fill {
        var count = min(room.count, output.count - next)
        let now = connection.server.loop.now
        if let faults, count > 0 || ending != .open {
            switch faults.turn(for: count, at: now) {
            case .send(let most): count = min(count, most)
            case .wait(let due):
                wait(until: due)
                return .later
            case .end(let manner): return cutOff(manner)
            }
        }
        if count == 0 {
            switch ending {
            case .proper: return .bytes(0, isLast: true)
            case .broken: return .broken
            case .open:
                isWaiting = true
                return .later
            }
        }
        unsafe output.withUnsafeBytes { bytes in
            unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[next..<next + count]))
        }
        next += count
        faults?.sent(count, at: now)
        if next == output.count {
            output.removeAll(keepingCapacity: ending == .open && output.capacity <= 64 * 1024)
            next = 0
        }
        if output.count - next < Outbox.highWater { resumeWriters() }
        return .bytes(count, isLast: output.isEmpty && ending == .proper)
    }

    /// What one exchange does wrongly is its stream's alone: RST_STREAM, or silence, or an end that comes too soon.
    private func cutOff(_ manner: WireEnding) -> HTTP2Session.Fill {
        output = []
        next = 0
        resumeWriters()
        switch manner {
        case .reset, .fin:
            ending = .broken
            return .broken
        case .halfClose:
            ending = .proper
            return .bytes(0, isLast: true)
        case .hang:
            isMute = true
            isHeld = true
            return .later
        }
    }

    private func wait(until due: ContinuousClock.Instant) {
        guard timer == nil else { return }
        timer = connection.server.loop.addFakeTimer(at: due) { [unowned self] in
            timer = nil
            connection.session?.resume(id)
            connection.wantsFlush()
        }
    }

    /// A writer who is always ahead never sees the output empty: what has left must go all the same.
    private func makeRoom() {
        guard next > 64 * 1024, next > output.count / 2 else { return }
        output.removeFirst(next)
        next = 0
    }

    private func wake() {
        if isWaiting {
            isWaiting = false
            connection.session?.resume(id)
        }
        connection.wantsFlush()
    }

    private func resumeWriters() {
        guard !writers.isEmpty else { return }
        let waiting = writers
        writers = []
        for writer in waiting { writer.resume() }
    }
}

extension HTTP2Stream: ExchangeCarrier {
    var isOpen: Bool { !isClosed && connection.isOpen }

    func sendInterim(status: Int, headers: HeaderFields) {
        guard isOpen else { return }
        let reply = Reply(status: status, headers: headers)
        let fields = HTTP2ResponseHead.fields(of: reply, length: nil, style: HeadStyle(), date: [])
        connection.session?.inform(id, fields)
        connection.wantsFlush()
    }

    func send(_ reply: Reply, body: [UInt8], for exchange: Exchange) {
        guard isOpen else { return }
        exchange.hasBegunAnswer = true
        if reply.closes { connection.drain() }
        respond(reply, body: body, isHead: exchange.request.method == "HEAD")
    }

    func begin(_ reply: Reply, for exchange: Exchange) -> Bool {
        guard isOpen else { return false }
        exchange.hasBegunAnswer = true
        if reply.closes { connection.drain() }
        let hasBody = Self.mayHaveBody(reply) && exchange.request.method != "HEAD"
        respond(reply, length: nil, hasBody: hasBody)
        return hasBody
    }

    func write(_ bytes: [UInt8]) {
        guard isOpen, ending == .open, !isMute else { return }
        makeRoom()
        output.append(contentsOf: bytes)
        wake()
    }

    func write(_ text: String) {
        guard isOpen, ending == .open, !isMute else { return }
        makeRoom()
        output.append(contentsOf: text.utf8)
        wake()
    }

    func writeRaw(_ bytes: [UInt8]) { write(bytes) }

    func beginRaw(for exchange: Exchange) -> Bool { false }

    func halfClose() { end() }

    func hold() { isHeld = true }

    func impose(_ fault: WireFault) {
        guard isOpen else { return }
        if case .expiry(let duration, let manner) = fault { return expire(after: duration, manner) }
        var faults = faults ?? HTTP2StreamFaults()
        guard faults.impose(fault, after: output.count - next) else { return connection.impose(fault) }
        self.faults = faults
    }

    private func expire(after duration: Duration, _ manner: WireEnding) {
        guard expiryTimer == nil else { return }
        let loop = connection.server.loop
        expiryTimer = loop.addFakeTimer(at: loop.now + duration) { [unowned self] in
            expiryTimer = nil
            switch manner {
            case .reset, .fin: reset(isFailure: true)
            case .halfClose: end()
            case .hang:
                isMute = true
                isHeld = true
            }
        }
    }

    func liftFaults() {
        faults = nil
        connection.liftFaults()
    }

    var hasRoom: Bool { output.count - next < Outbox.highWater }

    func waitForRoom() async {
        guard isOpen, !hasRoom else { return }
        await withCheckedContinuation { writers.append($0) }
    }

    func end() {
        guard isOpen, ending == .open else { return }
        ending = .proper
        wake()
    }

    /// Breaks this stream off; others of the connection go on. What has been written leaves before, unless it is
    /// to look like a crash.
    func abort(resets: Bool) {
        guard isOpen else { return }
        if resets || exchange?.hasBegunAnswer != true { return reset(isFailure: true) }
        ending = .broken
        wake()
    }

    /// Never: an upgrade is a matter of HTTP/1.1 (RFC 9113 section 8.6).
    func upgrade(_ options: WebSocketOptions, headers: HeaderFields, for exchange: Exchange) -> WebSocket? { nil }
}
