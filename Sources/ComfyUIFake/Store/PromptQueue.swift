internal import JSONTree

/// Prompts that wait and the one that runs (`PromptQueue` in upstream's execution.py).
///
/// The waiting ones lie in a binary heap with the steps of Python's `heapq`, because `/queue` shows the heap as
/// it lies: the first is next, the rest is not fully sorted.
struct PromptQueue {
    private(set) var pending: [QueueItem] = []
    private(set) var running: [QueueItem] = []
    /// The number that the next prompt gets which does not bring its own.
    private var counter = 0

    /// Waiting and running ones together.
    var remaining: Int { pending.count + running.count }

    /// The next number; with `front` its negative, so that later ones overtake earlier ones.
    mutating func nextNumber(front: Bool) -> JSONNumber {
        defer { counter += 1 }
        return JSONNumber(front ? -counter : counter)
    }

    mutating func put(_ item: QueueItem) {
        pending.append(item)
        siftDown(from: 0, at: pending.count - 1)
    }

    /// Takes the next one; it counts as running until `finish`.
    mutating func take() -> QueueItem? {
        guard let last = pending.popLast() else { return nil }
        var item = last
        if !pending.isEmpty {
            swap(&item, &pending[0])
            siftUp(at: 0)
        }
        running.append(item)
        return item
    }

    mutating func finish(_ id: String) { running.removeAll { $0.id == id } }

    mutating func clear() { pending = [] }

    /// What became of a deletion: how often clients are told of the queue's new length.
    ///
    /// Taking out the last waiting prompt is told twice: upstream empties the whole queue then, which tells by itself.
    mutating func delete(_ id: String) -> Int {
        guard let place = pending.firstIndex(where: { $0.id == id }) else { return 0 }
        if pending.count == 1 {
            clear()
            return 2
        }
        pending.remove(at: place)
        for index in (0..<(pending.count / 2)).reversed() { siftUp(at: index) }
        return 1
    }

    // MARK: heapq, in its own words: "down" is towards the root

    private mutating func siftDown(from start: Int, at place: Int) {
        var place = place
        let item = pending[place]
        while place > start {
            let parent = (place - 1) >> 1
            guard item.precedes(pending[parent]) else { break }
            pending[place] = pending[parent]
            place = parent
        }
        pending[place] = item
    }

    private mutating func siftUp(at start: Int) {
        var place = start
        let item = pending[place]
        var child = 2 * place + 1
        while child < pending.count {
            let right = child + 1
            if right < pending.count, !pending[child].precedes(pending[right]) { child = right }
            pending[place] = pending[child]
            place = child
            child = 2 * place + 1
        }
        pending[place] = item
        siftDown(from: start, at: place)
    }
}
