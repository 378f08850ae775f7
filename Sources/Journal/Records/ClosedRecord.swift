/// How a connection ended.
public struct ClosedRecord: Sendable {
    /// Who ended it.
    public enum Party: String, Sendable, CaseIterable {
        case client, server, network
    }

    /// In what way.
    public enum Manner: String, Sendable, CaseIterable {
        case fin, reset, timeout
    }

    public var by: Party
    public var how: Manner
    /// The rule that ended it, if one did.
    public var rule: String?
    /// What the network said of it; empty if nothing.
    public var detail: String
    /// Bytes that came over the socket.
    public var received: Int
    /// Bytes that left over the socket.
    public var sent: Int

    public init(
        by: Party, how: Manner, rule: String? = nil, detail: String = "", received: Int = 0, sent: Int = 0
    ) {
        self.by = by
        self.how = how
        self.rule = rule
        self.detail = detail
        self.received = received
        self.sent = sent
    }
}
