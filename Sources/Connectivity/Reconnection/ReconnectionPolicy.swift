/// How long to wait before each attempt of a reconnection, and how many attempts to make.
public struct ReconnectionPolicy: Sendable, Hashable {
    /// Luck in the waits, so that not all clients come back at once.
    public enum Jitter: Sendable, Hashable {
        /// Up to this part of the wait is added.
        case added(Double)
        /// The wait is changed by up to this part, to either side.
        case around(Double)
    }

    /// The wait before the first attempt.
    public var initial: Duration
    /// Each wait is the one before times this.
    public var factor: Double
    /// No wait is longer, jitter aside.
    public var maximum: Duration
    public var jitter: Jitter
    /// How many attempts one reconnection makes; nil for as many as it takes.
    public var attempts: Int?

    public init(
        initial: Duration = .seconds(1), factor: Double = 2, maximum: Duration = .seconds(60),
        jitter: Jitter = .added(0.1), attempts: Int? = 10
    ) {
        self.initial = initial
        self.factor = factor
        self.maximum = maximum
        self.jitter = jitter
        self.attempts = attempts
    }

    /// The wait before an attempt, counted from 1; nil if there is no such attempt.
    public func delay(before attempt: Int, using random: inout some RandomNumberGenerator) -> Duration? {
        guard attempt >= 1, attempt <= attempts ?? .max else { return nil }
        var wait = initial
        // Step by step and no further than the maximum: a power would overflow long before the attempts end.
        for _ in 1..<attempt {
            wait = wait * factor
            if wait >= maximum || factor <= 1 { break }
        }
        wait = min(wait, maximum)
        return switch jitter {
        case .added(let part): wait + wait * (part == 0 ? 0 : .random(in: 0...part, using: &random))
        case .around(let part): wait + wait * (part == 0 ? 0 : .random(in: -part...part, using: &random))
        }
    }
}

// MARK: By name

extension ReconnectionPolicy {
    /// 1 s doubling to 60 s, up to 10 % added, 10 attempts.
    public static let story = ReconnectionPolicy()

    /// As gRPC has it (doc/connection-backoff.md): 1 s × 1.6 to 120 s, ± 20 %, for ever.
    public static let grpc = ReconnectionPolicy(
        factor: 1.6, maximum: .seconds(120), jitter: .around(0.2), attempts: nil)

    /// For tests on real sockets: some milliseconds, nothing left to luck.
    public static let aggressive = ReconnectionPolicy(
        initial: .milliseconds(5), maximum: .milliseconds(100), jitter: .added(0), attempts: 20)

    /// The presets by the names that a configuration uses.
    public static let presets: [String: ReconnectionPolicy] = [
        "story": .story, "grpc": .grpc, "aggressive": .aggressive,
    ]
}
