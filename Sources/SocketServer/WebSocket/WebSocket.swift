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
    private let outbox: Outbox
    private let loop: EventLoop
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
        reader = WebSocketReader(limit: options.maximumMessageBytes, allowsCompression: deflate != nil)
    }

    /// Whether messages can still be sent.
    public var isOpen: Bool { outbox.isOpen && !hasSentClose }

    /// The next message, or nil when the socket has been closed, by whichever side.
    public func receive() async -> WebSocketMessage? {
        while received.isEmpty {
            if hasEnded || closeCode != nil { return nil }
            await withCheckedContinuation { receiver = $0 }
        }
        let message = received.removeFirst()
        receivedBytes -= message.size
        if receivedBytes < Self.highWater { outbox.transport.setReading(true) }
        return message
    }

    /// Sends a text message; suspends while the peer is behind.
    ///
    /// - Throws: `CancellationError` if the socket is closed.
    public func send(_ text: String) async throws {
        try write(.text, Array(text.utf8))
        await outbox.waitForRoom()
    }

    /// Sends a binary message; suspends while the peer is behind.
    public func send(_ bytes: [UInt8]) async throws {
        try write(.binary, bytes)
        await outbox.waitForRoom()
    }

    /// Sends a text message without waiting: for broadcasts. A peer that is hopelessly behind is dropped.
    public func post(_ text: String) {
        post(.text, Array(text.utf8))
    }

    /// Sends a binary message without waiting.
    public func post(_ bytes: [UInt8]) {
        post(.binary, bytes)
    }

    /// Sends a ping.
    public func ping(_ payload: [UInt8] = []) {
        guard isOpen else { return }
        outbox.append { WebSocketFrame.write(.ping, Array(payload.prefix(125)), into: &$0) }
    }

    /// Begins the closing handshake; the connection is closed when the peer has answered, or after two seconds.
    public func close(code: UInt16 = 1000, reason: String = "") async {
        sendClose(WebSocketFrame.closePayload(code: code, reason: reason))
    }

    /// Tears the connection without a close frame: by RST, or by FIN.
    public func abort(resets: Bool = true) {
        hasSentClose = true
        if resets { outbox.transport.reset() } else { outbox.transport.close() }
    }

    func waitUntilClosed() async {
        guard !hasEnded else { return }
        await withCheckedContinuation { closeWaiters.append($0) }
    }

    private func post(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        guard isOpen else { return }
        if outbox.count > Self.lostPeer { return abort() }
        try? write(opcode, payload)  // Closed meanwhile: nobody is there to hear it.
    }

    private func write(_ opcode: WebSocketOpcode, _ payload: [UInt8]) throws {
        guard isOpen else { throw CancellationError() }
        let compressed = deflate?.compress(payload)
        outbox.append {
            WebSocketFrame.write(opcode, compressed ?? payload, isCompressed: compressed != nil, into: &$0)
        }
    }

    private func sendClose(_ payload: [UInt8]) {
        guard !hasSentClose, outbox.isOpen else { return }
        outbox.append { WebSocketFrame.write(.close, payload, into: &$0) }
        hasSentClose = true
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
            deliver(message)
        case .compressed(let payload, let isText):
            guard let deflate else { return }
            let bytes = try deflate.decompress(payload, limit: options.maximumMessageBytes)
            guard isText else { return deliver(.binary(bytes)) }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidText }
            deliver(.text(text))
        case .ping(let payload):
            guard !hasSentClose else { return }
            outbox.append { WebSocketFrame.write(.pong, payload, into: &$0) }
        case .pong:
            break
        case .close(let code, let reason):
            closeCode = code ?? 1005
            closeReason = reason
            if hasSentClose {
                closeTransport()
            } else {
                sendClose(code.map { WebSocketFrame.closePayload(code: $0, reason: "") } ?? [])
            }
            wakeReceiver()
        }
    }

    private func deliver(_ message: WebSocketMessage) {
        guard !hasSentClose else { return }
        received.append(message)
        receivedBytes += message.size
        if receivedBytes >= Self.highWater { outbox.transport.setReading(false) }
        wakeReceiver()
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
            sendClose(WebSocketFrame.closePayload(code: error.code, reason: error.reason))
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
        outbox.closed()
        wakeReceiver()
        for waiter in closeWaiters { waiter.resume() }
        closeWaiters = []
        onClose.take()?()
    }
}

extension WebSocketMessage {
    fileprivate var size: Int {
        switch self {
        case .text(let text): text.utf8.count + 64
        case .binary(let bytes): bytes.count + 64
        }
    }
}
