/// The words of WireMock and Toxiproxy for what our effects do too, with their own units: milliseconds where nothing
/// else is said. A rule takes them as it takes ours; written back, it has ours.
public enum EffectAlias: String, Sendable, Hashable, CaseIterable {
    // WireMock, "Simulating Faults" in its documentation.
    /// One of the four faults, by name: see ``WireMockFault``.
    case fault
    /// `delay`.
    case fixedDelayMilliseconds
    /// `delay` by `{type: lognormal, median, sigma}`, `{type: uniform, lower, upper}` or `{type: fixed, milliseconds}`.
    case delayDistribution
    /// `dribble` by `{numberOfChunks, totalDuration}`.
    case chunkedDribbleDelay

    // Toxiproxy, "Toxics" in its README: each with `stream` (`downstream`, `upstream`) and `toxicity`, its probability.
    /// `{latency, jitter}`: `delay`.
    case latency
    /// `{rate}` in KB/s: `throttle`.
    case bandwidth
    /// `{delay}`: `delay` of the close.
    case slowClose = "slow_close"
    /// `{timeout}`: nothing comes, and then the connection is closed; never, with 0.
    case timeout
    /// `{timeout}`: reset after that time.
    case resetPeer = "reset_peer"
    /// `{average_size, size_variation, delay}` with the delay in microseconds: `slice`.
    case slicer
    /// `{bytes}`: closed after so many bytes.
    case limitData = "limit_data"
}

/// WireMock's faults.
public enum WireMockFault: String, Sendable, Hashable, CaseIterable {
    case connectionReset = "CONNECTION_RESET_BY_PEER"
    case emptyResponse = "EMPTY_RESPONSE"
    case malformedChunk = "MALFORMED_RESPONSE_CHUNK"
    case randomData = "RANDOM_DATA_THEN_CLOSE"

    /// What does the same here.
    public var effect: Effect {
        switch self {
        case .connectionReset: .drop(Drop(.reset))
        case .emptyResponse: .corrupt(Corruption(.emptyAnswer))
        // A head of 200, and then what is no chunk.
        case .malformedChunk: .corrupt(Corruption(.badChunk, amount: 0))
        case .randomData: .corrupt(Corruption(.garbage))
        }
    }
}
