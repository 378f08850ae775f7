/// How a service, or all of them, are.
public enum HealthStatus: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// Not checked yet.
    case unknown
    /// It answered, and soon enough.
    case healthy
    /// It answers slowly, or has failed once or twice in a row.
    case degraded
    /// It has failed three times in a row, or more.
    case unhealthy

    public var description: String { rawValue }

    /// How the application is, from how its services are: a critical one that is unhealthy makes it so, any that is not well
    /// degrades it, and it is healthy when all are.
    public static func aggregate(_ services: [(status: HealthStatus, isCritical: Bool)]) -> HealthStatus {
        if services.contains(where: { $0.isCritical && $0.status == .unhealthy }) { return .unhealthy }
        if services.contains(where: { $0.status == .degraded || $0.status == .unhealthy }) { return .degraded }
        return !services.isEmpty && services.allSatisfy { $0.status == .healthy } ? .healthy : .unknown
    }
}

/// What a check found.
public struct HealthCheck: Sendable {
    public enum Outcome: Sendable {
        case alive(latency: Duration)
        case failed(any Error)

        var isAlive: Bool { if case .alive = self { true } else { false } }
    }

    /// When it ended.
    public let time: ContinuousClock.Instant
    public let outcome: Outcome
    /// What the service was taken for after it.
    public let status: HealthStatus
}

/// Judges a service by its checks.
///
/// ```
///  unknown ──▶ healthy ◀──▶ degraded ──▶ unhealthy
///                 ▲ └──── one success ──────┘
/// ```
/// Pure.
struct HealthMachine: Sendable {
    let settings: HealthSettings
    private(set) var status = HealthStatus.unknown
    /// Failures in a row.
    private(set) var failures = 0
    /// The last checks, the latest last.
    private(set) var history: [HealthCheck] = []

    init(settings: HealthSettings) {
        self.settings = settings
    }

    /// Takes a check into account.
    /// - Returns: whether the status has changed.
    @discardableResult
    mutating func note(_ outcome: HealthCheck.Outcome, at now: ContinuousClock.Instant) -> Bool {
        let before = status
        switch outcome {
        case .alive(let latency):
            failures = 0
            status = latency < settings.slow ? .healthy : .degraded
        case .failed:
            failures += 1
            status = failures < settings.failures ? .degraded : .unhealthy
        }
        if history.count >= max(1, settings.history) {
            history.removeFirst(history.count - max(1, settings.history) + 1)
        }
        history.append(HealthCheck(time: now, outcome: outcome, status: status))
        return status != before
    }
}
