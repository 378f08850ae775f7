import Testing

@testable import Connectivity

struct HealthMachineTests {
    private struct Down: Error {}
    private let now = ContinuousClock.now

    private func statuses(_ outcomes: [HealthCheck.Outcome]) -> [HealthStatus] {
        var machine = HealthMachine(settings: HealthSettings())
        return outcomes.map { outcome in
            machine.note(outcome, at: now)
            return machine.status
        }
    }

    @Test func `status transitions: healthy, degraded twice, unhealthy with the third, healthy with one success`() {
        let alive = HealthCheck.Outcome.alive(latency: .milliseconds(5))

        #expect(HealthMachine(settings: HealthSettings()).status == .unknown)
        #expect(
            statuses([alive, .failed(Down()), .failed(Down()), .failed(Down()), alive])
                == [.healthy, .degraded, .degraded, .unhealthy, .healthy])
    }

    @Test func `status transitions: who answers slowly is degraded`() {
        #expect(
            statuses([.alive(latency: .milliseconds(999)), .alive(latency: .seconds(1)), .failed(Down())])
                == [.healthy, .degraded, .degraded])
    }

    @Test func `status transitions: a success between failures begins the count anew`() {
        let alive = HealthCheck.Outcome.alive(latency: .zero)

        #expect(
            statuses([.failed(Down()), .failed(Down()), alive, .failed(Down()), .failed(Down())]).last == .degraded)
    }

    @Test func `the history is bounded, the latest last`() {
        var machine = HealthMachine(settings: HealthSettings(history: 3))
        for second in 0..<10 { machine.note(.failed(Down()), at: now + .seconds(second)) }

        #expect(machine.history.map { $0.time - now } == [.seconds(7), .seconds(8), .seconds(9)])
    }

    @Test(
        arguments: [
            ([], HealthStatus.unknown),
            ([(.healthy, true), (.healthy, false)], .healthy),
            ([(.unhealthy, true), (.healthy, false)], .unhealthy),
            ([(.healthy, true), (.unhealthy, false)], .degraded),
            ([(.degraded, true), (.unknown, false)], .degraded),
            ([(.healthy, true), (.unknown, false)], .unknown),
        ] as [([(HealthStatus, Bool)], HealthStatus)])
    func `aggregate: critical services decide, any may degrade`(services: [(HealthStatus, Bool)], whole: HealthStatus) {
        #expect(HealthStatus.aggregate(services.map { (status: $0.0, isCritical: $0.1) }) == whole)
    }
}

@Suite(.timeLimit(.minutes(1)))
struct HealthMonitorTests {
    private struct Down: Error {}

    private func withMonitor(
        _ subjects: [HealthMonitor.Subject], time: any Timekeeper,
        _ body: @Sendable (HealthMonitor, AsyncStream<HealthChange>) async throws -> Void
    ) async throws {
        let monitor = HealthMonitor(subjects, time: time)
        let changes = monitor.changes()
        try await withThrowingTaskGroup { group in
            group.addTask { await monitor.run() }
            defer { group.cancelAll() }
            try await body(monitor, changes)
        }
    }

    @Test func `health check execution: every service is asked at once, and again after its interval`() async throws {
        let time = ManualTime()
        let comfyui = Tally()
        let litellm = Tally()
        try await withMonitor(
            [.init(.comfyui) { _ = comfyui.add() }, .init(.litellm) { _ = litellm.add() }], time: time
        ) { monitor, changes in
            let seen = await changes.collect { $0.aggregate == .healthy }
            #expect(Set(seen.map(\.service)) == [.comfyui, .litellm])
            #expect(seen.allSatisfy { $0.from == .unknown && $0.to == .healthy })
            #expect(comfyui.count == 1 && litellm.count == 1)

            // Each sleeps by itself: one that falls asleep later than the hands are turned would sleep on.
            await time.pass(.seconds(30), sleepers: 2)

            while comfyui.count < 2 || litellm.count < 2 { await Task.yield() }
            #expect(monitor.aggregate == .healthy)
            #expect(monitor.status(of: "stranger") == .unknown)
        }
    }

    @Test func `a change is seen with the next check`() async throws {
        let time = ManualTime()
        let checks = Tally()
        let subject = HealthMonitor.Subject(Service.comfyui) { if checks.add() > 1 { throw Down() } }
        try await withMonitor([subject], time: time) { monitor, changes in
            var iterator = changes.makeAsyncIterator()
            var seen = [await iterator.next()]
            for wait in 0..<3 {
                await time.pass(.seconds(30))
                if wait != 1 {
                    seen.append(await iterator.next())
                } else {
                    while checks.count < 3 { await Task.yield() }
                }
            }

            #expect(seen.map { $0?.to } == [.healthy, .degraded, .unhealthy])
            #expect(seen.last??.aggregate == .unhealthy)
            #expect(monitor.history(of: .comfyui).map(\.status) == [.healthy, .degraded, .degraded, .unhealthy])
        }
    }

    @Test func `a check that hangs has failed in time, and is asked to end`() async throws {
        let time = ManualTime()
        let subject = HealthMonitor.Subject(.rvc) { try await Task.sleep(for: .seconds(3600)) }  // until cancelled
        try await withMonitor([subject], time: time) { monitor, changes in
            await time.pass(.seconds(5))

            let seen = await changes.collect { _ in true }

            #expect(seen.first?.to == .degraded)
            var failure: (any Error)?
            if case .failed(let error)? = monitor.history(of: .rvc).last?.outcome { failure = error }
            #expect((failure as? ConnectivityError)?.code == .timeout)
        }
    }

    @Test func `checks never overlap, however often one is asked for`() async throws {
        let running = Tally()
        let ended = Tally()
        let gate = Gate()
        let subject = HealthMonitor.Subject(.litellm) {
            #expect(running.add() == ended.count + 1)
            await gate.pass()
            ended.add()
        }
        try await withMonitor([subject], time: ManualTime()) { monitor, changes in
            while running.count == 0 { await Task.yield() }
            for _ in 0..<100 { monitor.checkNow(.litellm) }
            gate.open()

            while ended.count < 2 { await Task.yield() }

            #expect(running.count == 2)
            monitor.checkNow("stranger")
        }
    }

    @Test func `when it ends, the changes do`() async throws {
        let monitor = HealthMonitor([.init(.litellm) { try await Task.sleep(for: .seconds(3600)) }])
        let changes = monitor.changes()
        let running = Task { await monitor.run() }

        running.cancel()
        await running.value

        let seen = await changes.collect { _ in false }
        #expect(seen.isEmpty)
        let late = await monitor.changes().collect { _ in false }
        #expect(late.isEmpty)
        #expect(monitor.status(of: .litellm) == .unknown)
    }
}
