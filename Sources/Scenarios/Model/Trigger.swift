/// When a rule acts on what it looks at. What is not said does not matter; what is said must hold all at once.
///
/// Counting is of what the rule's match let pass, from 1.
public struct Trigger: Sendable, Hashable {
    /// Only these counts: `nth: 5`, `nth: [2, 5]`.
    public var nth: [Int]
    /// Only the first so many.
    public var first: Int?
    /// Not the first so many.
    public var after: Int?
    /// Each so manieth: `every: 3` acts on the third, the sixth and so on.
    public var every: Int?
    /// Acts so often at most.
    public var times: Int?
    /// Acts with this probability, 0 to 1. What it depends on is who asks for what, not the order of arrival.
    public var probability: Double?
    /// Not before so long after the scenario began.
    public var at: Duration?
    /// No longer than this after `at`, or after the scenario began.
    public var lasting: Duration?
    /// For whom it counts.
    public var per: Scope

    /// Whose occasions are counted together.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// All of the fake.
        case fake
        /// Each client's: by client id, API key or session hash.
        case client
        /// Each connection's.
        case connection
    }

    public init(
        nth: [Int] = [], first: Int? = nil, after: Int? = nil, every: Int? = nil, times: Int? = nil,
        probability: Double? = nil, at: Duration? = nil, lasting: Duration? = nil, per: Scope = .fake
    ) {
        self.nth = nth
        self.first = first
        self.after = after
        self.every = every
        self.times = times
        self.probability = probability
        self.at = at
        self.lasting = lasting
        self.per = per
    }

    /// Acts each time.
    public static let always = Trigger()

    /// Whether the time since the scenario began is within `at` and `for`.
    public func isDue(at time: Duration) -> Bool {
        let start = at ?? .zero
        guard time >= start else { return false }
        guard let lasting else { return true }
        return time < start + lasting
    }

    /// Whether a count is one to act on.
    public func wants(count: Int) -> Bool {
        if !nth.isEmpty, !nth.contains(count) { return false }
        if let first, count > first { return false }
        if let after, count <= after { return false }
        if let every, !(count - (after ?? 0)).isMultiple(of: every) { return false }
        return true
    }
}
