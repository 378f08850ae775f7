/// One HTTP/2 connection (RFC 9113): bytes in, exchanges out, many at a time.
///
/// ```
/// received ─▶ HTTP2Session ─▶ HTTP2Stream ─▶ Exchange ─ handler ─▶ Reply
///                  ▲                                                 │
/// ByteStream ◀─────┴── flush ◀── fill ── HTTP2Stream ◀───────────────┘
/// ```
/// Frames are made only when the transport takes them, so that what is not sent yet waits in its stream, and a
/// writer there awaits. Lives on the loop's thread.
final class HTTP2Connection: ByteStreamHandler {
    let id: UInt64
    let server: ServerCore
    /// Where everything goes unless a fault has been imposed: see ``Outbox``.
    private let sound: any ByteStream
    private var faulty: FaultyStream?
    private var transport: any ByteStream { if let faulty { faulty } else { sound } }
    private let peer: SocketAddress
    private let isSecure: Bool
    private(set) var session: HTTP2Session?
    private var streams: [Int32: HTTP2Stream] = [:]
    private var isDirty = false
    private var isWritable = true
    private var isDraining = false
    private var hasFinished = false
    private var lastActivity = ContinuousClock.now
    private var timer: LoopTimer?

    /// Frames are made up to so many bytes at once.
    private static let slice = 256 * 1024
    /// A peer that makes us say so much while it does not listen is dropped.
    private static let waitingFramesLimit = 2000

    init(id: UInt64, transport: any ByteStream, server: ServerCore, peer: SocketAddress, isSecure: Bool) {
        self.id = id
        sound = transport
        self.server = server
        self.peer = peer
        self.isSecure = isSecure
        transport.handler = self
        session = HTTP2Session(events: self, settings: .init(headerBytes: server.configuration.limits.headerBytes))
        if session == nil { transport.close() }
        wantsFlush()
        watch()
    }

    var isOpen: Bool { !hasFinished && (faulty == nil ? sound.isOpen : transport.isOpen) }

    /// Something is to be sent: it leaves at the end of the loop's turn.
    func wantsFlush() {
        guard !isDirty, isWritable else { return }
        isDirty = true
        server.loop.markDirty(self)
    }

    /// Has the connection misbehave in what leaves from now on, whichever stream it belongs to.
    func impose(_ fault: WireFault) {
        guard isOpen else { return }
        flush()
        let stream = faulty ?? FaultyStream.above(sound, loop: server.loop, isWritable: isWritable)
        faulty = stream
        stream.impose(fault)
    }

    func liftFaults() {
        flush()
        (transport as? FaultyStream)?.lift()
    }

    // MARK: ByteStream

    func received(_ bytes: [UInt8]) {
        lastActivity = .now
        var start = 0
        while start < bytes.count, !hasFinished, let session {
            let end = min(start + Self.bite, bytes.count)
            guard session.receive(bytes[start..<end]) else { return transport.close() }
            if session.waitingFrames > Self.waitingFramesLimit { return transport.close() }
            start = end
            // A limit that has been reached holds from the moment at which the peer is told.
            if start < bytes.count { flush() } else { wantsFlush() }
        }
    }

    /// So much is looked at before the peer hears of it: a read of 64 KiB holds some thousand requests.
    private static let bite = 8 * 1024

    func becameWritable() {
        isWritable = true
        flush()
    }

    func closed() {
        hasFinished = true
        if let timer = timer.take() { server.loop.removeTimer(timer) }
        for stream in streams.values { stream.closed() }
        streams = [:]
        session = nil
        server.connectionClosed(id)
    }

    // MARK: The end

    /// Sends what there is, then says that nothing more comes, then waits a little for the peer's end.
    private func finish() {
        guard !hasFinished else { return }
        hasFinished = true
        for stream in streams.values { stream.closed() }
        streams = [:]
        if server.isStopping { return transport.close() }
        transport.shutdownOutput()
        arm(.seconds(1)) { [unowned self] in transport.close() }
    }

    // MARK: Time

    /// Looks after what the peer owes, now and then: a request on an idle connection, the rest of a body.
    private func watch() {
        let limits = server.configuration.limits
        arm(min(limits.idleTimeout, limits.readTimeout)) { [unowned self] in
            let now = ContinuousClock.now
            for stream in streams.values { stream.checkProgress(now, limit: limits.readTimeout) }
            if streams.isEmpty, lastActivity.duration(to: now) >= limits.idleTimeout { drain() }
            watch()
        }
    }

    private func arm(_ duration: Duration, _ action: @escaping () -> Void) {
        if let timer = timer.take() { server.loop.removeTimer(timer) }
        timer = server.loop.addTimer(at: .now + duration) { [unowned self] in
            timer = nil
            action()
        }
    }

    /// Takes no more requests, and ends when those that run are answered.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        session?.goAway()
        wantsFlush()
    }
}

extension HTTP2Connection: Flushable {
    func flush() {
        isDirty = false
        guard !hasFinished, let session else { return }
        while isWritable {
            var output: [UInt8] = []
            guard session.takeOutput(into: &output, limit: Self.slice) else { return transport.close() }
            if output.isEmpty { break }
            isWritable = transport.write(output)
        }
        guard isWritable else { return }
        if session.isOver || isDraining && streams.isEmpty { finish() }
    }
}

extension HTTP2Connection: HTTP2Events {
    func requested(_ id: Int32, head: HTTP2Head, isComplete: Bool) {
        let stream = HTTP2Stream(id: id, connection: self)
        streams[id] = stream
        guard !head.isTooLarge else { return stream.refuse(.headTooLarge, isComplete: isComplete) }
        stream.begin(head.request(peer: peer, isSecure: isSecure), isComplete: isComplete)
    }

    func received(_ bytes: [UInt8], on id: Int32) {
        streams[id]?.received(bytes)
    }

    func completed(_ id: Int32) {
        streams[id]?.completed()
    }

    func streamClosed(_ id: Int32) {
        streams.removeValue(forKey: id)?.closed()
        lastActivity = .now
        if isDraining { wantsFlush() }
    }

    func fill(_ room: UnsafeMutableRawBufferPointer, for id: Int32) -> HTTP2Session.Fill {
        guard let stream = streams[id] else { return .broken }
        return unsafe stream.fill(room)
    }
}

extension HTTP2Connection: ServerConnection {
    /// Takes no more requests, and has those that run end.
    func stop() {
        // What has been cut by a fault would not end by itself.
        if (transport as? FaultyStream)?.isCut == true { return drop(resets: false) }
        guard !hasFinished else { return transport.close() }
        for stream in streams.values { stream.cancel() }
        drain()
    }

    func drop(resets: Bool) {
        flush()
        transport.drop(resets: resets)
    }
}
