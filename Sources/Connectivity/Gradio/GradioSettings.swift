public import Logging

/// How a client of a Gradio app behaves.
public struct GradioSettings: Sendable {
    public var transfer = TransferLimits()
    public var socket = WebSocketLimits()
    /// How failed requests are repeated, where that does nothing twice.
    public var retry = RetryPolicy()
    /// What keeps requests from a service that fails; several clients may share it.
    public var circuit: Circuit?
    /// A call as a whole, its time in the queue included.
    public var callDeadline = Duration.seconds(600)
    /// Certificates (PEM) to trust in place of the system's.
    public var trustRoots: [UInt8]?
    /// What is told about failures and repetitions; nothing unless it is given one.
    public var logger = Logger.silent
    public var time: any Timekeeper = .system
    /// Numbers from 0 to 1, for jitter.
    public var luck: @Sendable () -> Double = { .random(in: 0..<1) }

    public init() {}
}
