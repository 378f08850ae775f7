/// Whom a client speaks to: what every error names.
struct Peer: Sendable, Hashable {
    var service: String
    var endpoint: String

    func error(
        _ code: ConnectivityError.Code, expected: String, came: String, phase: ConnectivityError.Phase? = nil,
        status: Int? = nil, retryAfter: Duration? = nil, canRetry: Bool = false, underlying: (any Error)? = nil
    ) -> ConnectivityError {
        ConnectivityError(
            code: code, phase: phase, service: service, endpoint: endpoint,
            message: "expected \(expected), \(came)", retryAfter: retryAfter, canRetry: canRetry, status: status,
            underlying: underlying)
    }
}
