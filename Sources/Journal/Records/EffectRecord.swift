/// What a rule did.
public struct EffectRecord: Sendable {
    /// The rule's name.
    public var rule: String
    /// The effect's word in the scenario language: `delay`, `drop`, `error`.
    public var effect: String
    /// What exactly, and on what: `412 ms before the head`, `reset after 1200 bytes`.
    public var detail: String
    /// The exchange it acted on; nil when it acted on a connection or the fake as a whole.
    public var exchange: Int?
    /// Whose exchange it was, as in ``ExchangeRecord/client``.
    public var client: String

    public init(rule: String, effect: String, detail: String = "", exchange: Int? = nil, client: String = "") {
        self.rule = rule
        self.effect = effect
        self.detail = detail
        self.exchange = exchange
        self.client = client
    }
}
