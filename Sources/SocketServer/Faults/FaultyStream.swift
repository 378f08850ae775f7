/// A stream of bytes that misbehaves: what is written waits here until the faults that have been imposed let it out.
///
/// ```
/// HTTPConnection ─ Outbox ─▶ write ─ held ─ pump ─▶ lower (TLSStream or Transport)
///        ▲                                            │
///        └────────────────── received ◀───────────────┘
/// ```
/// Put between the two when a connection gets its first fault; before, it does not exist. On the loop's thread; held by
/// the lower stream as its handler until that is closed.
final class FaultyStream: ByteStream {
    private struct Piece {
        var bytes: [UInt8]
        var start = 0
        let ready: ContinuousClock.Instant
    }

    private enum Request {
        case shutdown
        case close(ClosingCause)
    }

    private let lower: any ByteStream
    private let loop: EventLoop
    var handler: (any ByteStreamHandler)?

    private var pacing = Pacing()
    private var cut: (left: Int, ending: WireEnding)?
    private var closeDelay = Duration.zero
    private var stopsReading = false
    private var wantsReading = true
    private let presence: PresenceCheck
    /// Bytes that leave before the faults are lifted.
    private var liftAfter: Int?

    private var held: [Piece] = []
    private var first = 0
    private var heldBytes = 0
    private var isLowerWritable: Bool
    /// The writer above has been told to wait.
    private var owesWritable: Bool
    private var request: Request?
    private var hasDelayedClose = false
    private var ended: WireEnding?
    private var timer: LoopTimer?
    private var endTimer: LoopTimer?
    private var expiryTimer: LoopTimer?
    /// What the client sends, if that misbehaves too.
    private var input: HeldInput?

    /// How long a client may take to close its side of a connection that was cut by FIN.
    private static let lingerTimeout = Duration.seconds(2)

    /// Takes the place of a stream's handler.
    ///
    /// - Parameter isWritable: whether the stream took all that was written last.
    init(over lower: any ByteStream, loop: EventLoop, isWritable: Bool = true) {
        self.lower = lower
        self.loop = loop
        isLowerWritable = isWritable
        owesWritable = !isWritable
        presence = PresenceCheck(of: lower, loop: loop)
        handler = lower.handler
        lower.handler = self
    }

    /// The stream itself if it misbehaves already (a connection may have been admitted so), or one above it.
    static func above(_ stream: any ByteStream, loop: EventLoop, isWritable: Bool) -> FaultyStream {
        stream as? FaultyStream ?? FaultyStream(over: stream, loop: loop, isWritable: isWritable)
    }

    /// Whether the connection has been cut.
    var isCut: Bool { ended != nil }

    /// - Parameter waiting: bytes that were written before and are not here yet.
    func impose(_ fault: WireFault, after waiting: Int = 0) {
        guard lower.isOpen else { return }
        if case .upstream(.expiry(let duration, let ending)) = fault { return expire(after: duration, ending) }
        if case .expiry(let duration, let ending) = fault { return expire(after: duration, ending) }
        guard ended == nil else { return }
        liftAfter = nil
        switch fault {
        case .throttle(let bytesPerSecond): pacing.bytesPerSecond = bytesPerSecond
        case .slice(let bytes, let size, let gap): pacing.slice = (size ?? { bytes }, gap)
        case .latency(let latency): pacing.latency = latency
        case .cut(let count, let ending): cut = (max(0, count) + heldBytes + waiting, ending)
        case .closeDelay(let duration): closeDelay = duration
        case .expiry: break
        case .upstream(let fault):
            let input =
                self.input
                ?? HeldInput(
                    loop: loop,
                    deliver: { [unowned self] in
                        handler?.received($0)
                        updateReading()
                    }, end: { [unowned self] in end($0) })
            self.input = input
            input.isWanted = wantsReading
            input.impose(fault)
        case .stopReading:
            stopsReading = true
            updateReading()
            presence.start()
        }
        pump()
    }

    /// An end by the clock, of a connection that hangs as well.
    private func expire(after duration: Duration, _ ending: WireEnding) {
        if let expiryTimer = expiryTimer.take() { loop.removeTimer(expiryTimer) }
        guard ended == nil || ended == .hang else { return }
        expiryTimer = loop.addFakeTimer(at: loop.now + duration) { [unowned self] in
            expiryTimer = nil
            if ended == nil || ended == .hang { end(ending) }
        }
    }

    /// Has all faults end when what has been written so far has left.
    func lift(after waiting: Int = 0) {
        guard ended == nil else { return }
        liftAfter = heldBytes + waiting
        if stopsReading {
            stopsReading = false
            presence.stop()
            updateReading()
        }
        pump()
    }

    // MARK: ByteStream

    var isOpen: Bool {
        guard lower.isOpen else { return false }
        if case .close = request { return false }
        return ended != .reset && ended != .fin
    }

    var undelivered: Int { heldBytes + lower.undelivered }
    var peerHasLeft: Bool { lower.peerHasLeft }

    func write(_ bytes: [UInt8]) -> Bool {
        // After the cut everything goes nowhere, and nobody waits.
        guard ended == nil, !bytes.isEmpty else { return true }
        held.append(Piece(bytes: bytes, ready: pacing.ready(at: loop.now)))
        heldBytes += bytes.count
        pump()
        guard ended == nil else { return true }
        owesWritable = !isLowerWritable || heldBytes >= Outbox.highWater
        return !owesWritable
    }

    func setReading(_ reads: Bool) {
        wantsReading = reads
        input?.isWanted = reads
        updateReading()
    }

