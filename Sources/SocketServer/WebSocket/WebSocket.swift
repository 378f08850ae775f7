/// A message of a WebSocket.
public enum WebSocketMessage: Sendable, Equatable {
    case text(String)
    case binary([UInt8])
}

/// A WebSocket, seen from the server (RFC 6455).
///
/// Pings are answered and close frames echoed by the floor. Use it from the task that runs its handler, or from
/// any code on the same loop (an actor pinned to it).
public final class WebSocket: @unchecked Sendable {
    // @unchecked because all stored state is touched only on the server's loop.
    let outbox: Outbox
    let loop: EventLoop
    private let options: WebSocketOptions
    private let deflate: Deflate?
    private var onClose: (() -> Void)?
    private var reader: WebSocketReader
    private var received: [WebSocketMessage] = []
    private var receivedBytes = 0
    private var receiver: CheckedContinuation<Void, Never>?
    private var closeWaiters: [CheckedContinuation<Void, Never>] = []
    private var hasSentClose = false
    private var hasEnded = false
    private var closeTimer: LoopTimer?
    /// A close frame waits behind what is to be sent before it.
    private var isClosing = false

    /// Decides what becomes of each message, from now on. What waits because of an earlier one still comes first.
    public var screen: (any MessageScreen)?
    // Made when a screen first has something to be done; pings have a queue of their own, since a late pong is to
    // hold up nothing else.
    var outgoing: ActQueue?
    var incoming: ActQueue?
    var pongs: ActQueue?
    /// Nothing leaves any more.
    var isMuted = false

    /// The close code that the peer sent; 1005 if it sent none, 1006 if the connection broke; nil while open.
    public private(set) var closeCode: UInt16?
    /// The reason beside it.
    public private(set) var closeReason = ""

    /// Unread messages beyond so many bytes stop the floor from reading on.
    private static let highWater = 1024 * 1024
    /// Unsent bytes beyond which ``post(_:)-(String)`` gives the peer up as lost.
    private static let lostPeer = 64 * 1024 * 1024

    init(
        outbox: Outbox, loop: EventLoop, options: WebSocketOptions, deflate: DeflateParameters?,
        onClose: @escaping () -> Void
    ) {
        self.outbox = outbox
        self.loop = loop
        self.options = options
        self.deflate = deflate.map { Deflate($0) }
        self.onClose = onClose
        screen = options.screen
        reader = WebSocketReader(limit: options.maximumMessageBytes, allowsCompression: deflate != nil)
    }

    /// Whether messages can still be sent.
    public var isOpen: Bool { outbox.isOpen && !hasSentClose && !isClosing }

    /// The next message, or nil when the socket has been closed, by whichever side.
    public func receive() async -> WebSocketMessage? {
        while received.isEmpty {
            if hasEnded || closeCode != nil { return nil }
            await withCheckedContinuation { receiver = $0 }
        }
        let message = received.removeFirst()
        receivedBytes -= message.size
        if receivedBytes < Self.highWater { updateReading() }
        return message
    }

    /// Sends a text message; suspends while the peer is behind.
    ///
    /// - Throws: `CancellationError` if the socket is closed.
    public func send(_ text: String) async throws {
        guard isOpen else { throw CancellationError() }
        if isScreened { screenedSend(.text(text)) } else { write(.text, Array(text.utf8)) }
        await waitForRoom()
    }

    /// Sends a binary message; suspends while the peer is behind.
    public func send(_ bytes: [UInt8]) async throws {
        guard isOpen else { throw CancellationError() }
        if isScreened { screenedSend(.binary(bytes)) } else { write(.binary, bytes) }
        await waitForRoom()
    }

    /// Sends a text message without waiting: for broadcasts. A peer that is hopelessly behind is dropped.
    public func post(_ text: String) {
        guard isOpen, hasHope() else { return }
        if isScreened { screenedSend(.text(text)) } else { write(.text, Array(text.utf8)) }
    }

    /// Sends a binary message without waiting.
    public func post(_ bytes: [UInt8]) {
        guard isOpen, hasHope() else { return }
        if isScreened { screenedSend(.binary(bytes)) } else { write(.binary, bytes) }
    }

    /// Sends a ping.
    public func ping(_ payload: [UInt8] = []) {
        guard isOpen else { return }
        writeControl(.ping, Array(payload.prefix(125)))
    }

    /// Begins the closing handshake; the connection is closed when the peer has answered, or after two seconds.
    public func close(code: UInt16 = 1000, reason: String = "") async {
        guard isOpen else { return }
        if let outgoing, !outgoing.isEmpty {
            isClosing = true
            outgoing.append([.close(code: code, reason: reason)])
        } else {
            sendClose(code: code, reason: reason)
        }
    }

    /// Ends the connection without a close frame: by RST, or by FIN. What has been sent before leaves first, if
    /// the peer is not behind.
    public func abort(resets: Bool = true) {
        hasSentClose = true
        outgoing?.clear()
        outbox.flush()
        if resets { outbox.transport.reset() } else { closeTransport() }
    }

