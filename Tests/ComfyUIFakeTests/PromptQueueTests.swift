import JSONTree
import SocketServer
import Testing

@testable import ComfyUIFake

@Suite struct PromptQueueTests {
    private func item(_ number: Double, _ id: String = "") -> QueueItem {
        let number = number == number.rounded() ? JSONNumber(Int(number)) : JSONNumber(number)
        return QueueItem(
            number: number, id: id.isEmpty ? number.spelling : id, prompt: [:], extraData: [:], outputs: [])
    }

    private func drained(_ queue: PromptQueue) -> [String] {
        var queue = queue
        var ids: [String] = []
        while let next = queue.take() { ids.append(next.id) }
        return ids
    }

    @Test func `lower numbers run first, ties by id`() {
        var queue = PromptQueue()
        for number in [3, 1, 2.5, -4, 10] { queue.put(item(number)) }
        queue.put(item(1, "0"))

        #expect(drained(queue) == ["-4", "0", "1", "2.5", "3", "10"])
    }

    @Test func `later ones at the front overtake earlier ones`() {
        var queue = PromptQueue()
        let numbers = [false, false, true, true].map { queue.nextNumber(front: $0).spelling }

        #expect(numbers == ["0", "1", "-2", "-3"])
        for number in numbers { queue.put(item(Double(number)!)) }
        #expect(drained(queue) == ["-3", "-2", "0", "1"])
    }

    @Test func `the first of all at the front is number zero`() {
        var queue = PromptQueue()

        let number = queue.nextNumber(front: true)

        #expect(number.spelling == "0")
    }

    @Test func `pending ones lie as in Python's heap`() {
        var queue = PromptQueue()
        for number in [5, 3, 8, 1, 9, 2] { queue.put(item(Double(number))) }

        // heapq.heappush of the same numbers, one by one.
        #expect(queue.pending.map(\.id) == ["1", "3", "2", "5", "9", "8"])
        _ = queue.take()
        #expect(queue.pending.map(\.id) == ["2", "3", "8", "5", "9"])
    }

    @Test func `a running one counts, and deleting the last waiting one is told twice`() {
        var queue = PromptQueue()
        for number in [0, 1, 2] { queue.put(item(Double(number))) }
        _ = queue.take()

        var told: [Int] = []
        for id in ["0", "nope", "2", "1"] { told.append(queue.delete(id)) }
        let left = queue.remaining
        queue.finish("0")

        #expect(told == [0, 0, 1, 2])
        #expect(left == 1)
        #expect(queue.remaining == 0)
    }
}
