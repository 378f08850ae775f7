extension Duration {
    private static let units: [(suffix: String, seconds: Double)] = [
        ("us", 1e-6), ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600),
    ]

    /// Reads `400ms`, `2s`, `1.5m` or `1h`; a number alone counts seconds. Nil for anything else, and beyond some
    /// thirty years, which nobody means and no clock here counts.
    public init?(typed text: String) {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let suffix = text.dropFirst(number.count)
        let unit = suffix.isEmpty ? 1 : Self.units.first { $0.suffix == suffix }?.seconds
        guard let count = Double(number), let unit, count * unit <= 1e9 else { return nil }
        self = .nanoseconds(Int64((count * unit * 1e9).rounded()))
    }
}
