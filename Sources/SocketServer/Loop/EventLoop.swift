internal import CLws
internal import Glibc
internal import Synchronization

/// One thread that serves sockets and runs Swift tasks: the executor of everything that happens on its servers.
///
/// Handlers are async functions that run here, and so do the actors whose `unownedExecutor` is this loop; going from
/// one to the other is a plain call. The thread sleeps in `epoll_wait` by way of libuv, inside the library that
/// owns the connections; other threads reach it only through ``enqueue(_:)``.
///
/// Give tasks that live here the loop as their preference: `Task(executorPreference: loop) { … }`. One without it stands
/// in line anew at every `await` of something that is bound to the loop, even of a continuation, and others run in between.
///
/// A loop outlives its servers. End it by ``stop()`` when they have stopped.
public final class EventLoop: TaskExecutor, SerialExecutor, @unchecked Sendable {
    // @unchecked because `local`, `timers`, `isFiring`, `fired`, `turned`, `dirty`, `buffers`, `turnWaiters` and `hasLeft` are touched only on the loop's
    // thread, `shared` is a mutex, `isWoken` atomic and the rest does not change after `init`.
    let core: LoopCore
    private var thread = pthread_t()
    private var local = JobQueue()
    private var timers = TimerHeap()
    private var isFiring = false
    /// How many fired together the last time.
    private var fired = 0
    /// Those that go by another time than the world's, if there is one.
    private var turned: TurnedTimers?
    private let time: (any LoopTime)?
    private var dirty: [any Flushable] = []
    /// Room for what is written and leaves in the same turn.
    private var buffers: [[UInt8]] = []
    /// Who waits for the end of the turn.
    private var turnWaiters: [CheckedContinuation<Void, Never>] = []
    /// The core is another loop's from now on, and what is called here comes too late to have an effect.
    private var hasLeft = false
    private let shared = Mutex(Shared())
    /// Something lies in `shared`, and the loop has been told. Each hand-over is also ordered by it: that is what the thread
    /// sanitizer sees, which is blind to a mutex that was waited for.
    private let isWoken = Atomic(false)

    /// What other threads may touch.
    private struct Shared {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var stopping: [CheckedContinuation<Void, Never>] = []
        var isStopping = false
        var hasEnded = false
        var isJoined = false
    }

    /// Starts a thread with an event loop of its own.
    ///
    /// - Parameter time: the time in which fakes wait here; that of the world if nil.
    /// - Throws: ``SocketServerError`` with ``SocketServerError/Code/loopUnavailable``.
    public init(name: String = "loop", time: (any LoopTime)? = nil) throws(SocketServerError) {
        _ = Self.keepsMemory
        self.time = time
        turned = time.map { TurnedTimers($0) }
        core = try LoopCore.take()
        core.onWake = { [unowned self] in takeShared() }
        core.onTimer = { [unowned self] in fireTimers() }
        core.hasWork = { [unowned self] in local.count > 0 || !dirty.isEmpty || !turnWaiters.isEmpty }
        let start = unsafe Unmanaged.passRetained(Start(loop: self, name: name))
        let failure = unsafe pthread_create(
            &thread, nil,
            { argument in
                // Retained in init, released here: the one owner of the pair.
                let start = unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                unsafe pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
                start.loop.run()
                return nil
            }, start.toOpaque())
        if failure != 0 {
            unsafe start.release()
            core.retire()
            throw SocketServerError(.loopUnavailable, "cannot start a thread: error \(failure)")
        }
    }

    /// A round of a busy loop takes some hundred KiB and frees them at its end. The allocator would give them back to
    /// the system each time and fault them in again.
    private static let keepsMemory: Void = {
        mallopt(M_TRIM_THRESHOLD, 2 << 20)
        // Whoever sets the one sets both: the allocator no longer finds them out for itself then.
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
    }()

    private final class Start {
        let loop: EventLoop
        let name: String
        init(loop: EventLoop, name: String) {
            self.loop = loop
            self.name = name
        }
    }

    /// A clock whose sleepers wake on this loop.
    public var clock: LoopClock { LoopClock(loop: self) }

