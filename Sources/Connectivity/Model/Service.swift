/// A backend of the application: where it is looked for, how it is asked whether it lives, how many connections it gets.
public struct Service: Sendable, Hashable {
    public var name: ServiceName
    public var kind: ServiceKind
    /// Where it usually is.
    public var endpoint: Endpoint
    /// Where else it is looked for on the same host, in order of preference.
    public var otherPorts: [UInt16]
    /// How it is asked whether it lives: the first that is answered counts.
    public var probes: [Probe]
    public var pool: PoolSettings
    public var health: HealthSettings
    /// Whether the application as a whole is unhealthy without it.
    public var isCritical: Bool
    /// What tells a Gradio app from others: words of its title, or names of its endpoints, in small letters and digits.
    public var marks: [String]

    /// A question that tells whether a service lives.
    public enum Probe: Sendable, Hashable {
        /// `GET` of a path.
        case get(String)
        /// A text message on the WebSocket at a path, of this `type`.
        case message(type: String, path: String)
    }

    public init(
        name: ServiceName, kind: ServiceKind, endpoint: Endpoint, otherPorts: [UInt16] = [], probes: [Probe],
        pool: PoolSettings = PoolSettings(), health: HealthSettings = HealthSettings(), isCritical: Bool = false,
        marks: [String] = []
    ) {
        self.name = name
        self.kind = kind
        self.endpoint = endpoint
        self.otherPorts = otherPorts
        self.probes = probes
        self.pool = pool
        self.health = health
        self.isCritical = isCritical
        self.marks = marks
    }
}

/// How many connections a pool keeps, and for how long.
public struct PoolSettings: Sendable, Hashable {
    /// Never more than these, leased or idle.
    public var maximum: Int
    /// Kept ready even when nobody asks.
    public var minimum: Int
    /// The longest that a caller waits for a connection.
    public var acquireTimeout: Duration
    /// Idle for longer, a connection is closed, down to the minimum.
    public var idleTimeout: Duration
    /// Between two checks of idle connections.
    public var checkInterval: Duration
    /// Between two rounds that close what has been idle too long or lived too long.
    public var cleanupInterval: Duration
    /// A connection that lived longer is replaced when it is idle; nil for ever.
    public var lifetime: Duration?
    /// By how much of itself, at most, each lifetime is shortened at random, so that not all end at once.
    public var lifetimeJitter: Double
    /// A lease that lasts longer is reported with the place where it was taken; nil for never.
    public var leakThreshold: Duration?

    public init(
        maximum: Int = 10, minimum: Int = 2, acquireTimeout: Duration = .seconds(30),
        idleTimeout: Duration = .seconds(300), checkInterval: Duration = .seconds(30),
        cleanupInterval: Duration = .seconds(60), lifetime: Duration? = nil, lifetimeJitter: Double = 0.1,
        leakThreshold: Duration? = nil
    ) {
        self.maximum = maximum
        self.minimum = minimum
        self.acquireTimeout = acquireTimeout
        self.idleTimeout = idleTimeout
        self.checkInterval = checkInterval
        self.cleanupInterval = cleanupInterval
        self.lifetime = lifetime
        self.lifetimeJitter = lifetimeJitter
        self.leakThreshold = leakThreshold
    }
}

/// How often a service is asked whether it lives, and what counts as slow.
public struct HealthSettings: Sendable, Hashable {
    /// From the end of one check to the beginning of the next.
    public var interval: Duration
    /// A check that takes longer has failed.
    public var timeout: Duration
    /// An answer that takes as long as this, or longer, makes the service degraded.
    public var slow: Duration
    /// So many failures in a row make the service unhealthy.
    public var failures: Int
    /// So many checks are remembered.
    public var history: Int

    public init(
        interval: Duration = .seconds(30), timeout: Duration = .seconds(5), slow: Duration = .seconds(1),
        failures: Int = 3, history: Int = 100
    ) {
        self.interval = interval
        self.timeout = timeout
        self.slow = slow
        self.failures = failures
        self.history = history
    }
}
