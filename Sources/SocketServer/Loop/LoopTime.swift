/// A time for loops other than that of the world, which somebody turns by hand: what fakes and scenarios wait for passes
/// in it. What the network itself takes (timeouts of silent clients, handshakes) stays with the clock of the world.
public protocol LoopTime: AnyObject, Sendable {
    /// It never goes back.
    var now: ContinuousClock.Instant { get }
    /// A loop lives in this time from now on. This and what follows is called on the loop's thread.
    func joined(_ loop: EventLoop)
    /// A loop has ended.
    func left(_ loop: EventLoop)
    /// What a loop waits for has become something else: so many timers, the first of which ends then.
    func timersChanged(of loop: EventLoop, count: Int, earliest: ContinuousClock.Instant?)
}

/// What a loop does in a time that is not the world's.
extension EventLoop {
    /// Fires the timers that are due in the loop's time, and returns when all that follows at once has been done: tasks
    /// have run as far as they can, what had arrived at the sockets has been read, work aside has come back.
    public func catchUp() async {
        await withCheckedContinuation { continuation in
            onLoop { self.catchUp { continuation.resume() } }
        }
    }

    /// Does work on another thread of which ``catchUp()`` knows.
    public func whileAside<Result: Sendable>(_ work: () async -> Result) async -> Result {
        onLoop { self.countAside(1) }
        let result = await work()
        onLoop { self.countAside(-1) }
        return result
    }
}

/// The timers of a loop whose time is turned by hand, and who waits until it has caught up with that.
struct TurnedTimers {
    let time: any LoopTime
    var timers = TimerHeap()
    var waiters: [() -> Void] = []
    /// Pieces of work on other threads.
    var aside = 0
    /// Rounds of the loop in which nothing happened, one after the other.
    private var quietRounds = 0

    /// What was sent to a socket before is there after the first round; the others are for what it leads to.
    private static let enoughRounds = 4

    init(_ time: any LoopTime) {
        self.time = time
    }

    func tell(_ loop: EventLoop) {
        time.timersChanged(of: loop, count: timers.count, earliest: timers.earliest)
    }

    /// Takes note of a round; returns who has waited long enough.
    mutating func roundEnded(wasQuiet: Bool) -> [() -> Void] {
        quietRounds = wasQuiet && aside == 0 ? quietRounds + 1 : 0
        guard quietRounds >= Self.enoughRounds else { return [] }
        quietRounds = 0
        defer { waiters = [] }
        return waiters
    }
}
