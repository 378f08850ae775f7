import Testing

@testable import SocketServer

@Suite struct TimerHeapTests {
    @Test func `timers fire by deadline, then in the order they were set`() {
        var heap = TimerHeap()
        var fired: [Int] = []
        let start = ContinuousClock.now
        let delays = [5, 3, 9, 3, 1, 7, 3]

        var timers = delays.enumerated().map { index, delay in
            heap.add(at: start + .seconds(delay)) { fired.append(index) }
        }
        heap.remove(timers.remove(at: 3))
        while let timer = heap.popDue(start + .seconds(8)) { timer.fire() }

        #expect(fired == [4, 1, 6, 0, 5])
        #expect(heap.earliest == start + .seconds(9))
    }

    @Test func `whatever is set and removed in between, the earliest fires first`() {
        var heap = TimerHeap()
        var waiting: [(due: Int, order: Int, timer: LoopTimer)] = []
        var fired: [Int] = []
        var expected: [Int] = []
        let start = ContinuousClock.now
        var random = SystemRandomNumberGenerator()
        for order in 0..<3000 {
            let due = Int.random(in: 0..<200, using: &random)
            let timer = heap.add(at: start + .milliseconds(due)) { fired.append(order) }
            waiting.append((due, order, timer))
            switch order % 4 {
            case 1:
                let left = waiting.remove(at: Int.random(in: 0..<waiting.count, using: &random))
                heap.remove(left.timer)
                heap.remove(left.timer)
            case 2:
                let now = Int.random(in: 0..<20, using: &random)
                let due = waiting.filter { $0.due <= now }.sorted { ($0.due, $0.order) < ($1.due, $1.order) }
                expected += due.map(\.order)
                waiting.removeAll { $0.due <= now }
                while let timer = heap.popDue(start + .milliseconds(now)) { timer.fire() }
            default: break
            }
            #expect(heap.count == waiting.count)
        }
        #expect(fired == expected)
        #expect(heap.earliest == waiting.map(\.due).min().map { start + .milliseconds($0) })
    }

    @Test func `removing leaves the others in order`() {
        var heap = TimerHeap()
        var fired: [Int] = []
        let start = ContinuousClock.now
        var numbers = (0..<500).map { ($0 * 7919) % 500 }
        let timers = numbers.map { number in heap.add(at: start + .milliseconds(number)) { fired.append(number) } }

        for index in stride(from: 0, to: 500, by: 3) { heap.remove(timers[index]) }
        while let timer = heap.popDue(start + .seconds(1)) { timer.fire() }

        numbers = numbers.enumerated().filter { $0.offset % 3 != 0 }.map(\.element).sorted()
        #expect(fired == numbers)
    }
}

extension TimerHeap {
    fileprivate mutating func add(at deadline: ContinuousClock.Instant, _ action: @escaping () -> Void) -> LoopTimer {
        let timer = LoopTimer(action)
        add(timer, at: deadline)
        return timer
    }
}

@Suite struct EventLoopTests {
    @Test func `tasks and pinned actors run on the loop's thread`() async throws {
        actor Pinned {
            let loop: EventLoop
            nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
            init(loop: EventLoop) { self.loop = loop }
            func isOnLoop() -> Bool { loop.isCurrent }
        }
        let loop = try EventLoop()

        let inTask = await Task(executorPreference: loop) { loop.isCurrent }.value
        let inActor = await Pinned(loop: loop).isOnLoop()

        #expect(inTask)
        #expect(inActor)
        #expect(!loop.isCurrent)
        await loop.stop()
    }

    @Test func `a cancelled sleeper wakes at once`() async throws {
        let loop = try EventLoop()
        let task = Task(executorPreference: loop) { try await loop.clock.sleep(for: .seconds(3600)) }

        task.cancel()

        await #expect(throws: CancellationError.self) { try await task.value }
        await loop.stop()
    }

    @Test func `the next turn comes when all that was ready has run`() async throws {
        let loop = try EventLoop()
        let order = Shared<[String]>([])

        await Task(executorPreference: loop) {
            let other = Task(executorPreference: loop) {
                for step in 1...3 {
                    // Back in line behind whoever waits.
                    await Task(executorPreference: loop) {}.value
                    order.change { $0.append("step \(step)") }
                }
            }
            await loop.nextTurn()
            order.change { $0.append("turn") }
            await other.value
        }.value

        #expect(order.value == ["step 1", "step 2", "step 3", "turn"])
        await loop.stop()
    }

    @Test func `sleepers wake in the order of their deadlines`() async throws {
        let loop = try EventLoop()
        let order = Shared<[Int]>([])
        let start = ContinuousClock.now

        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in [30, 10, 20, 0] {
                group.addTask(executorPreference: loop) {
                    try await loop.clock.sleep(until: start + .milliseconds(number))
                    order.change { $0.append(number) }
                }
            }
            try await group.waitForAll()
        }

        #expect(order.value == [0, 10, 20, 30])
        #expect(ContinuousClock.now - start >= .milliseconds(30))
        await loop.stop()
    }

    @Test func `whoever becomes due while the thread is busy elsewhere is not left asleep`() async throws {
        let loop = try EventLoop(name: "busy")
        // Something else wakes the thread now and then, so that the test ends whatever happens.
        let rescue = Task {
            while true {
                try await Task.sleep(for: .milliseconds(500))
                loop.onLoop {}
            }
        }
        let task = Task(executorPreference: loop) {
            let start = ContinuousClock.now
            for _ in 0..<20 {
                async let sleep: Void = loop.clock.sleep(for: .milliseconds(1))
                // Lets it fall asleep.
                for _ in 0..<3 { await Task.yield() }
                Self.work(for: .milliseconds(3))
                try await sleep
            }
            return ContinuousClock.now - start
        }

        let taken = try await task.value
        rescue.cancel()
        await loop.stop()

        #expect(taken < .seconds(3))
    }

    /// Keeps its thread busy.
    private static func work(for duration: Duration) {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {}
    }

    @Test func `many loops start and stop at once`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let loop = try EventLoop()
                    let server = Server(on: loop) { _ in .text("x") }
                    try await server.listen()
                    await server.stop()
                    await loop.stop()
                }
            }
            try await group.waitForAll()
        }
    }
}
