/// The acts of one direction of a WebSocket: done in order, a wait holding up those behind it. Lives on the loop's
/// thread; no task waits, only one timer.
final class ActQueue {
    private let loop: EventLoop
    private let perform: (WebSocketAct) -> Void
    private var acts: [WebSocketAct] = []
    private var next = 0
    private var timer: LoopTimer?
    private var isRunning = false
    private var waiters: [CheckedContinuation<Void, Never>] = []
    /// Bytes of the messages that wait.
    private(set) var waitingBytes = 0

    init(loop: EventLoop, perform: @escaping (WebSocketAct) -> Void) {
        self.loop = loop
        self.perform = perform
    }

    var isEmpty: Bool { next == acts.count && timer == nil }

    func append(_ new: [WebSocketAct]) {
        for act in new { waitingBytes += act.size }
        acts.append(contentsOf: new)
        run()
    }

    /// Forgets what has not been done.
    func clear() {
        if let timer = timer.take() { loop.removeTimer(timer) }
        acts = []
        next = 0
        waitingBytes = 0
        resumeWaiters()
    }

    /// Suspends while too much is waiting.
    func waitForRoom() async {
        guard waitingBytes >= Outbox.highWater else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    private func run() {
        guard timer == nil, !isRunning else { return }
        isRunning = true
        defer { isRunning = false }
        while next < acts.count {
            let act = acts[next]
            next += 1
            waitingBytes -= act.size
            if case .wait(let duration) = act {
                guard duration > .zero else { continue }
                return pause(duration)
            }
            perform(act)
        }
        acts = []
        next = 0
        resumeWaiters()
    }

    private func pause(_ duration: Duration) {
        acts.removeFirst(next)
        next = 0
        if waitingBytes < Outbox.highWater { resumeWaiters() }
        timer = loop.addFakeTimer(at: loop.now + duration) { [unowned self] in
            timer = nil
            run()
        }
    }

    private func resumeWaiters() {
        guard !waiters.isEmpty else { return }
        let waiting = waiters
        waiters = []
        for waiter in waiting { waiter.resume() }
    }
}

extension WebSocketAct {
    fileprivate var size: Int {
        switch self {
        case .message(let message): message.size
        case .raw(let bytes), .ping(let bytes), .pong(let bytes): bytes.count
        case .wait, .close, .abort, .halfClose, .mute, .stopReading: 0
        }
    }
}