    func waitUntilClosed() async {
        guard !hasEnded else { return }
        await withCheckedContinuation { closeWaiters.append($0) }
    }

    /// Whether messages go through a screen, or wait behind one that did.
    private var isScreened: Bool { screen != nil || outgoing != nil }

    private func waitForRoom() async {
        await outbox.waitForRoom()
        if let outgoing { await outgoing.waitForRoom() }
    }

    /// Drops a peer that is hopelessly behind.
    private func hasHope() -> Bool {
        if outbox.count + (outgoing?.waitingBytes ?? 0) <= Self.lostPeer { return true }
        abort()
        return false
    }

    var canWrite: Bool { outbox.isOpen && !hasSentClose && !isMuted }

    func write(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        guard canWrite else { return }
        let compressed = deflate?.compress(payload)
        outbox.append {
            WebSocketFrame.write(opcode, compressed ?? payload, isCompressed: compressed != nil, into: &$0)
        }
    }

    func writeControl(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        guard canWrite else { return }
        outbox.append { WebSocketFrame.write(opcode, payload, into: &$0) }
        screen?.control(opcode == .ping ? .ping(payload) : .pong(payload), fromClient: false)
    }

    /// The code is nil for a frame without payload.
    func sendClose(code: UInt16?, reason: String) {
        guard canWrite else { return }
        outbox.append {
            let payload = code.map { WebSocketFrame.closePayload(code: $0, reason: reason) } ?? []
            WebSocketFrame.write(.close, payload, into: &$0)
        }
        screen?.control(.close(code: code, reason: reason), fromClient: false)
        hasSentClose = true
        outgoing?.clear()
        pongs?.clear()
        if closeCode != nil { return closeTransport() }
        // Let in what still comes: the peer's answer to our close frame is behind it.
        outbox.transport.setReading(true)
        outbox.whenFlushed { [self] in
            guard !hasEnded, closeTimer == nil else { return }
            closeTimer = loop.addTimer(at: .now + .seconds(2)) { [self] in
                closeTimer = nil
                outbox.transport.close()
            }
        }
    }

    private func closeTransport() {
        outbox.whenFlushed { [outbox] in outbox.transport.close() }
    }

    private func handle(_ event: WebSocketReader.Event) throws(WebSocketFault) {
        switch event {
        case .message(let message):
            arrived(message)
        case .compressed(let payload, let isText):
            guard let deflate else { return }
            let bytes = try deflate.decompress(payload, limit: options.maximumMessageBytes)
            guard isText else { return arrived(.binary(bytes)) }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidText }
            arrived(.text(text))
        case .ping(let payload):
            answerPing(payload)
        case .pong(let payload):
            screen?.control(.pong(payload), fromClient: true)
        case .close(let code, let reason):
            closeCode = code ?? 1005
            closeReason = reason
            screen?.control(.close(code: code, reason: reason), fromClient: true)
            if hasSentClose { closeTransport() } else { sendClose(code: code, reason: "") }
            wakeReceiver()
        }
    }

    private func arrived(_ message: WebSocketMessage) {
        guard !hasSentClose else { return }
        if screen == nil, incoming == nil { deliver(message) } else { screenedDeliver(message) }
    }

    func deliver(_ message: WebSocketMessage) {
        guard !hasSentClose else { return }
        received.append(message)
        receivedBytes += message.size
        if receivedBytes >= Self.highWater { updateReading() }
        wakeReceiver()
    }

    /// Reads on unless too much is unread.
    func updateReading() {
        let unread = receivedBytes + (incoming?.waitingBytes ?? 0)
        outbox.transport.setReading(unread < Self.highWater)
    }

    private func wakeReceiver() {
        receiver.take()?.resume()
    }
}

extension WebSocket: ByteStreamHandler {
    func received(_ bytes: [UInt8]) {
        guard closeCode == nil else { return }
        var events: [WebSocketReader.Event] = []
        do throws(WebSocketFault) {
            defer { if events.isEmpty == false { events.removeAll() } }
            do throws(WebSocketFault) {
                try reader.read(bytes, into: &events)
            } catch {
                for event in events { try handle(event) }
                throw error
            }
            for event in events { try handle(event) }
        } catch {
            closeCode = 1006
            closeReason = error.reason
            sendClose(code: error.code, reason: error.reason)
            wakeReceiver()
        }
    }

    func becameWritable() {
        outbox.becameWritable()
    }

    func closed() {
        hasEnded = true
        if closeCode == nil { closeCode = 1006 }
        if let timer = closeTimer.take() { loop.removeTimer(timer) }
        for queue in [outgoing, incoming, pongs] { queue?.clear() }
        outbox.closed()
        wakeReceiver()
        for waiter in closeWaiters { waiter.resume() }
        closeWaiters = []
        onClose.take()?()
    }
}

extension WebSocketMessage {
    var size: Int {
        switch self {
        case .text(let text): text.utf8.count + 64
        case .binary(let bytes): bytes.count + 64
        }
    }
}
