/// Where a ``Reconnector`` stands.
public enum ReconnectionState: Sendable, Hashable, CustomStringConvertible {
    /// There is a connection. Becomes `disconnected`.
    case connected
    /// There is none, and nothing is under way yet. Becomes `reconnecting` or `suspended`.
    case disconnected
    /// The attempt of this number waits for its time, or is being made. Becomes `connected` or `failed`.
    case reconnecting(attempt: Int)
    /// All attempts failed, or one failed for good. Only a trigger leads on.
    case failed
    /// The circuit is open; the next attempt is made then. Becomes `reconnecting`.
    case suspended(until: ContinuousClock.Instant)

    public var description: String {
        switch self {
        case .connected: "connected"
        case .disconnected: "disconnected"
        case .reconnecting(let attempt): "reconnecting (attempt \(attempt))"
        case .failed: "failed"
        case .suspended: "suspended"
        }
    }
}
