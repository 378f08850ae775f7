internal import Words

/// A claim about what happened, to be held against the journal.
///
/// ```
/// {"count": {"path": "/prompt"}, "exactly": 2}
/// {"never": {"fake": "litellm", "status": "5xx"}}
/// {"order": [{"method": "POST", "path": "/prompt"}, {"type": "executed"}, {"path": "/history/{prompt_id}"}]}
/// {"gap": {"path": "/v1/chat/completions"}, "at_least": "1s"}
/// {"latency": {"path": "/queue"}, "at_most": "50ms"}
/// {"after": {"error": "rate_limit"}, "comes": {"path": "/v1/chat/completions"}, "within": "5s"}
/// ```
///
/// Each may have a `name`. A claim about how things happened does not hold when they did not happen at all.
public struct Verification: Sendable {
    /// What it is for, in the user's words; empty if it has none.
    public var name: String
    public var claim: Claim

    public enum Claim: Sendable {
        /// So many entries are meant by the query.
        case count(JournalQuery, Bounds<Int>)
        /// Entries of each query come one after the other, whatever comes between them.
        case order([JournalQuery])
        /// The time between one entry and the next is within bounds: how a client waits before it tries again.
        case gap(JournalQuery, Bounds<Duration>)
        /// Each exchange took so long.
        case latency(JournalQuery, Bounds<Duration>, until: Moment)
        /// Each entry of the first query is followed by one of the second, in time.
        case follows(JournalQuery, JournalQuery, within: Duration)
    }

    /// Until when an exchange is measured.
    public enum Moment: String, Sendable, CaseIterable {
        /// The head of the answer is written.
        case head
        /// The answer is complete.
        case end
    }

    public init(_ claim: Claim, name: String = "") {
        self.claim = claim
        self.name = name
    }
}

/// From this to that, both included; nil for no bound.
public struct Bounds<Value: Comparable & Sendable>: Sendable {
    public var atLeast: Value?
    public var atMost: Value?

    public init(atLeast: Value? = nil, atMost: Value? = nil) {
        self.atLeast = atLeast
        self.atMost = atMost
    }

    public static func exactly(_ value: Value) -> Bounds { Bounds(atLeast: value, atMost: value) }

    public func contain(_ value: Value) -> Bool {
        atLeast.map { value >= $0 } ?? true && atMost.map { value <= $0 } ?? true
    }

    /// `at least 2`, `exactly 3`, `at least 1s and at most 2s`.
    func text(_ spell: (Value) -> String) -> String {
        if let atLeast, let atMost {
            return atLeast == atMost
                ? "exactly \(spell(atLeast))" : "at least \(spell(atLeast)) and at most \(spell(atMost))"
        }
        return atLeast.map { "at least \(spell($0))" } ?? atMost.map { "at most \(spell($0))" } ?? "any"
    }
}

extension Verification.Claim: CustomStringConvertible {
    /// As a sentence: `exactly 2 of path=/prompt`.
    public var description: String {
        switch self {
        case .count(let query, let bounds):
            bounds.atMost == 0 ? "never \(query)" : "\(bounds.text(String.init)) of \(query)"
        case .order(let queries): queries.map(\.description).joined(separator: ", then ")
        case .gap(let query, let bounds): "\(bounds.text(\.spelled)) between one and the next of \(query)"
        case .latency(let query, let bounds, let moment):
            "\(bounds.text(\.spelled)) until the \(moment.rawValue) of each \(query)"
        case .follows(let first, let second, let time): "within \(time.spelled) after each \(first) comes \(second)"
        }
    }
}
