import Testing

@testable import GradioFake

@Suite struct EventQueueTests {
    private func entry(
        _ id: String, function: Int = 0, group: String = "0", limit: Int? = 1, session: String = "s",
        batchSize: Int? = nil
    ) -> EventQueue.Entry {
        .init(
            id: id, function: function, group: .init(id: group, limit: limit), session: session,
            batchSize: batchSize)
    }

    @Test func `who joins an empty queue is the first of one and knows no time`() {
        var queue = EventQueue(maxSize: nil)

        let result1 = queue.join(entry("a"), now: 0)
        #expect(result1 == .init(rank: 0, size: 1, eta: nil))
    }

    @Test func `one worker takes events in the order of their joining`() {
        var queue = EventQueue(maxSize: nil)
        for id in ["a", "b", "c"] { _ = queue.join(entry(id), now: 0) }

        let result2 = queue.start(now: 0)
        #expect(result2?.entries.map(\.id) == ["a"])
        let result3 = queue.start(now: 0)
        #expect(result3 == nil)
        queue.finish("a", succeeded: true, now: 1)
        let result4 = queue.start(now: 1)
        #expect(result4?.entries.map(\.id) == ["b"])
    }

    @Test func `groups do not wait for each other, and no limit means no waiting`() {
        var queue = EventQueue(maxSize: nil)
        _ = queue.join(entry("a", group: "x"), now: 0)
        _ = queue.join(entry("b", group: "x"), now: 0)
        _ = queue.join(entry("c", group: "y"), now: 0)
        _ = queue.join(entry("d", group: "z", limit: nil), now: 0)
        _ = queue.join(entry("e", group: "z", limit: nil), now: 0)

        let started = (0..<5).compactMap { _ in queue.start(now: 0)?.entries.first?.id }

        #expect(started == ["a", "c", "d", "e"])
    }

    @Test func `at most forty jobs run at once`() {
        var queue = EventQueue(maxSize: nil)
        for number in 0..<50 { _ = queue.join(entry("\(number)", limit: nil), now: 0) }

        let started = (0..<50).compactMap { _ in queue.start(now: 0) }

        #expect(started.count == 40)
    }

    @Test func `times follow from the mean of the function, those before and the worker`() {
        var queue = EventQueue(maxSize: nil)
        _ = queue.join(entry("first"), now: 0)
        _ = queue.start(now: 0)
        queue.finish("first", succeeded: true, now: 2)
        _ = queue.join(entry("a"), now: 10)
        let result5 = queue.start(now: 10)
        #expect(result5?.eta == 2)

        let result6 = queue.join(entry("b"), now: 10.5)
        #expect(result6 == .init(rank: 0, size: 1, eta: 3.5))
        let result7 = queue.join(entry("c"), now: 11)
        #expect(result7 == .init(rank: 1, size: 2, eta: 5))
        // Overdue: the worker is expected free at any moment.
        let result8 = queue.join(entry("d"), now: 20)
        #expect(result8.eta == 6)
    }

    @Test func `with several workers those before count by their share`() {
        var queue = EventQueue(maxSize: nil)
        _ = queue.join(entry("first", limit: 2), now: 0)
        _ = queue.start(now: 0)
        queue.finish("first", succeeded: true, now: 4)

        _ = queue.join(entry("a", limit: 2), now: 4)
        let result9 = queue.join(entry("b", limit: 2), now: 4)
        #expect(result9.eta == 6)
    }

    @Test func `a start tells those who still wait in its group where they stand`() {
        var queue = EventQueue(maxSize: nil)
        for id in ["a", "b", "c"] { _ = queue.join(entry(id), now: 0) }
        _ = queue.join(entry("other", group: "1"), now: 0)

        let start = queue.start(now: 0)

        #expect(start?.others.map(\.id) == ["b", "c"])
        #expect(start?.others.map(\.estimate.rank) == [0, 1])
        #expect(start?.others.map(\.estimate.size) == [2, 2])
    }

    @Test func `a failed run and a cancelled one do not enter the mean`() {
        var queue = EventQueue(maxSize: nil)
        _ = queue.join(entry("a"), now: 0)
        _ = queue.start(now: 0)
        queue.finish("a", succeeded: false, now: 9)

        let result10 = queue.join(entry("b"), now: 9)
        #expect(result10.eta == nil)
    }

    @Test func `the limit counts those who wait, of all groups, and not those who run`() {
        var queue = EventQueue(maxSize: 2)
        _ = queue.join(entry("a"), now: 0)
        _ = queue.start(now: 0)
        _ = queue.join(entry("b"), now: 0)
        #expect(!queue.isFull)
        _ = queue.join(entry("c", group: "1"), now: 0)

        #expect(queue.isFull)
        let result11 = queue.withdraw("b")
        #expect(result11)
        let result12 = queue.withdraw("b")
        #expect(!result12)
        #expect(!queue.isFull)
    }

    @Test func `a batch takes those of its function that wait, up to its size`() {
        var queue = EventQueue(maxSize: nil)
        _ = queue.join(entry("a", batchSize: 2), now: 0)
        _ = queue.join(entry("x", function: 1), now: 0)
        _ = queue.join(entry("b", batchSize: 2), now: 0)
        _ = queue.join(entry("c", batchSize: 2), now: 0)

        let result13 = queue.start(now: 0)
        #expect(result13?.entries.map(\.id) == ["a", "b"])
        #expect(queue.waiting.map(\.id) == ["x", "c"])
    }

    @Test func `a session that goes takes its waiting events along`() {
        var queue = EventQueue(maxSize: nil)
        _ = queue.join(entry("a", session: "s"), now: 0)
        _ = queue.join(entry("b", session: "t"), now: 0)
        _ = queue.join(entry("c", session: "s"), now: 0)

        let result14 = queue.withdrawAll(of: "s")
        #expect(result14.map(\.id) == ["a", "c"])
        #expect(queue.waiting.map(\.id) == ["b"])
    }
}
