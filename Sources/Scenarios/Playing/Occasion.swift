public import JSONTree

/// Something that happens at a fake, put to the rules.
public struct Occasion: Sendable {
    public enum Happening: Sendable, Hashable {
        case connect
        /// A request; `path` is without query, percent-decoded. `opens` if it asks for WebSocket.
        case request(method: String, path: String, opens: Bool)
        case receives(type: String)
        case sends(type: String)
    }

    public var happening: Happening
    /// Who it is, as the fake knows its clients; empty if it does not.
    public var client: String
    /// The connection's number.
    public var connection: UInt64
    /// What makes this occasion the same in another run, whatever else goes on at the time: a digest of the request,
    /// or of the request that began a conversation and the count of the message.
    public var identity: UInt64

    public init(_ happening: Happening, client: String, connection: UInt64, identity: UInt64) {
        self.happening = happening
        self.client = client
        self.connection = connection
        self.identity = identity
    }
}

/// What conditions ask of an occasion. Asked only if a rule has a condition about it.
public protocol OccasionFacts {
    func header(_ name: String) -> String?
    func query(_ name: String) -> String?
    /// The JSON of the request's body, or of the message.
    var body: JSON? { get }
    /// The fake's own state.
    var state: JSON { get }
}

/// A rule that acts.
public struct Cue: Sendable {
    /// The rule's name.
    public var rule: String
    /// Its place in the scenario.
    public var index: Int
    public var effects: [Effect]
    /// Luck for what the effects draw: of this rule, for this occasion.
    public var random: SeededRandom
    /// Where the quota stands, if the rule has one. An exceeded quota is for the fake to refuse; the other effects of
    /// such a rule act only when it is exceeded.
    public var quota: QuotaStanding?
}

/// Where a quota stands after this request.
public struct QuotaStanding: Sendable, Hashable {
    public var quota: Quota
    /// How many are left in this window.
    public var remaining: Int
    /// When the next window begins.
    public var resetsIn: Duration
    public var isExceeded: Bool

    public init(quota: Quota, remaining: Int, resetsIn: Duration, isExceeded: Bool) {
        self.quota = quota
        self.remaining = remaining
        self.resetsIn = resetsIn
        self.isExceeded = isExceeded
    }
}

/// How often a rule has been looked at and has acted.
public struct RuleCount: Sendable, Hashable {
    public var rule: String
    /// Occasions that its match let pass.
    public var matched = 0
    /// Times that it acted.
    public var acted = 0

    public init(rule: String, matched: Int = 0, acted: Int = 0) {
        self.rule = rule
        self.matched = matched
        self.acted = acted
    }
}
