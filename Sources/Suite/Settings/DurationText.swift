internal import Words

extension Duration {
    /// Reads `400ms`, `2s`, `1.5m` or `1h`; a number alone counts seconds.
    public init(text: String) throws(SuiteError) {
        guard let duration = Duration(typed: text) else {
            throw .usage("expected a time such as 400ms, 2s or 1.5m, got \"\(text)\"")
        }
        self = duration
    }
}
