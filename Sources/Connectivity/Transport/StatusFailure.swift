internal import Foundation

extension HTTPReply {
    /// The typed error for an answer that is no success.
    ///
    /// - Parameters:
    ///   - message: what the service says about it, if it could be read.
    ///   - body: its first bytes are shown where there is no message.
    func failure(_ message: String?, body: [UInt8]) -> ConnectivityError {
        let text = message ?? String(decoding: body.prefix(200), as: UTF8.self)
        let came = "it answered \(status)\(text.isEmpty ? "" : ": \(text)")"
        let expected = "a success from \(url)"
        let delay = RetryAfter.delay(
            milliseconds: header("retry-after-ms"), header("retry-after"), now: Date().timeIntervalSince1970)
        return switch status {
        case 401, 403: peer.error(.unauthorized, expected: expected, came: came, status: status)
        case 429:
            peer.error(
                .rateLimited, expected: expected, came: came, status: status, retryAfter: delay, canRetry: true)
        case 503:
            peer.error(
                .serverError, expected: expected, came: came, status: status, retryAfter: delay, canRetry: true)
        case 500...: peer.error(.serverError, expected: expected, came: came, status: status, canRetry: true)
        default: peer.error(.rejected, expected: expected, came: came, status: status)
        }
    }
}
