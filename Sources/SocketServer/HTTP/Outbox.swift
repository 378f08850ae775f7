/// What waits to be sent on one connection, and who waits for it to be sent.
///
/// Writes of one turn of the loop are gathered and leave in one piece; each keeps its own framing. A writer that is
/// far ahead of the peer suspends in ``waitForRoom()``: backpressure is an `await`.
final class Outbox: Flushable {
    /// Above this many waiting bytes a writer suspends.
    static let highWater = 256 * 1024
    private static let slice = 1024 * 1024

    private(set) var transport: any ByteStream
    private let loop: EventLoop
    private var bytes: [UInt8] = []
    private var isDirty = false
    private var isWritable = true
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var afterFlush: (() -> Void)?

    init(transport: any ByteStream, loop: EventLoop) {
        self.transport = transport
        self.loop = loop
    }

    var count: Int { bytes.count }
    var isOpen: Bool { transport.isOpen }

    /// Adds to the output by a closure; it leaves at the end of the loop's turn.
    func append(_ write: (inout [UInt8]) -> Void) {
        guard transport.isOpen else { return }
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
        guard bytes.count >= Self.highWater, transport.isOpen else { return }
        if isWritable { flush() }
        guard bytes.count >= Self.highWater, transport.isOpen else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    /// Has the connection misbehave in what is written from now on.
    func impose(_ fault: WireFault) {
        guard transport.isOpen else { return }
        flush()
        let stream = transport as? FaultyStream ?? FaultyStream(over: transport, loop: loop, isWritable: isWritable)
        transport = stream
        stream.impose(fault, after: bytes.count)
    }

    /// Ends that again, for what is written from now on.
    func liftFaults() {
        guard let stream = transport as? FaultyStream else { return }
        flush()
        stream.lift(after: bytes.count)
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
                isWritable = transport.write(bytes)
                // A burst's memory is not kept: an idle connection should cost little.
                bytes.removeAll(keepingCapacity: bytes.capacity <= 16 * 1024)
            } else {
                while !bytes.isEmpty, isWritable {
                    let piece = Array(bytes.prefix(Self.slice))
                    bytes.removeFirst(piece.count)
                    isWritable = transport.write(piece)
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
