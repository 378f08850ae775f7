/// The entries of a journal, the newest of them: a ring, bounded by count and bytes.
///
/// Appending is cheap on purpose, since it happens in the middle of every exchange: it stores the entry, and nothing
/// is made into JSON, searched or redacted before somebody reads. It takes constant time, but for a body beyond the
/// bound, of which the beginning is copied.
public struct JournalLog: Sendable {
    public let limits: JournalLimits
    /// What was dropped since the log began or was cleared.
    public private(set) var drops = JournalDrops()
    /// The bytes of the entries that are held.
    public private(set) var bytes = 0

    // An entry lies at (number - origin) % limits.entries. The array grows to that length and then is gone round; a
    // place whose entry was dropped for its bytes is nil until it is taken again.
    private var places: [JournalEntry?] = []
    private var origin = 1
    private var first = 1
    private var next = 1

    public init(limits: JournalLimits = JournalLimits()) {
        self.limits = limits
    }

    /// How many entries are held.
    public var count: Int { next - first }

    /// The number that the next entry gets.
    public var nextNumber: Int { next }

    /// The number of the oldest entry that is held; ``nextNumber`` if there is none.
    public var firstNumber: Int { first }

    /// Adds an entry and answers its number.
    @discardableResult
    public mutating func append(_ entry: consuming JournalEntry) -> Int {
        let number = next
        entry.number = number
        entry.event.trim(to: limits.body)
        let size = entry.size
        if count == limits.entries { dropFirst() }
        while bytes + size > limits.bytes, count > 0 { dropFirst() }
        let place = (number - origin) % limits.entries
        if place == places.count { places.append(entry) } else { places[place] = entry }
        bytes += size
        next += 1
        return number
    }

    /// Forgets all entries and what was dropped. Numbers go on.
    public mutating func clear() {
        places = []
        bytes = 0
        drops = JournalDrops()
        origin = next
        first = next
    }

    /// The entry of a number, if it is held.
    public subscript(number: Int) -> JournalEntry? {
        guard number >= first, number < next else { return nil }
        return places[(number - origin) % limits.entries]
    }

    /// The entries from a number on, the oldest first: a copy of their own, to be read without holding up whoever
    /// appends.
    public func entries(from number: Int = 1) -> [JournalEntry] {
        (max(number, first)..<max(number, next)).compactMap { self[$0] }
    }

    private mutating func dropFirst() {
        let place = (first - origin) % limits.entries
        let size = places[place]?.size ?? 0
        places[place] = nil
        bytes -= size
        drops.entries += 1
        drops.bytes += size
        first += 1
    }
}
