/// How a client of ComfyUI behaves.
public struct ComfyUISettings: Sendable {
    public var transfer = TransferLimits()
    public var socket = WebSocketLimits()
    /// How failed requests are repeated.
    public var retry = RetryPolicy()
    /// The wait before each attempt to connect again, from 1 on; nil gives up.
    public var reconnection: @Sendable (_ attempt: Int) -> Duration?
    /// How many jobs wait for a connection at most.
    public var queueLimit = 1000
    /// When nothing was heard of a job for so long, the server is asked what became of it.
    public var quiet = Duration.seconds(15)
    /// Certificates (PEM) to trust in place of the system's.
    public var trustRoots: [UInt8]?
    public var time: any Timekeeper = .system
    /// Numbers from 0 to 1, for jitter.
    public var luck: @Sendable () -> Double = { .random(in: 0..<1) }
    /// Ids of jobs: UUIDs in small letters, as the server wants them (protocol, section 5.1).
    public var makeID: @Sendable () -> String

    /// The defaults: ten attempts, from one second on to a minute.
    public init() {
        reconnection = { attempt in
            guard attempt <= 10 else { return nil }
            return min(.seconds(60), .seconds(1) * (1 << (attempt - 1))) * (1 + .random(in: 0..<0.1))
        }
        makeID = { JobID.random() }
    }
}
