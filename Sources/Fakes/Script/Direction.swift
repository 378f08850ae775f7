public import Scenarios

/// What a scenario wants of a fake's own work on one exchange: that which no wire can imitate from outside.
public struct Direction: Sendable {
    /// Do as the real server does in this trouble.
    public var error: NativeErrorUse?
    /// Where the quota stands that is used up, if that is the reason for the error.
    public var quota: QuotaStanding?
    /// How much longer each step of the work takes, drawn anew for each.
    public var stepDelay: (@Sendable () -> Duration)?
    /// To be told how many tokens the exchange has used, once that is known, where a quota counts them. On the loop.
    public var charge: (@Sendable (Int) -> Void)?

    public init(
        error: NativeErrorUse? = nil, quota: QuotaStanding? = nil, stepDelay: (@Sendable () -> Duration)? = nil,
        charge: (@Sendable (Int) -> Void)? = nil
    ) {
        self.error = error
        self.quota = quota
        self.stepDelay = stepDelay
        self.charge = charge
    }

    /// Nothing is asked.
    public static let none = Direction()

    public var isNone: Bool { error == nil && stepDelay == nil && charge == nil }
}

/// Why a fake's state could not be changed as told.
public struct StateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The member's name, such as `vram_free`.
    public var name: String
    /// What was expected, and what came.
    public var message: String

    public init(_ name: String, _ message: String) {
        self.name = name
        self.message = message
    }

    public var description: String { "\(name): \(message)" }
}
