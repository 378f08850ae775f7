import Testing

@testable import Connectivity

struct ReconnectionPolicyTests {
    private func waits(_ policy: ReconnectionPolicy, _ attempts: ClosedRange<Int>, seed: UInt64 = 7) -> [Duration?] {
        var random = SeededGenerator(seed: seed)
        return attempts.map { policy.delay(before: $0, using: &random) }
    }

    @Test func `backoff: 1 s doubling to 60 s, ten attempts`() {
        var policy = ReconnectionPolicy.story
        policy.jitter = .added(0)

        #expect(
            waits(policy, 0...11) == [nil, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, nil].map { $0.map { .seconds($0) } })
    }

    @Test func `backoff jitter: up to a tenth is added, never taken away`() {
        var random = SeededGenerator(seed: 1)
        let waits = (0..<1000).map { _ in ReconnectionPolicy.story.delay(before: 10, using: &random)! }

        #expect(waits.allSatisfy { $0 >= .seconds(60) && $0 <= .seconds(66) })
        #expect(waits.contains { $0 > .seconds(65) } && waits.contains { $0 < .seconds(61) })
    }

    @Test func `the same seed waits the same`() {
        #expect(waits(.story, 1...10, seed: 3) == waits(.story, 1...10, seed: 3))
        #expect(waits(.story, 1...10, seed: 3) != waits(.story, 1...10, seed: 4))
    }

    @Test func `presets: as gRPC has it, for ever and around`() {
        var random = SeededGenerator(seed: 1)
        let late = (0..<1000).map { _ in ReconnectionPolicy.grpc.delay(before: 1_000_000, using: &random)! }

        #expect(late.allSatisfy { $0 >= .seconds(96) && $0 <= .seconds(144) })
        #expect(late.contains { $0 < .seconds(120) } && late.contains { $0 > .seconds(120) })
        #expect(ReconnectionPolicy.presets["aggressive"] == .aggressive)
        #expect(ReconnectionPolicy.presets["story"] == .story)
    }
}

@Suite(.timeLimit(.minutes(1)))
struct ReconnectorTests {
    private struct Down: Error {}

    /// A reconnector that runs while `body` does.
    private func withReconnector(
        _ policy: ReconnectionPolicy = ReconnectionPolicy(jitter: .added(0)), circuit: Circuit? = nil,
        queueLimit: Int = 1000, time: ManualTime = ManualTime(),
        connect: @escaping @Sendable (Reconnector<Int>.Link) async throws -> Int,
        _ body: (Reconnector<Int>, ManualTime) async throws -> Void
    ) async throws {
        let reconnector = Reconnector(
            service: .comfyui, policy: policy, circuit: circuit, queueLimit: queueLimit, time: time, connect: connect)
        try await withThrowingTaskGroup { group in
            group.addTask { await reconnector.run() }
            defer { group.cancelAll() }
            try await body(reconnector, time)
        }
    }

    @Test func `a trigger connects at once, and work is done`() async throws {
        try await withReconnector(connect: { $0.attempt }) { reconnector, _ in
            reconnector.trigger()

            let answer = try await reconnector.perform { $0 + 41 }

            #expect(answer == 42)
            #expect(reconnector.currentState == .connected)
        }
    }

