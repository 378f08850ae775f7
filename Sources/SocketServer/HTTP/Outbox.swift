/// What waits to be sent on one connection, and who waits for it to be sent.
///
/// Writes of one turn of the loop are gathered and leave in one piece; each keeps its own framing. A writer that is
/// far ahead of the peer suspends in ``waitForRoom()``: backpressure is an `await`.
final class Outbox: Flushable {
    /// Above this many waiting bytes a writer suspends.
    static let highWater = 256 * 1024
    private static let slice = 1024 * 1024

    /// Where everything goes unless a fault has been imposed. Apart from it, so that nobody pays who has none: what
    /// cannot change need not be retained for a call.
    private let sound: any ByteStream
    private var faulty: FaultyStream?
    private let loop: EventLoop
    private var bytes: [UInt8] = []
    private var isDirty = false
    private var isWritable = true
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var afterFlush: (() -> Void)?

    init(transport: any ByteStream, loop: EventLoop) {
        sound = transport
        self.loop = loop
    }

    var count: Int { bytes.count }
    var isOpen: Bool { if let faulty { faulty.isOpen } else { sound.isOpen } }
    var transport: any ByteStream { if let faulty { faulty } else { sound } }

    private func send(_ bytes: [UInt8]) -> Bool {
        if let faulty { faulty.write(bytes) } else { sound.write(bytes) }
    }

    /// Adds to the output by a closure; it leaves at the end of the loop's turn.
    func append(_ write: (inout [UInt8]) -> Void) {
        guard isOpen else { return }
        if bytes.isEmpty { bytes = loop.takeBuffer() }
        write(&bytes)
        if !isDirty, isWritable {
            isDirty = true
            loop.markDirty(self)
        }
    }

    /// Whether a writer may go on at once.
    var hasRoom: Bool { bytes.count < Self.highWater }

    /// Suspends while too much is waiting. Returns at once when the connection is gone: see ``isOpen``.
    func waitForRoom() async {
        guard bytes.count >= Self.highWater, isOpen else { return }
        if isWritable { flush() }
        guard bytes.count >= Self.highWater, isOpen else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    /// Has the connection misbehave in what is written from now on.
    func impose(_ fault: WireFault) {
        guard isOpen else { return }
        flush()
        let stream = faulty ?? FaultyStream.above(sound, loop: loop, isWritable: isWritable)
        faulty = stream
        stream.impose(fault, after: bytes.count)
    }

    /// Ends that again, for what is written from now on.
    func liftFaults() {
        guard let faulty = transport as? FaultyStream else { return }
        flush()
        faulty.lift(after: bytes.count)
    }

    /// Runs `action` when everything has been handed to the system.
    func whenFlushed(_ action: @escaping () -> Void) {
        afterFlush = action
        if !isDirty, isWritable {
            isDirty = true
            loop.markDirty(self)
        }
    }

    func flush() {
        isDirty = false
        guard isWritable else { return }
        if !bytes.isEmpty {
            if bytes.count <= Self.slice {
                isWritable = send(bytes)
                loop.giveBack(bytes)
                bytes = []
            } else {
                while !bytes.isEmpty, isWritable {
                    let piece = Array(bytes.prefix(Self.slice))
                    bytes.removeFirst(piece.count)
                    isWritable = send(piece)
                }
            }
        }
        if bytes.count < Self.highWater { resumeWaiters() }
        if bytes.isEmpty, isWritable { afterFlush.take()?() }
    }

    func becameWritable() {
        isWritable = true
        flush()
    }

    func closed() {
        bytes = []
        afterFlush = nil
        resumeWaiters()
    }

    private func resumeWaiters() {
        guard !waiters.isEmpty else { return }
        let waiting = waiters
        waiters = []
        for waiter in waiting { waiter.resume() }
    }
}
