extension ConnectivityError {
    /// The kind of a failure. More may be added: treat an unknown one like a failure that no retry helps.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as logs, metrics and `--json` write it.
        public let description: String
        /// What a person does about it.
        public let advice: String

        init(_ description: String, _ advice: String) {
            self.description = description
            self.advice = advice
        }

        public static func == (first: Self, second: Self) -> Bool { first.description == second.description }
        public func hash(into hasher: inout Hasher) { hasher.combine(description) }
    }
}

// MARK: The connection

extension ConnectivityError.Code {
    /// Nobody listens at the address.
    public static let refused = Self("refused", "Start the service, or configure the address where it listens.")
    /// The host is unknown, or there is no way to it.
    public static let unreachable = Self("unreachable", "Check the host's name and the network.")
    /// A deadline passed; ``ConnectivityError/phase`` tells of what.
    public static let timeout = Self(
        "timeout", "See whether the service is overloaded or hangs, or allow it more time.")
    /// TLS was not agreed, or the certificate is not for this host.
    public static let tls = Self("tls", "Check the certificate and the host's name in the address.")
    /// The connection ended in the middle of the work.
    public static let connectionLost = Self("connection_lost", "See the service's log for a restart or a crash.")
    /// The client, the pool or the connection has been closed by its owner.
    public static let closed = Self("closed", "Make a new one: this one was shut down.")
    /// The task was cancelled.
    public static let cancelled = Self("cancelled", "")
}

// MARK: The answer

extension ConnectivityError.Code {
    /// What came breaks the protocol: no HTTP, no JSON, JSON of the wrong shape.
    public static let `protocol` = Self("protocol", "Check that the address is the service's, and its version.")
    /// Somebody else answers at the address.
    public static let wrongService = Self(
        "wrong_service", "Configure the address of the service, or stop the stranger.")
    /// The key is missing or wrong (401, 403).
    public static let unauthorized = Self("unauthorized", "Configure a valid API key or login for the service.")
    /// Too many requests (429).
    public static let rateLimited = Self("rate_limited", "Send less, or wait as long as the service asks.")
    /// The service failed (5xx).
    public static let serverError = Self("server_error", "See the service's log.")
    /// The service refuses the request itself (4xx); sending it again does not help.
    public static let rejected = Self("rejected", "Correct the request.")
    /// A stream or a body ended before its end.
    public static let truncated = Self("truncated", "Send the request again, if doing it twice does no harm.")
    /// An answer is longer than the limit.
    public static let tooLarge = Self("too_large", "Raise the limit, if such an answer is to be expected.")
    /// The service sends the client elsewhere; the clients of this library do not follow.
    public static let redirected = Self("redirected", "Configure the address that the service names.")
    /// The service accepted a job and failed at it.
    public static let jobFailed = Self("job_failed", "See the errors of the job.")
}

// MARK: The client's own limits

extension ConnectivityError.Code {
    /// Every connection of the pool is in use, and none became free in time.
    public static let poolExhausted = Self(
        "pool_exhausted", "Release connections sooner, or allow the pool more of them.")
    /// The service failed so often that nothing is sent to it for now; `retryAfter` tells for how long.
    public static let circuitOpen = Self("circuit_open", "Repair the service; it is tried again when the time is over.")
    /// All attempts to reconnect failed.
    public static let attemptsExhausted = Self("attempts_exhausted", "Repair the service, then trigger a reconnection.")
    /// Too much work waits for a connection.
    public static let queueFull = Self("queue_full", "Submit less until the service is back.")
    /// A value given to the client cannot be used.
    public static let invalidArgument = Self("invalid_argument", "Correct the argument.")
    /// The configuration has problems; the message lists all of them.
    public static let configuration = Self("configuration", "Correct the configuration at the places named.")
}