    @Test func `reconnection: waits grow until it succeeds, and the states tell`() async throws {
        let connect: @Sendable (Reconnector<Int>.Link) async throws -> Int = { link in
            guard link.attempt == 3 else { throw Down() }
            return 1
        }
        try await withReconnector(connect: connect) { reconnector, time in
            let states = reconnector.states()
            reconnector.trigger()
            for wait in [2, 4] {
                await time.pass(.seconds(wait))
            }

            let seen = await states.collect { $0 == .connected }

            #expect(seen.map(\.description)[1...3] == (1...3).map { "reconnecting (attempt \($0))" }[...])
            #expect(
                seen == [
                    .disconnected, .reconnecting(attempt: 1), .reconnecting(attempt: 2), .reconnecting(attempt: 3),
                    .connected,
                ])
        }
    }

    @Test func `a flood of triggers makes one attempt`() async throws {
        let attempts = Tally()
        let gate = Gate()
        let connect: @Sendable (Reconnector<Int>.Link) async throws -> Int = { _ in
            attempts.add()
            await gate.pass()
            return 1
        }
        try await withReconnector(connect: connect) { reconnector, _ in
            await withTaskGroup { group in
                for _ in 0..<100 { group.addTask { reconnector.trigger() } }
            }
            _ = await reconnector.states().collect { $0 == .reconnecting(attempt: 1) }
            for _ in 0..<100 { reconnector.trigger() }
            gate.open()
            try await reconnector.perform { _ in }
            for _ in 0..<100 { reconnector.trigger() }

            try await reconnector.perform { _ in }

            #expect(attempts.count == 1)
        }
    }

    @Test func `a manual trigger cuts the wait short`() async throws {
        let connect: @Sendable (Reconnector<Int>.Link) async throws -> Int = { link in
            guard link.attempt == 2 else { throw Down() }
            return 1
        }
        try await withReconnector(connect: connect) { reconnector, time in
            reconnector.trigger()
            await time.untilAsleep(for: .seconds(2))

            reconnector.trigger()

            try await reconnector.perform { _ in }
        }
    }

    @Test func `after all attempts it has failed, work learns why, and a trigger begins anew`() async throws {
        let attempts = Tally()
        let connect: @Sendable (Reconnector<Int>.Link) async throws -> Int = { _ in
            guard attempts.add() > 2 else { throw Down() }
            return 1
        }
        let policy = ReconnectionPolicy(jitter: .added(0), attempts: 2)
        try await withReconnector(policy, connect: connect) { reconnector, time in
            let queued = Task { try await reconnector.perform { _ in } }
            reconnector.trigger()
            await time.pass(.seconds(2))

            let failure = await #expect(throws: ConnectivityError.self) { try await queued.value }
            #expect(failure?.code == .attemptsExhausted)
            #expect(reconnector.currentState == .failed)
            await #expect(throws: ConnectivityError.self) { try await reconnector.perform { _ in } }

            reconnector.trigger()
            _ = await reconnector.states().collect { $0 == .connected }
            try await reconnector.perform { _ in }
        }
    }

    @Test func `what no retry helps is not tried again`() async throws {
        let wrongKey = ConnectivityError(code: .unauthorized, service: "comfyui", endpoint: "", message: "no key")
        try await withReconnector(connect: { _ in throw wrongKey }) { reconnector, _ in
            reconnector.trigger()

            _ = await reconnector.states().collect { $0 == .failed }

            let failure = await #expect(throws: ConnectivityError.self) { try await reconnector.perform { _ in } }
            #expect(failure?.code == .unauthorized)
        }
    }

    @Test func `an attempt that hangs has failed after its time`() async throws {
        let connect: @Sendable (Reconnector<Int>.Link) async throws -> Int = { link in
            if link.attempt == 1 { try await Task.sleep(for: .seconds(3600)) }  // ended by cancellation
            return 1
        }
        try await withReconnector(connect: connect) { reconnector, time in
            reconnector.trigger()
            await time.pass(.seconds(20))
            _ = await reconnector.states().collect { $0 == .reconnecting(attempt: 2) }
            await time.pass(.seconds(2))

            try await reconnector.perform { _ in }
        }
    }

    @Test func `the count is reset once the peer has answered, not before`() async throws {
        let links = Record<Reconnector<Int>.Link>()
        let connect: @Sendable (Reconnector<Int>.Link) async throws -> Int = { link in
            links.add(link)
            return link.attempt
        }
        try await withReconnector(connect: connect) { reconnector, time in
            reconnector.trigger()
            try await reconnector.perform { _ in }
            links.all[0].lost()
            await time.pass(.seconds(2))

            let second = try await reconnector.perform { $0 }
            #expect(second == 2)
            links.all[1].confirm()
            links.all[0].lost()  // an old link speaks for nobody
            #expect(reconnector.currentState == .connected)
            links.all[1].lost()
            await time.pass(.seconds(1))

            let third = try await reconnector.perform { $0 }
            #expect(third == 1)
        }
    }

    @Test func `a connection that is lost before it is known is made again`() async throws {
        let connect: @Sendable (Reconnector<Int>.Link) async throws -> Int = { link in
            if link.attempt == 1 { link.lost() }
            return link.attempt
        }
        try await withReconnector(connect: connect) { reconnector, time in
            reconnector.trigger()
            await time.pass(.seconds(2))

            let connection = try await reconnector.perform { $0 }
            #expect(connection == 2)
        }
    }

    @Test func `a connection that has spoken and is lost at once is told of, and the count begins again`() async throws
    {
        let attempts = Record<Int>()
        let connect: @Sendable (Reconnector<Int>.Link) async throws -> Int = { link in
            attempts.add(link.attempt)
            if attempts.all.count < 3 {
                link.confirm()
                link.lost()
            }
            return link.attempt
        }
        try await withReconnector(connect: connect) { reconnector, time in
            let states = reconnector.states()
            reconnector.trigger()
            for _ in 0..<2 { await time.pass(.seconds(1)) }
            try await reconnector.perform { _ in }
            let connected = Tally()
            let seen = await states.collect { $0 == .connected && connected.add() == 3 }

            #expect(attempts.all == [1, 1, 1])
            let round: [ReconnectionState] = [.disconnected, .reconnecting(attempt: 1), .connected]
            #expect(seen == round + round + round)
        }
    }

    @Test func `message queue during disconnect: FIFO resume, nothing lost, nothing twice`() async throws {
        let done = Record<Int>()
        try await withReconnector(connect: { _ in 1 }) { reconnector, _ in
            await withThrowingTaskGroup { group in
                for number in 0..<100 {
                    group.addTask { try await reconnector.perform { _ in done.add(number) } }
                    while reconnector.waiting <= number { await Task.yield() }
                }
                reconnector.trigger()
            }

            #expect(done.all == Array(0..<100))
            #expect(reconnector.waiting == 0)
        }
    }

    @Test func `a queue that is full says so, and who gives up leaves no trace`() async throws {
        try await withReconnector(queueLimit: 1, connect: { _ in 1 }) { reconnector, _ in
            let waiter = Task { try await reconnector.perform { _ in } }
            while reconnector.waiting == 0 { await Task.yield() }

            let refusal = await #expect(throws: ConnectivityError.self) { try await reconnector.perform { _ in } }
            #expect(refusal?.code == .queueFull)

            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
            #expect(reconnector.waiting == 0)
        }
    }

    @Test func `message queue during disconnect: a thousand wait, one more is refused`() async throws {
        let done = Record<Int>()
        try await withReconnector(connect: { _ in 1 }) { reconnector, _ in
            try await withThrowingTaskGroup { group in
                for number in 0..<1000 {
                    group.addTask { try await reconnector.perform { _ in done.add(number) } }
                    while reconnector.waiting <= number { await Task.yield() }
                }
                let refusal = await failure { try await reconnector.perform { _ in } }
                #expect(refusal?.code == .queueFull)
                #expect(refusal?.message.contains("1000") == true)
                reconnector.trigger()
                try await group.waitForAll()
            }

            #expect(done.all == Array(0..<1000))
        }
    }

    @Test func `an open circuit suspends the reconnection, which is its trial`() async throws {
        let time = ManualTime()
        let circuit = Circuit(service: .comfyui, breaker: CircuitBreaker(threshold: 1), time: time)
        _ = try? await circuit.call { throw Down() }
        let connect: @Sendable (Reconnector<Int>.Link) async throws -> Int = { link in
            #expect(circuit.state == .halfOpen)
            link.confirm()
            return 1
        }
        try await withReconnector(circuit: circuit, time: time, connect: connect) { reconnector, time in
            reconnector.trigger()
            await time.untilAsleep(for: .seconds(300))
            #expect(reconnector.currentState == .suspended(until: time.now + .seconds(300)))

            time.advance(by: .seconds(300))
            await time.pass(.seconds(1))

            try await reconnector.perform { _ in }
            #expect(circuit.state == .closed(failures: 0))
        }
    }

    @Test func `a reconnection is one failure for the circuit, however many attempts it made`() async throws {
        let time = ManualTime()
        let circuit = Circuit(service: .comfyui, time: time)
        let policy = ReconnectionPolicy(jitter: .added(0), attempts: 2)
        try await withReconnector(policy, circuit: circuit, time: time, connect: { _ in throw Down() }) {
            reconnector, time in
            reconnector.trigger()
            await time.pass(.seconds(2))

            _ = await reconnector.states().collect { $0 == .failed }

            #expect(circuit.state == .closed(failures: 1))
        }
    }

    @Test func `when it ends, waiting work fails as closed`() async throws {
        let reconnector = Reconnector<Int>(service: .comfyui, time: ManualTime()) { _ in 1 }
        let running = Task { await reconnector.run() }
        let waiter = Task { try await reconnector.perform { _ in } }
        while reconnector.waiting == 0 { await Task.yield() }

        running.cancel()

        let failure = await #expect(throws: ConnectivityError.self) { try await waiter.value }
        #expect(failure?.code == .closed)
        await running.value
        await #expect(throws: ConnectivityError.self) { try await reconnector.perform { _ in } }
        let last = await reconnector.states().collect { _ in false }
        #expect(last == [.disconnected])
    }
}
