/// One thing to be done at one time, on the loop: a closure, or what a subclass does.
class LoopTimer {
    fileprivate(set) var deadline = ContinuousClock.Instant.now
    /// Where the heap keeps it; negative once it has fired or been removed.
    fileprivate var slot = -1
    /// It goes by the time in which fakes wait, where that is not the world's.
    var isTurned = false
    /// Nil once it has fired or been removed.
    fileprivate var action: (() -> Void)?

    init(_ action: (() -> Void)? = nil) {
        self.action = action
    }

    /// Its time has come, and no heap holds it any more.
    func fire() { action.take()?() }
}

/// The timers of one loop, earliest first; equal deadlines fire in the order they were set.
///
/// A heap with four children to a node. Each timer can be found in it, so that one which is no longer needed (most are: a
/// client leaves, an answer comes) goes away at once instead of waiting for its hour. What is sorted are plain numbers: a
/// hundred thousand tokens a second are a hundred thousand timers, and moving references would cost more than all else
/// that is done for one.
struct TimerHeap {
    private struct Node {
        /// Attoseconds since the heap was made.
        let deadline: Int128
        let order: UInt64
        let slot: Int

        func isBefore(_ other: Node) -> Bool {
            deadline == other.deadline ? order < other.order : deadline < other.deadline
        }
    }

    private let origin = ContinuousClock.now
    private var nodes: [Node] = []
    /// By slot: the timer, and where its node is.
    private var timers: [LoopTimer?] = []
    private var places: [Int] = []
    private var freeSlots: [Int] = []
    private var added: UInt64 = 0

    var count: Int { nodes.count }
    var earliest: ContinuousClock.Instant? { nodes.first.flatMap { timers[$0.slot]?.deadline } }
    var isEmpty: Bool { nodes.isEmpty }

    /// Adds a timer that is in no heap.
    mutating func add(_ timer: LoopTimer, at deadline: ContinuousClock.Instant) {
        added += 1
        timer.deadline = deadline
        if let slot = freeSlots.popLast() {
            timer.slot = slot
            timers[slot] = timer
        } else {
            timer.slot = timers.count
            timers.append(timer)
            places.append(0)
        }
        let node = Node(deadline: sinceOrigin(deadline), order: added, slot: timer.slot)
        nodes.append(node)
        rise(node, from: nodes.count - 1)
    }

    mutating func remove(_ timer: LoopTimer) {
        guard timer.slot >= 0 else { return }
        take(timer)
        timer.action = nil
    }

    private mutating func take(_ timer: LoopTimer) {
        let slot = timer.slot
        timer.slot = -1
        timers[slot] = nil
        freeSlots.append(slot)
        let last = nodes.removeLast()
        guard last.slot != slot else { return }
        let place = places[slot]
        if place > 0, last.isBefore(nodes[(place - 1) / 4]) { rise(last, from: place) } else { sink(last, from: place) }
    }

    /// Takes the earliest timer out if it is due.
    mutating func popDue(_ now: ContinuousClock.Instant) -> LoopTimer? {
        guard let first = nodes.first, first.deadline <= sinceOrigin(now), let timer = timers[first.slot] else { return nil }
        take(timer)
        return timer
    }

    private func sinceOrigin(_ instant: ContinuousClock.Instant) -> Int128 { origin.duration(to: instant).attoseconds }

    private mutating func put(_ node: Node, at place: Int) {
        nodes[place] = node
        places[node.slot] = place
    }

    /// Puts a node where it belongs between the root and a free place.
    private mutating func rise(_ node: Node, from start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 4
            guard node.isBefore(nodes[parent]) else { break }
            put(nodes[parent], at: place)
            place = parent
        }
        put(node, at: place)
    }

    /// Puts a node where it belongs below a free place.
    private mutating func sink(_ node: Node, from start: Int) {
        var place = start
        while true {
            let children = 4 * place + 1
            guard children < nodes.count else { break }
            var least = children
            for child in children + 1..<max(children + 1, min(children + 4, nodes.count))
            where nodes[child].isBefore(nodes[least]) {
                least = child
            }
            guard nodes[least].isBefore(node) else { break }
            put(nodes[least], at: place)
            place = least
        }
        put(node, at: place)
    }
}
