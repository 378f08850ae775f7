/// A condition that somebody waits for: at least so many entries that a query means, from a number on.
///
/// Pure: whoever waits asks it each time that the journal has grown. It looks at every entry once.
public struct JournalWait: Sendable {
    public let query: JournalQuery
    /// How many there must be.
    public let atLeast: Int
    /// The numbers of those that there are, at most ``atLeast``.
    public private(set) var matches: [Int] = []
    private var next: Int

    public init(for query: JournalQuery, atLeast: Int = 1) {
        self.query = query
        self.atLeast = atLeast
        next = query.from
    }

    /// Whether it is met.
    public var isMet: Bool { matches.count >= atLeast }

    /// Looks at what has been added since it was last asked, and answers whether the condition is met now.
    ///
    /// Entries that were dropped or cleared unseen do not count; those that were seen do.
    public mutating func isMet(by log: JournalLog) -> Bool {
        for number in max(next, log.firstNumber)..<max(next, log.nextNumber, log.firstNumber) where !isMet {
            next = number + 1
            if let entry = log[number], query.matches(entry) { matches.append(number) }
        }
        return isMet
    }
}
