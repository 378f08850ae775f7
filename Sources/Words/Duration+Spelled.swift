extension Duration {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("h", 3.6e12), ("m", 6e10), ("s", 1e9), ("ms", 1e6), ("us", 1e3), ("µs", 1e3), ("ns", 1),
    ]

    /// Reads `400ms`, `1.5s`, `2m`, `1h`, `1m30s`; nil for anything else, such as a number without its unit. A bare `0`
    /// needs none.
    public init?(spelled text: String) {
        var rest = Substring(text)
        var nanoseconds = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            guard let number = rest.popNumber() else { return nil }
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            if name.isEmpty, number == 0, rest.isEmpty, text.utf8.count == 1 { break }
            guard let unit = Self.units.first(where: { $0.name == name }) else { return nil }
            nanoseconds += (number * unit.nanoseconds).rounded()
        }
        // A century; what is allowed is for the reader to say.
        guard nanoseconds < 3.2e18 else { return nil }
        self = .nanoseconds(Int64(nanoseconds))
    }

    /// In the largest unit that needs no fraction: `90s`, `400ms`, `1h`. ``init(spelled:)`` reads it back.
    public var spelled: String {
        let (seconds, attoseconds) = components
        let fraction = attoseconds / 1_000_000_000
        if fraction == 0 {
            if seconds == 0 { return "0s" }
            if seconds.isMultiple(of: 3600) { return "\(seconds / 3600)h" }
            return seconds.isMultiple(of: 60) ? "\(seconds / 60)m" : "\(seconds)s"
        }
        let whole =
            fraction.isMultiple(of: 1_000_000)
            ? (1_000, 1_000_000, "ms")
            : fraction.isMultiple(of: 1000) ? (1_000_000, 1000, "us") : (1_000_000_000, 1, "ns")
        return "\(seconds * Int64(whole.0) + fraction / Int64(whole.1))\(whole.2)"
    }
}

extension Substring {
    /// Takes digits, and a fraction if there is one, from the beginning.
    fileprivate mutating func popNumber() -> Double? {
        let digits = prefix { ("0"..."9").contains($0) || $0 == "." }
        guard let number = Double(digits), digits.first != ".", digits.last != "." else { return nil }
        self = dropFirst(digits.count)
        return number
    }
}