    /// Whether the caller runs on the loop's thread.
    public var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }

    /// Ends the thread and frees everything that belongs to the loop. Its servers must have stopped before.
    public func stop() async {
        await withCheckedContinuation { continuation in
            let hasEnded = shared.withLock { state in
                if !state.hasEnded {
                    state.isStopping = true
                    state.stopping.append(continuation)
                }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() } else { core.wake() }
        }
        let joins = shared.withLock { state in
            defer { state.isJoined = true }
            return !state.isJoined
        }
        // The thread has said goodbye already: this waits for its last instructions only.
        if joins { pthread_join(thread, nil) }
    }

    // MARK: Executor

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent { return local.append(job) }
        let wakes = shared.withLock { state in
            state.jobs.append(job)
            return !isWoken.exchange(true, ordering: .acquiringAndReleasing)
        }
        if wakes { core.wake() }
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    public func checkIsolated() {
        precondition(isCurrent, "expected to run on the event loop's thread")
    }

    /// Returns in the loop's next turn: all that was ready has run by then, what it wrote has left, and sockets have been
    /// looked at.
    ///
    /// `Task.yield` is something else: it goes by way of the threads that all tasks of the process share, and waits there
    /// behind whatever they are busy with.
    public func nextTurn() async {
        await withCheckedContinuation { continuation in
            onLoop { self.turnWaiters.append(continuation) }
        }
    }

    /// Runs a closure on the loop: now if this is its thread, soon otherwise.
    func onLoop(_ call: @escaping @Sendable () -> Void) {
        if isCurrent { return call() }
        let wakes = shared.withLock { state in
            state.calls.append(call)
            return !isWoken.exchange(true, ordering: .acquiringAndReleasing)
        }
        if wakes { core.wake() }
    }

    // MARK: On the thread

    func addTimer(at deadline: ContinuousClock.Instant, _ action: @escaping () -> Void) -> LoopTimer {
        let timer = LoopTimer(action)
        set(timer, at: deadline)
        return timer
    }

    private func set(_ timer: LoopTimer, at deadline: ContinuousClock.Instant) {
        timers.add(timer, at: deadline)
        // While timers fire many are added, and all of them are seen to in the end.
        if !hasLeft, !isFiring { core.setTimer(timers.earliest, together: fired) }
    }

    func removeTimer(_ timer: LoopTimer) {
        guard !hasLeft else { return }
        if timer.isTurned { return removeTurnedTimer(timer) }
        timers.remove(timer)
        if timers.isEmpty { core.setTimer(nil) }
    }

    /// The time in which fakes wait.
    var now: ContinuousClock.Instant { time?.now ?? .now }

    /// As ``addTimer(at:_:)``, in the time in which fakes wait: for what scenarios and fakes ask for.
    func addFakeTimer(at deadline: ContinuousClock.Instant, _ action: @escaping () -> Void) -> LoopTimer {
        let timer = LoopTimer(action)
        setFake(timer, at: deadline)
        return timer
    }

    /// Sets a timer in that time which is not set: a new one, or one that has fired.
    func setFake(_ timer: LoopTimer, at deadline: ContinuousClock.Instant) {
        timer.isTurned = false
        guard var turned = turned.take() else { return set(timer, at: deadline) }
        defer { self.turned = turned }
        // What is due is due: nobody has to turn the time for it.
        guard deadline > turned.time.now else { return set(timer, at: .now) }
        turned.timers.add(timer, at: deadline)
        timer.isTurned = true
        turned.tell(self)
    }

    private func removeTurnedTimer(_ timer: LoopTimer) {
        turned?.timers.remove(timer)
        turned?.tell(self)
    }

    func catchUp(then done: @escaping () -> Void) {
        guard let now = turned?.time.now, !hasLeft else { return done() }
        while let timer = turned?.timers.popDue(now) { timer.fire() }
        turned?.tell(self)
        turned?.waiters.append(done)
    }

    func countAside(_ change: Int) { turned?.aside += change }

    /// Has a connection's output written when the jobs that are ready now have run: many small writes become one.
    func markDirty(_ connection: any Flushable) {
        dirty.append(connection)
    }

    /// An empty array with room in it, for bytes that will soon have left: one that was used just now, so that it lies in the
    /// processor's cache. Thousands of connections with an array of their own would each find theirs cold.
    func takeBuffer() -> [UInt8] { buffers.popLast() ?? [] }

    /// Gives back what ``takeBuffer()`` gave. A burst's memory is not kept.
    func giveBack(_ buffer: consuming [UInt8]) {
        guard buffers.count < 64, buffer.capacity <= 16 * 1024 else { return }
        buffer.removeAll(keepingCapacity: true)
        buffers.append(buffer)
    }

    private func run() {
        turned?.time.joined(self)
        while !shared.withLock({ $0.isStopping }) {
            let hasMore = runJobs()
            let isAwaited = turned?.waiters.isEmpty == false
            core.runOnce(waits: !hasMore && !isAwaited)
            if isAwaited { tellAwaiting(wasQuiet: !hasMore && local.count == 0) }
        }
        takeShared()
        while runJobs() {}
        core.retire()
        hasLeft = true
        // Whoever still waits for a time waits in vain; what the timers hold must not outlive the thread.
        timers = TimerHeap()
        dirty = []
        leaveTime()
        let waiting = shared.withLock { state in
            state.hasEnded = true
            defer { state.stopping = [] }
            return state.stopping
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Runs the jobs that are ready, in rounds, so that sockets are looked at even when jobs never end.
    private func runJobs() -> Bool {
        let serial = unsafe asUnownedSerialExecutor()
        let task = unsafe asUnownedTaskExecutor()
        for _ in 0..<64 {
            let round = local.count
            if round == 0 { break }
            for _ in 0..<round {
                let job = local.removeFirst()
                unsafe job.runSynchronously(isolatedTo: serial, taskExecutor: task)
            }
        }
        flush()
        let waiting = turnWaiters
        turnWaiters.removeAll(keepingCapacity: true)
        for continuation in waiting { continuation.resume() }
        return local.count > 0
    }

    private func tellAwaiting(wasQuiet: Bool) {
        for done in turned?.roundEnded(wasQuiet: wasQuiet) ?? [] { done() }
    }

    private func leaveTime() {
        guard let waiters = turned?.waiters else { return }
        turned?.time.left(self)
        turned = nil
        for done in waiters { done() }
    }

    private func flush() {
        while !dirty.isEmpty {
            let connections = dirty
            dirty.removeAll(keepingCapacity: true)
            for connection in connections { connection.flush() }
        }
    }

    private func takeShared() {
        let (jobs, calls) = shared.withLock { state in
            _ = isWoken.exchange(false, ordering: .acquiringAndReleasing)
            defer {
                state.jobs.removeAll(keepingCapacity: true)
                state.calls.removeAll(keepingCapacity: true)
            }
            return (state.jobs, state.calls)
        }
        for job in jobs { local.append(job) }
        for call in calls { call() }
    }

    private func fireTimers() {
        let now = ContinuousClock.now
        isFiring = true
        fired = 0
        while let timer = timers.popDue(now) {
            timer.fire()
            fired += 1
        }
        isFiring = false
        core.setTimer(timers.earliest, together: fired)
    }
}

/// Something with output that waits to be written.
protocol Flushable: AnyObject {
    func flush()
}

/// The jobs that are ready, first come, first served, in a ring that is reused.
private struct JobQueue {
    private var ring: [UnownedJob?] = Array(repeating: nil, count: 64)
    private var head = 0
    private(set) var count = 0

    mutating func append(_ job: UnownedJob) {
        if count == ring.count {
            let ordered = ring[head...] + ring[..<head]
            ring = Array(ordered) + Array(repeating: nil, count: ring.count)
            head = 0
        }
        ring[(head + count) & (ring.count - 1)] = job
        count += 1
    }

    mutating func removeFirst() -> UnownedJob {
        guard let job = ring[head] else { preconditionFailure("an empty place inside the ring") }
        ring[head] = nil
        head = (head + 1) & (ring.count - 1)
        count -= 1
        return job
    }
}
