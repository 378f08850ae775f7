/// TLS above a transport, as a stream of bytes itself.
///
/// ```
/// Transport ─ received ─▶ encrypted ─▶ TLSSession ─▶ handler
///     ▲                                    │
///     └──────────── records ◀──────────────┘◀─ write
/// ```
/// Bounded both ways: what is not read stays encrypted and stops the transport (at most one receive of it is
/// kept), and what is written goes to the transport at once. Lives on the loop's thread; held by the transport as
/// its handler until that is closed.
final class TLSStream: ByteStream {
    private enum Phase {
        case handshake
        case open
        /// The handshake failed: our alert is on its way, and what comes is dropped.
        case refused
        case closed
    }

    private let lower: any ByteStream
    private let loop: EventLoop
    private var session: TLSSession?
    private var phase = Phase.handshake
    var handler: (any ByteStreamHandler)?
    private var onEstablished: ((TLSStream, ApplicationProtocol) -> Void)?
    private var onAbandoned: (() -> Void)?
    private var timer: LoopTimer?
    /// Bytes from the peer that the session has not been given yet, from `next` on.
    private var encrypted: [UInt8] = []
    private var next = 0
    private var wantsReading = true
    /// The peer makes us answer (handshakes, key updates) and does not read: it must, before it is heard again.
    private var isStalled = false
    private var isProcessing = false
    private var isScheduled = false
    private var isWritable = true
    private var hasFinishedOutput = false
    private var isClosing = false

    /// Begins to wait for the handshake.
    ///
    /// - Parameters:
    ///   - deadline: how long it may take.
    ///   - established: called once, when it is done, to set the ``handler``.
    ///   - abandoned: called once instead, when the connection has ended before.
    init(
        above lower: any ByteStream, session: TLSSession, loop: EventLoop, deadline: Duration,
        established: @escaping (TLSStream, ApplicationProtocol) -> Void, abandoned: @escaping () -> Void
    ) {
        self.lower = lower
        self.session = session
        self.loop = loop
        onEstablished = established
        onAbandoned = abandoned
        lower.handler = self
        expect(within: deadline)
    }

    // MARK: ByteStream

    var isOpen: Bool { phase == .open && !isClosing && lower.isOpen }

    func write(_ bytes: [UInt8]) -> Bool {
        guard isOpen, !hasFinishedOutput, let session, !bytes.isEmpty else { return true }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 64 * (1 + bytes.count / TLSSession.piece))
        guard session.write(bytes, into: &output) == .done else {
            lower.close()
            return false
        }
        isWritable = lower.write(output)
        return isWritable
    }

    func setReading(_ reads: Bool) {
        guard reads != wantsReading else { return }
        wantsReading = reads
        updateReading()
    }

    func shutdownOutput() {
        guard phase == .open else { return }
        finishOutput()
        // What the system did not take at once must leave before the end does.
        if isWritable { lower.shutdownOutput() }
    }

    func close(_ cause: ClosingCause) {
        guard phase != .closed, !isClosing else { return }
        if isWritable { finishOutput() }
        isClosing = true
        lower.close(cause)
    }

    var undelivered: Int { lower.undelivered }
    var peerHasLeft: Bool { lower.peerHasLeft }
    /// What was agreed on; nil before and after.
    var agreement: (version: String, alpn: String?)? {
        session.map { ($0.version, $0.negotiatedProtocol) }
    }

    func reset() {
        lower.reset()
    }

    // MARK: Inside

    private func finishOutput() {
        guard isOpen, !hasFinishedOutput, let session else { return }
        hasFinishedOutput = true
        session.finishOutput()
        sendAnswers(of: session)
    }

    /// Sends what the session itself has to say. False if the peer is behind.
    @discardableResult
    private func sendAnswers(of session: TLSSession) -> Bool {
        var output: [UInt8] = []
        session.takeOutput(into: &output)
        guard !output.isEmpty else { return true }
        isWritable = lower.write(output)
        return isWritable
    }

    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while next < encrypted.count, wantsReading, !isStalled, !isClosing, let session {
            next = session.feed(encrypted, from: next)
            if next == encrypted.count {
                encrypted = []
                next = 0
            }
            if phase == .handshake { shakeHands(session) }
            if phase == .open { read(session) }
        }
    }

    private func shakeHands(_ session: TLSSession) {
        let progress = session.handshake()
        if !sendAnswers(of: session) { stall() }
        switch progress {
        case .needsMore:
            break
        case .done:
            phase = .open
            cancelTimer()
            onAbandoned = nil
            onEstablished.take()?(self, session.applicationProtocol)
        case .finished, .failed:
            refuse()
        }
    }

    private func read(_ session: TLSSession) {
        var bytes: [UInt8] = []
        let progress = session.read(into: &bytes)
        if !sendAnswers(of: session) { stall() }
        if !bytes.isEmpty { handler?.received(bytes) }
        switch progress {
        case .done, .needsMore: break
        case .finished: close(.peer)
        case .failed:
            isClosing = true
            lower.close()
        }
    }

    /// Whatever this is, it is no TLS that we speak: says so, then waits for the peer's end, since closing with
    /// unread input would tear the connection and take the alert with it.
    private func refuse() {
        phase = .refused
        encrypted = []
        session = nil
        lower.shutdownOutput()
        expect(within: .seconds(1))
    }

    private func stall() {
        isStalled = true
        updateReading()
    }

    private func updateReading() {
        let reads = wantsReading && !isStalled
        lower.setReading(reads)
        // What has come already is not announced again. Not at once: the caller is in the middle of something.
        guard reads, !isScheduled else { return }
        isScheduled = true
        loop.markDirty(self)
    }

    private func expect(within duration: Duration) {
        cancelTimer()
        timer = loop.addTimer(at: .now + duration) { [unowned self] in
            timer = nil
            isClosing = true
            lower.close(.timeout)
        }
    }

    private func cancelTimer() {
        if let timer = timer.take() { loop.removeTimer(timer) }
    }
}

extension TLSStream: ByteStreamHandler {
    func received(_ bytes: [UInt8]) {
        guard phase != .refused else { return }
        if encrypted.isEmpty { encrypted = bytes } else { encrypted.append(contentsOf: bytes) }
        process()
    }

    func becameWritable() {
        isWritable = true
        if hasFinishedOutput { lower.shutdownOutput() }
        if isStalled {
            isStalled = false
            updateReading()
        }
        handler?.becameWritable()
    }

    func closed() {
        phase = .closed
        cancelTimer()
        session = nil
        encrypted = []
        onEstablished = nil
        handler.take()?.closed()
        onAbandoned.take()?()
    }
}

extension TLSStream: Flushable {
    func flush() {
        isScheduled = false
        process()
    }
}

extension TLSStream: ServerConnection {
    /// During the handshake there is nothing to be finished.
    func stop() { close() }
}
