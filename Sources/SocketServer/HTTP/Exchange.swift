/// One HTTP request, waiting for its answer.
///
/// A handler gets it, reads the body if it cares, and returns a ``Reply``. The task that runs the handler is
/// cancelled when the client goes away. Use it only from that task.
public final class Exchange: @unchecked Sendable {
    // @unchecked because all stored state is touched only on the server's loop.

    /// The head of the request.
    public let request: Request
    /// Which connection of the server it came on, counted from 1.
    public let connectionID: UInt64
    /// The loop on which everything happens.
    public let loop: EventLoop
    /// What ``ServerConfiguration/prepare`` has made of the request, if it was asked.
    public internal(set) var prepared: (any Sendable)?
    let requestBody: RequestBody
    let carrier: any ExchangeCarrier
    let bodyLimit: Int
    var task: Task<Void, Never>?
    /// The handler runs elsewhere, and is told of its end: whether the client has gone.
    var onCancel: ((_ leaves: Bool) -> Void)?
    /// Whether the connection is gone.
    public internal(set) var isDisconnected = false
    /// The answer has been sent although the request is not complete yet.
    var isAnswered = false
    /// The head of the answer is on its way: too late for another one.
    var hasBegunAnswer = false

    init(
        request: Request, body: RequestBody, carrier: any ExchangeCarrier, connectionID: UInt64, loop: EventLoop,
        bodyLimit: Int
    ) {
        self.request = request
        self.requestBody = body
        self.carrier = carrier
        self.connectionID = connectionID
        self.loop = loop
        self.bodyLimit = bodyLimit
    }

    /// The whole body.
    ///
    /// - Parameter limit: how many bytes are taken at most; the server's limit if nil.
    /// - Throws: ``BodyError``; ``BodyError/tooLarge(limit:)`` before a byte is read when the head says so.
    public func body(limit: Int? = nil) async throws(BodyError) -> [UInt8] {
        try await requestBody.whole(limit: limit ?? bodyLimit)
    }

    /// The whole body if it is there already, as a short one is that came with its head; nil when it must be waited for.
    public func bodyAtHand() -> [UInt8]? {
        requestBody.wholeAtHand(limit: bodyLimit)
    }

    /// The whole body, which stays where it is: ``body(limit:)``, ``nextBodyPiece()`` and all that read by them get it
    /// again. For whoever looks at a request before the one who answers it.
    ///
    /// - Parameter limit: how many bytes are waited for at most; the server's limit if nil.
    /// - Throws: ``BodyError``. What has come until then is not lost for those who read afterwards.
    public func peekBody(limit: Int? = nil) async throws(BodyError) -> [UInt8] {
        try await requestBody.peek(limit: limit ?? bodyLimit)
    }

    /// Keeps the beginning of the body for ``bodySeen``, whoever reads it.
    public func keepBody(prefix limit: Int) {
        requestBody.prefixLimit = limit
    }

    /// The beginning of what has come of the body, as much as ``keepBody(prefix:)`` asked for, and the size of all of it.
    public var bodySeen: (prefix: [UInt8], size: Int) { requestBody.seen }

    /// The next piece of the body, of any size, or nil at its end. The client is made to wait while nobody asks.
    public func nextBodyPiece() async throws(BodyError) -> [UInt8]? {
        try await requestBody.next()
    }

    /// The length that the request's head promises, or nil if it is chunked or has no body.
    public var declaredBodyLength: Int? { requestBody.declaredLength }

    /// Whether the client asks to go on with WebSocket (RFC 6455 section 4.2.1).
    public var wantsWebSocket: Bool {
        request.headers.list("upgrade", contains: "websocket")
            && request.headers.list("connection", contains: "upgrade")
    }

    /// The fields of the answer that takes a request for WebSocket, those of the server's style apart; nil for a request
    /// that cannot be taken.
    ///
    /// - Parameter extra: the handler's own, which come last.
    public func handshakeFields(_ options: WebSocketOptions, with extra: HeaderFields) -> HeaderFields? {
        WebSocketHandshake(request: request, options: options)?.headers(extra: extra)
    }

    /// Has the connection misbehave from now on, beyond this exchange: see ``WireFault``.
    public func impose(_ fault: WireFault) {
        carrier.impose(fault)
    }

    /// Takes all faults off the connection, when what has been written so far has left under them.
    public func liftFaults() {
        carrier.liftFaults()
    }

    /// Sends an interim answer, such as 103, before the real one.
    public func sendInterim(status: Int, headers: HeaderFields = [:]) {
        carrier.sendInterim(status: status, headers: headers)
    }
}

/// What carries an exchange: an HTTP/1 connection, or a stream of an HTTP/2 one. On the loop's thread.
protocol ExchangeCarrier: AnyObject {
    func sendInterim(status: Int, headers: HeaderFields)
    /// A whole answer.
    func send(_ reply: Reply, body: [UInt8], for exchange: Exchange)
    /// A whole answer whose fields and body are still to be spelled.
    func send(
        _ reply: Reply, spelledBy spell: @escaping @Sendable () -> (headers: HeaderFields, body: [UInt8]),
        for exchange: Exchange)
    /// The head of an answer whose body follows. False if no body is to be written (HEAD, 204, 304).
    func begin(_ reply: Reply, for exchange: Exchange) -> Bool
    func write(_ bytes: [UInt8])
    func write(_ text: String)
    /// Writes past the chunk framing.
    func writeRaw(_ bytes: [UInt8])
    /// An answer without a head: the bytes that follow are all of it. False if there is no such thing.
    func beginRaw(for exchange: Exchange) -> Bool
    /// Whether a writer may go on. Asked first, since a call that could suspend costs more than a write.
    var hasRoom: Bool { get }
    /// Whether it is open and has room: one question for whoever writes a hundred thousand pieces a second.
    var isReady: Bool { get }
    func waitForRoom() async
    func end()
    func impose(_ fault: WireFault)
    func liftFaults()
    /// Ends what is sent, not what is received.
    func halfClose()
    /// Has no time limit close the connection any more.
    func hold()
    /// Breaks off: `resets` by RST, otherwise by FIN.
    func abort(resets: Bool)
    /// Takes the upgrade, or answers that it cannot.
    func upgrade(_ options: WebSocketOptions, headers: HeaderFields, for exchange: Exchange) -> WebSocket?
    var isOpen: Bool { get }
}

extension ExchangeCarrier {
    var isReady: Bool { isOpen && hasRoom }

    func send(
        _ reply: Reply, spelledBy spell: @escaping @Sendable () -> (headers: HeaderFields, body: [UInt8]),
        for exchange: Exchange
    ) {
        var reply = reply
        let (headers, body) = spell()
        reply.headers = headers
        send(reply, body: body, for: exchange)
    }
}
