/// A named list of rules by which fakes misbehave: what a scenario file holds.
///
/// Pure: it neither waits nor sends. A ``ScenarioPlayer`` decides by it, and whoever holds the sockets acts.
public struct Scenario: Sendable, Hashable {
    /// Its name: lower case, words joined by hyphens.
    public var name: String
    /// What it is for, in a sentence.
    public var summary: String
    /// The number from which its random choices follow; nil takes that of the suite.
    public var seed: UInt64?
    /// In the order of the file. Several may act on one exchange, in this order.
    public var rules: [Rule]

    public init(name: String, summary: String = "", seed: UInt64? = nil, rules: [Rule] = []) {
        self.name = name
        self.summary = summary
        self.seed = seed
        self.rules = rules
    }

    /// The version of the file's format that this library reads.
    public static let version = 1
}

/// One thing that goes wrong: where, when, and how.
public struct Rule: Sendable, Hashable {
    /// What it is called in journals and reports; unique in its scenario.
    public var name: String
    /// What it looks at.
    public var on: Match
    /// When it acts on that.
    public var when: Trigger
    /// What it does, in the order of the file.
    public var effects: [Effect]
    /// Where it stands in its file.
    public var place: SourcePlace?
    /// When it was put in force, since the scenario began: its own times count from then.
    public var begins = Duration.zero

    public init(name: String, on: Match, when: Trigger = .always, effects: [Effect], place: SourcePlace? = nil) {
        self.name = name
        self.on = on
        self.when = when
        self.effects = effects
        self.place = place
    }
}

/// A place in a user's file, counted from 1.
public struct SourcePlace: Sendable, Hashable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
