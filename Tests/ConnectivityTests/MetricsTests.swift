import Foundation
import Logging
import Metrics
import MetricsTestKit
import Synchronization
import Testing

@testable import Connectivity

/// What operators see: metrics by documented names, and lines that say what happened.
@Suite(.timeLimit(.minutes(1))) struct MetricsTests {
    /// The metrics of this process, which takes one factory and no other.
    private static let metrics: TestMetrics = {
        let metrics = TestMetrics()
        MetricsSystem.bootstrap(metrics)
        return metrics
    }()

    private func count(_ measure: Measure, _ service: String, _ outcome: String? = nil) -> Int64 {
        let dimensions = [("service", service)] + (outcome.map { [("outcome", $0)] } ?? [])
        return (try? Self.metrics.expectCounter(measure.rawValue, dimensions))?.values.reduce(0, +) ?? 0
    }

    @Test func `a client's calls and repetitions are counted by their outcome`() async throws {
        _ = Self.metrics
        try await Understudy.liteLLM { understudy in
            let client = try LiteLLMClient(
                url: understudy.url, retry: RetryPolicy(tries: 3, first: .milliseconds(5)), service: "measured")
            _ = try await client.models()
            try await understudy.play("litellm GET /v1/models: respond {status: 500}")
            _ = await failure { _ = try await client.models() }
        }

        #expect(count(.calls, "measured", "ok") == 1)
        #expect(count(.calls, "measured", "server_error") == 1)
        #expect(count(.retries, "measured", "server_error") == 2)
        let times = try Self.metrics.expectTimer(Measure.callDurations.rawValue, [("service", "measured")])
        #expect(times.values.count == 2)
    }

    @Test func `jobs, attempts and reconnections are counted, and lines tell of them`() async throws {
        _ = Self.metrics
        let lines = Record<String>()
        try await Understudy.comfyUI { understudy in
            var settings = ComfyUISettings.hasty()
            settings.logger = Logger(label: "test", factory: { _ in LineRecord(lines: lines) })
            let client = try ComfyUIClient(url: understudy.url, settings: settings, service: "painted")
            try await client.connect()
            let states = await client.states()
            try await understudy.play("comfyui sends status: drop reset, once")
            let job = try await client.sendWorkflow(Workflows.picture())
            _ = try await job.result()
            _ = await states.collect { $0 == .reconnecting }
            _ = await states.collect { $0 == .connected }
            await client.close()
        }

        #expect(count(.jobs, "painted", "finished") == 1)
        #expect(count(.attempts, "painted", "ok") == 2)
        #expect(count(.reconnections, "painted", "ok") == 2)
        #expect(lines.all.contains { $0.contains("painted: connected, now reconnecting") }, "\(lines.all)")
    }

    @Test func `pool, circuit and health are counted`() async throws {
        _ = Self.metrics
        let pool = ConnectionPool(
            service: "pooled", settings: PoolSettings(maximum: 1, minimum: 0),
            factory: ConnectionFactory(connect: { _ in 1 }))
        let running = Task { await pool.run() }
        pool.release(try await pool.acquire())
        pool.shutDown()
        await running.value
        let circuit = Circuit(service: "broken", breaker: CircuitBreaker(threshold: 1))
        _ = try? await circuit.call { throw StrangeListener.Failure(0) }
        let monitor = HealthMonitor([.init("watched") {}])
        let changes = monitor.changes()
        let watching = Task { await monitor.run() }
        for await _ in changes { break }
        watching.cancel()
        await watching.value

        #expect(count(.poolConnections, "pooled", "made") == 1)
        #expect(count(.poolConnections, "pooled", "closed") == 1)
        #expect(count(.circuits, "broken", "open") == 1)
        #expect(count(.checks, "watched", "alive") >= 1)
        #expect(count(.changes, "watched", "healthy") == 1)
    }

    @Test func `the documentation names every measure`() throws {
        let page = try String(
            contentsOf: URL(fileURLWithPath: #filePath)
                .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Sources/Connectivity/Connectivity.docc/MetricsAndLogs.md"), encoding: .utf8)

        for measure in Measure.allCases { #expect(page.contains("`\(measure.rawValue)`")) }
    }
}

/// A log that keeps its lines.
private struct LineRecord: LogHandler {
    let lines: Record<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(lines: Record<String>) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.add("\(event.message)") }
}
