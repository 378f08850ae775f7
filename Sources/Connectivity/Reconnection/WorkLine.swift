/// Those who wait for a connection, first come, first served; giving up costs nothing and leaves nothing.
///
/// Pure. Places are numbered in order, so the first is found without a list that would have holes.
struct WorkLine<Waiter> {
    private var waiters: [Int: Waiter] = [:]
    private var first = 0
    private var next = 0

    var count: Int { waiters.count }
    var isEmpty: Bool { waiters.isEmpty }

    /// The place to be filled next: a place is known before its waiter stands there.
    mutating func reserve() -> Int {
        defer { next += 1 }
        return next
    }

    mutating func stand(_ waiter: Waiter, at place: Int) {
        waiters[place] = waiter
        first = min(first, place)
    }

    mutating func leave(_ place: Int) -> Waiter? {
        waiters.removeValue(forKey: place)
    }

    mutating func popFirst() -> Waiter? {
        guard !waiters.isEmpty else {
            first = next
            return nil
        }
        while true {
            defer { first += 1 }
            if let waiter = waiters.removeValue(forKey: first) { return waiter }
        }
    }

    mutating func removeAll() -> [Waiter] {
        defer { waiters = [:] }
        return waiters.sorted { $0.key < $1.key }.map(\.value)
    }
}
