import Logging
import ServiceLifecycle
import Testing

@testable import Connectivity

@Suite(.timeLimit(.minutes(1)))
struct LifecycleTests {
    @Test func `a service group ends pool, monitor and reconnector gracefully`() async throws {
        let closed = Tally()
        let pool = ConnectionPool(
            service: .litellm, settings: PoolSettings(maximum: 2, minimum: 1),
            factory: ConnectionFactory(connect: { _ in 1 }, close: { _ in _ = closed.add() }))
        let monitor = HealthMonitor([.init(.litellm) {}])
        let reconnector = Reconnector(service: .comfyui) { _ in 1 }
        let group = ServiceGroup(
            services: [pool, monitor, reconnector],
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let running = Task { try await group.run() }
        let lease = try await pool.acquire()
        reconnector.trigger()
        try await reconnector.perform { _ in }

        await group.triggerGracefulShutdown()
        pool.release(lease)

        try await running.value
        #expect(closed.count == 1)
    }
}
