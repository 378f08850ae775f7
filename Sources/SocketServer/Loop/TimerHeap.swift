/// One thing to be done at one time, on the loop.
final class LoopTimer {
    let deadline: ContinuousClock.Instant
    fileprivate let order: UInt64
    fileprivate var place = -1
    /// It goes by the time in which fakes wait, where that is not the world's.
    var isTurned = false
    var action: (() -> Void)?

    fileprivate init(deadline: ContinuousClock.Instant, order: UInt64, action: @escaping () -> Void) {
        self.deadline = deadline
        self.order = order
        self.action = action
    }
}

/// The timers of one loop, earliest first; equal deadlines fire in the order they were set.
///
/// A binary heap in which each timer knows its place, so that one which is no longer needed (most are: a client
/// leaves, an answer comes) goes away at once instead of waiting for its hour.
struct TimerHeap {
    private var timers: [LoopTimer] = []
    private var added: UInt64 = 0

    var count: Int { timers.count }
    var earliest: ContinuousClock.Instant? { timers.first?.deadline }
    var isEmpty: Bool { timers.isEmpty }

    mutating func add(_ deadline: ContinuousClock.Instant, _ action: @escaping () -> Void) -> LoopTimer {
        added += 1
        let timer = LoopTimer(deadline: deadline, order: added, action: action)
        timer.place = timers.count
        timers.append(timer)
        rise(timer.place)
        return timer
    }

    mutating func remove(_ timer: LoopTimer) {
        let place = timer.place
        guard place >= 0 else { return }
        timer.place = -1
        timer.action = nil
        let last = timers.removeLast()
        guard last !== timer else { return }
        put(last, at: place)
        rise(place)
        sink(last.place)
    }

    /// The action of the earliest timer if it is due.
    mutating func popDue(_ now: ContinuousClock.Instant) -> (() -> Void)? {
        guard let first = timers.first, first.deadline <= now else { return nil }
        let action = first.action
        remove(first)
        return action
    }

    private func isBefore(_ left: LoopTimer, _ right: LoopTimer) -> Bool {
        left.deadline == right.deadline ? left.order < right.order : left.deadline < right.deadline
    }

    private mutating func put(_ timer: LoopTimer, at place: Int) {
        timers[place] = timer
        timer.place = place
    }

    private mutating func rise(_ start: Int) {
        var place = start
        let timer = timers[place]
        while place > 0 {
            let parent = (place - 1) / 2
            guard isBefore(timer, timers[parent]) else { break }
            put(timers[parent], at: place)
            place = parent
        }
        put(timer, at: place)
    }

    private mutating func sink(_ start: Int) {
        var place = start
        let timer = timers[place]
        while true {
            var child = 2 * place + 1
            guard child < timers.count else { break }
            if child + 1 < timers.count, isBefore(timers[child + 1], timers[child]) { child += 1 }
            guard isBefore(timers[child], timer) else { break }
            put(timers[child], at: place)
            place = child
        }
        put(timer, at: place)
    }
}