    private func updateReading() {
        let isHeldBack = stopsReading || input?.isFull ?? false
        lower.setReading(ended == .fin || (wantsReading && !isHeldBack))
    }

    func shutdownOutput() {
        guard ended == nil, request == nil else { return }
        request = .shutdown
        pump()
    }

    func close(_ cause: ClosingCause) {
        if !lower.isOpen { input?.stop() }
        if ended == .halfClose { return lower.close(cause) }
        guard ended == nil else { return }
        request = .close(cause)
        pump()
    }

    func reset() {
        if ended == .halfClose { return lower.reset() }
        guard ended == nil else { return }
        finish(.reset)
        lower.reset()
    }

    func drop(resets: Bool) {
        if !lower.isOpen { input?.stop() }
        lower.drop(resets: resets)
    }

    // MARK: Letting out

    private func pump() {
        while ended == nil, isLowerWritable {
            if let cut, cut.left == 0 { return end(cut.ending) }
            if liftAfter == 0 { clearFaults() }
            guard first < held.count else { break }
            let now = loop.now
            let due = pacing.due(held[first].ready)
            if due > now {
                wait(until: due)
                break
            }
            sendPiece(at: now)
        }
        if ended == nil { settle() }
    }

    private func sendPiece(at now: ContinuousClock.Instant) {
        let start = held[first].start
        let available = held[first].bytes.count - start
        let count = min(pacing.size(of: available), cut?.left ?? .max, liftAfter ?? .max)
        let isWhole = count == held[first].bytes.count
        let bytes = isWhole ? held[first].bytes : Array(held[first].bytes[start..<start + count])
        if count == available {
            held[first].bytes = []
            first += 1
            if first == held.count || first > 64 {
                held.removeFirst(first)
                first = 0
            }
        } else {
            held[first].start += count
        }
        heldBytes -= count
        cut?.left -= count
        if let left = liftAfter { liftAfter = left - count }
        isLowerWritable = lower.write(bytes)
        pacing.sent(count, at: now)
    }

    private func clearFaults() {
        pacing = Pacing()
        cut = nil
        closeDelay = .zero
        liftAfter = nil
        if let expiryTimer = expiryTimer.take() { loop.removeTimer(expiryTimer) }
    }

    private func wait(until due: ContinuousClock.Instant) {
        if let timer {
            guard timer.deadline > due else { return }
            loop.removeTimer(timer)
        }
        timer = loop.addFakeTimer(at: due) { [unowned self] in
            timer = nil
            pump()
        }
    }

    /// Tells the writer to go on, and does what was asked for behind the bytes that have left now.
    private func settle() {
        guard isLowerWritable else { return }
        if owesWritable, heldBytes < Outbox.highWater / 2 {
            owesWritable = false
            handler?.becameWritable()
        }
        guard ended == nil, heldBytes == 0, isLowerWritable, let request else { return }
        if closeDelay > .zero, !hasDelayedClose {
            guard endTimer == nil else { return }
            endTimer = loop.addFakeTimer(at: loop.now + closeDelay) { [unowned self] in
                endTimer = nil
                hasDelayedClose = true
                settle()
            }
            return
        }
        switch request {
        case .shutdown:
            self.request = nil
            lower.shutdownOutput()
        case .close(let cause):
            lower.close(cause)
        }
    }

    // MARK: The end

    private func finish(_ ending: WireEnding) {
        ended = ending
        held = []
        first = 0
        heldBytes = 0
        let expiry = ending == .hang ? expiryTimer.take() : nil
        cancelTimers()
        expiryTimer = expiry
        presence.stop()
        stopsReading = false
        if ending == .reset || ending == .fin { input?.stop() }
    }

    private func end(_ ending: WireEnding) {
        finish(ending)
        updateReading()
        switch ending {
        case .reset: resetWhenDelivered(.milliseconds(1))
        case .fin:
            lower.shutdownOutput()
            after(Self.lingerTimeout) { [unowned self] in lower.close() }
        case .halfClose: lower.shutdownOutput()
        case .hang: break
        }
        // Whoever waits is let go on, into the void.
        if owesWritable {
            owesWritable = false
            handler?.becameWritable()
        }
    }

    /// A reset takes with it what the client's system has not got yet, so it has to wait for that.
    private func resetWhenDelivered(_ pause: Duration) {
        guard lower.undelivered > 0, !lower.peerHasLeft else { return lower.reset() }
        after(pause) { [unowned self] in resetWhenDelivered(min(pause * 2, .milliseconds(20))) }
    }

    private func after(_ duration: Duration, _ action: @escaping () -> Void) {
        endTimer = loop.addTimer(at: .now + duration) { [unowned self] in
            endTimer = nil
            action()
        }
    }

    private func cancelTimers() {
        if let timer = timer.take() { loop.removeTimer(timer) }
        if let timer = endTimer.take() { loop.removeTimer(timer) }
        if let timer = expiryTimer.take() { loop.removeTimer(timer) }
    }
}

extension FaultyStream: ByteStreamHandler {
    func received(_ bytes: [UInt8]) {
        guard ended != .fin, ended != .reset else { return }
        guard let input else { return handler?.received(bytes) ?? () }
        input.take(bytes)
        updateReading()
    }

    func becameWritable() {
        isLowerWritable = true
        pump()
    }

    func closed() {
        cancelTimers()
        presence.stop()
        held = []
        heldBytes = 0
        guard let input else { return handler.take()?.closed() ?? () }
        // Held by what it waits for, as the lower stream lets it go now.
        isLowerWritable = true
        input.close { [self] in handler.take()?.closed() }
    }
}
