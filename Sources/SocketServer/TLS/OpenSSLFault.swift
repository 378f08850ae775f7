internal import COpenSSL

/// The reasons that OpenSSL leaves in this thread's queue. Whoever ignores them must clear them: the next call
/// would take them for its own.
enum OpenSSLFault {
    static func clear() {
        ERR_clear_error()
    }

    /// The reason that was noted last, in OpenSSL's words, and its number. Empties the queue.
    static func take() -> (reason: Int32, text: String) {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0 else { return (0, "no reason given") }
        let text = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) }
        return (ERR_GET_REASON(code), text ?? "error \(code)")
    }
}
