public import Logging

/// How a client of ComfyUI behaves.
public struct ComfyUISettings: Sendable {
    public var transfer = TransferLimits()
    public var socket = WebSocketLimits()
    /// How failed requests are repeated.
    public var retry = RetryPolicy()
    /// The waits before the attempts to connect again, and how many there are.
    public var reconnection = ReconnectionPolicy.story
    /// What keeps requests from a service that fails; several clients may share it.
    public var circuit: Circuit?
    /// How many jobs wait for a connection at most.
    public var queueLimit = 1000
    /// When nothing was heard of a job for so long, the server is asked what became of it.
    public var quiet = Duration.seconds(15)
    /// When the server could not tell anything of a job for so long, the job has failed, with `timeout`.
    public var silence = Duration.seconds(300)
    /// Certificates (PEM) to trust in place of the system's.
    public var trustRoots: [UInt8]?
    /// What is told about connections, repetitions and jobs; nothing unless it is given one.
    public var logger = Logger.silent
    public var time: any Timekeeper = .system
    /// Numbers from 0 to 1, for jitter.
    public var luck: @Sendable () -> Double = { .random(in: 0..<1) }
    /// Ids of jobs: UUIDs in small letters, as the server wants them (protocol, section 5.1).
    public var makeID: @Sendable () -> String = { JobID.random() }

    public init() {}
}
