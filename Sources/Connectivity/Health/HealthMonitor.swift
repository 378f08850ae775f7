public import Logging
public import ServiceLifecycle
internal import Synchronization

/// A service whose status has changed.
public struct HealthChange: Sendable, Hashable {
    public let service: ServiceName
    public let from: HealthStatus
    public let to: HealthStatus
    /// How the application as a whole is now.
    public let aggregate: HealthStatus
}

/// Asks services again and again whether they live.
///
/// ```swift
/// let monitor = HealthMonitor([.init(.comfyui) { try await comfyui.systemStats() }])
/// async let running: Void = monitor.run()
/// for await change in monitor.changes() { print(change.service, change.to) }
/// ```
/// Checks of one service never overlap: the next begins an interval after the end of the one before. A check that has not
/// ended in time has failed and is cancelled.
public final class HealthMonitor: ServiceLifecycle.Service {
    /// A service and how it is asked.
    public struct Subject: Sendable {
        public let service: ServiceName
        public let settings: HealthSettings
        public let isCritical: Bool
        /// Where it is, for errors; empty if that is not known here.
        public let endpoint: String
        let check: @Sendable () async throws -> Void

        /// - Parameter check: returns if the service lives; honours cancellation.
        public init(_ service: Service, check: @escaping @Sendable () async throws -> Void) {
            self.init(
                service.name, endpoint: "\(service.endpoint)", settings: service.health, isCritical: service.isCritical,
                check: check)
        }

        public init(
            _ service: ServiceName, endpoint: String = "", settings: HealthSettings = HealthSettings(),
            isCritical: Bool = false, check: @escaping @Sendable () async throws -> Void
        ) {
            self.service = service
            self.endpoint = endpoint
            self.settings = settings
            self.isCritical = isCritical
            self.check = check
        }
    }

    private struct State {
        var machines: [ServiceName: HealthMachine]
        var watchers: [Int: AsyncStream<HealthChange>.Continuation] = [:]
        var next = 0
        var isFinished = false
    }

    private let subjects: [Subject]
    private let wakeups: [ServiceName: Wakeup]
    private let time: any Timekeeper
    private let logger: Logger
    private let state: Mutex<State>

    public init(
        _ subjects: [Subject], time: any Timekeeper = .system,
        logger: Logger = .silent
    ) {
        self.subjects = subjects
        self.time = time
        self.logger = logger
        wakeups = Dictionary(subjects.map { ($0.service, Wakeup()) }) { first, _ in first }
        state = Mutex(
            State(
                machines: Dictionary(subjects.map { ($0.service, HealthMachine(settings: $0.settings)) }) {
                    first, _ in first
                }))
    }

    /// What a service was found to be last; `unknown` before its first check and for services that are not watched.
    public func status(of service: ServiceName) -> HealthStatus {
        state.withLock { $0.machines[service]?.status ?? .unknown }
    }

    /// The last checks of a service, the latest last.
    public func history(of service: ServiceName) -> [HealthCheck] {
        state.withLock { $0.machines[service]?.history ?? [] }
    }

    /// How the application as a whole is.
    public var aggregate: HealthStatus { state.withLock { aggregate($0) } }

    /// Every change of a status from now on; ends when ``run()`` does.
    public func changes() -> AsyncStream<HealthChange> {
        let (stream, continuation) = AsyncStream<HealthChange>.makeStream(bufferingPolicy: .bufferingNewest(256))
        let isFinished = state.withLock { state in
            guard !state.isFinished else { return true }
            state.next += 1
            state.watchers[state.next] = continuation
            return false
        }
        if isFinished { continuation.finish() }
        return stream
    }

    /// Asks a service now instead of at the end of its interval. While a check is under way, another follows it.
    public func checkNow(_ service: ServiceName) {
        wakeups[service]?.ring()
    }

    /// Checks until the task is cancelled.
    public func run() async {
        await cancelWhenGracefulShutdown { await self.watchAll() }
    }

    private func watchAll() async {
        await withDiscardingTaskGroup { group in
            for subject in subjects { group.addTask { await self.watch(subject) } }
        }
        let watchers = state.withLock { state in
            state.isFinished = true
            defer { state.watchers = [:] }
            return state.watchers
        }
        for watcher in watchers.values { watcher.finish() }
    }

    private func watch(_ subject: Subject) async {
        guard let wakeup = wakeups[subject.service] else { return }
        while !Task.isCancelled {
            let start = time.now
            do {
                try await time.within(subject.settings.timeout, else: Self.late(subject)) {
                    try await subject.check()
                }
                note(.alive(latency: time.now - start), subject)
            } catch {
                // The monitor is ended: that says nothing about the service.
                if Task.isCancelled { return }
                note(.failed(error), subject)
            }
            _ = await wakeup.wait(until: time.now + subject.settings.interval, time)
        }
    }

    private func note(_ outcome: HealthCheck.Outcome, _ subject: Subject) {
        let now = time.now
        let change: HealthChange? = state.withLock { state in
            let before = state.machines[subject.service]?.status ?? .unknown
            guard state.machines[subject.service]?.note(outcome, at: now) == true else { return nil }
            let after = state.machines[subject.service]?.status ?? .unknown
            let change = HealthChange(
                service: subject.service, from: before, to: after, aggregate: aggregate(state))
            for (number, watcher) in state.watchers {
                // Forgotten here and not when the stream ends: that handler would need this lock.
                if case .terminated = watcher.yield(change) { state.watchers[number] = nil }
            }
            return change
        }
        Measure.checks.count(subject.service.rawValue, outcome.isAlive ? "alive" : "failed")
        if case .failed(let error) = outcome { logger.debug("\(subject.service): a check failed: \(error)") }
        guard let change else { return }
        Measure.changes.count(change.service.rawValue, change.to.rawValue)
        logger.notice("\(change.service): \(change.from), now \(change.to)")
    }

    private func aggregate(_ state: State) -> HealthStatus {
        .aggregate(subjects.map { (state.machines[$0.service]?.status ?? .unknown, $0.isCritical) })
    }

    private static func late(_ subject: Subject) -> ConnectivityError {
        Peer(service: subject.service.rawValue, endpoint: subject.endpoint).error(
            .timeout, expected: "a sign of life within \(subject.settings.timeout)", came: "none came", phase: .total,
            canRetry: true)
    }
}
