/// What a client sends, held back until the faults of its direction let it through.
///
/// Lives on the loop's thread, in a ``FaultyStream``, from the first fault of that direction on.
final class HeldInput {
    private let loop: EventLoop
    private let deliver: ([UInt8]) -> Void
    private let end: (WireEnding) -> Void
    private var pacing = Pacing()
    private var cut: (left: Int, ending: WireEnding)?
    private var closeDelay = Duration.zero
    private var held: [(bytes: ArraySlice<UInt8>, ready: ContinuousClock.Instant)] = []
    private(set) var count = 0
    private var timer: LoopTimer?
    private var closing: (() -> Void)?
    private var isPumping = false
    /// Whether whoever is above takes anything now.
    var isWanted = true { didSet { if isWanted, !oldValue { pump() } } }

    /// So much is taken from a client that is ahead.
    private static let highWater = 64 * 1024

    /// - Parameters:
    ///   - deliver: takes what has been let through.
    ///   - end: called when the connection is to end for what has come.
    init(loop: EventLoop, deliver: @escaping ([UInt8]) -> Void, end: @escaping (WireEnding) -> Void) {
        self.loop = loop
        self.deliver = deliver
        self.end = end
    }

    var isFull: Bool { count >= Self.highWater }

    func impose(_ fault: WireFault) {
        switch fault {
        case .throttle(let bytesPerSecond): pacing.bytesPerSecond = bytesPerSecond
        case .slice(let bytes, let size, let gap): pacing.slice = (size ?? { bytes }, gap)
        case .latency(let latency): pacing.latency = latency
        case .cut(let bytes, let ending): cut = (max(0, bytes), ending)
        case .closeDelay(let duration): closeDelay = duration
        case .expiry, .stopReading, .upstream: break
        }
        pump()
    }

    func take(_ bytes: [UInt8]) {
        held.append((bytes[...], pacing.ready(at: loop.now)))
        count += bytes.count
        pump()
    }

    /// The client has gone: `done` is called when what it sent before has been let through.
    func close(_ done: @escaping () -> Void) {
        closing = done
        pump()
    }

    /// Nothing more of it matters.
    func stop() {
        if let timer = timer.take() { loop.removeTimer(timer) }
        held = []
        count = 0
        closing.take()?()
    }

    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        while isWanted, let first = held.first {
            let now = loop.now
            let due = pacing.due(first.ready)
            if due > now { return wait(until: due) }
            // The end comes with the byte that is too many, as nobody knows of it before.
            if let cut, cut.left == 0 {
                if cut.ending == .hang {
                    drop(first.bytes.count)
                    continue
                }
                return end(cut.ending)
            }
            let size = min(pacing.size(of: first.bytes.count), cut?.left ?? .max)
            let bytes = Array(first.bytes.prefix(size))
            drop(size)
            cut?.left -= size
            pacing.sent(size, at: now)
            deliver(bytes)
        }
        guard held.isEmpty, closing != nil else { return }
        guard closeDelay > .zero else { return stop() }
        let delay = closeDelay
        closeDelay = .zero
        wait(until: loop.now + delay)
    }

    private func drop(_ size: Int) {
        count -= size
        held[0].bytes.removeFirst(size)
        if held[0].bytes.isEmpty { held.removeFirst() }
    }

    private func wait(until due: ContinuousClock.Instant) {
        guard timer == nil else { return }
        timer = loop.addFakeTimer(at: due) { [unowned self] in
            timer = nil
            pump()
        }
    }
}
