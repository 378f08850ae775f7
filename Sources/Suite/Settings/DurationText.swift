extension Duration {
    private static let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]

    /// Reads `400ms`, `2s`, `1.5m` or `1h`; a number alone counts seconds.
    public init(text: String) throws(SuiteError) {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let suffix = text.dropFirst(number.count)
        let unit = suffix.isEmpty ? ("s", 1) : Self.units.first { $0.suffix == suffix }
        guard let count = Double(number), let unit else {
            throw .usage("expected a time such as 400ms, 2s or 1.5m, got \"\(text)\"")
        }
        self = .nanoseconds(Int64((count * unit.seconds * 1e9).rounded()))
    }
}
