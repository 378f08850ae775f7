/// What went wrong between the application and a backend.
///
/// One type for discovery, clients, pool, health and reconnection. Look at ``code`` to decide, at ``canRetry`` to try again;
/// ``description`` is for people and says what to do next.
public struct ConnectivityError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public var code: Code
    /// Which part of the work ran out of time; nil unless ``code`` is ``Code/timeout``.
    public var phase: Phase?
    /// The service, by the name it is configured under.
    public var service: String
    /// The address that was asked.
    public var endpoint: String
    /// What was expected and what came.
    public var message: String
    /// The time to wait before the next try, where somebody named one: `Retry-After`, an open circuit.
    public var retryAfter: Duration?
    /// Whether the same call may succeed later.
    public var canRetry: Bool
    /// The status of the HTTP answer, where there was one.
    public var status: Int?
    /// The error below, where there was one.
    public var underlying: (any Error)?

    public init(
        code: Code, phase: Phase? = nil, service: String, endpoint: String, message: String,
        retryAfter: Duration? = nil, canRetry: Bool = false, status: Int? = nil, underlying: (any Error)? = nil
    ) {
        self.code = code
        self.phase = phase
        self.service = service
        self.endpoint = endpoint
        self.message = message
        self.retryAfter = retryAfter
        self.canRetry = canRetry
        self.status = status
        self.underlying = underlying
    }

    /// `comfyui at ws://localhost:8188: refused: expected …, …. Start the service, or …`
    public var description: String {
        var text = service
        if !endpoint.isEmpty { text += " at \(endpoint)" }
        text += ": \(code)"
        if let phase { text += " (\(phase.rawValue))" }
        text += ": \(message)"
        if let retryAfter { text += "; wait \(retryAfter)" }
        if !text.hasSuffix(".") { text += "." }
        return code.advice.isEmpty ? text : "\(text) \(code.advice)"
    }
}

extension ConnectivityError {
    /// The part of the work that a deadline ended.
    public enum Phase: String, Sendable {
        /// The name of the host was being looked up.
        case resolve
        /// No connection yet.
        case connect
        /// Connected; TLS was not agreed.
        case tls
        /// The request was sent; no head of an answer came.
        case head
        /// The answer had begun and stalled.
        case body
        /// Nothing was read for too long, wherever in the answer.
        case read
        /// The call as a whole took too long.
        case total
        /// A WebSocket's ping was not answered.
        case pong
        /// No connection of the pool became free.
        case acquire
    }
}
