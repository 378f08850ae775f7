/// The entries of a journal, the newest of them: bounded by count and bytes.
///
/// Appending is cheap on purpose, since it happens in the middle of every exchange: it copies the entry's bytes to the
/// end of a tape, and nothing is made into JSON, searched or redacted before somebody reads. Nothing is kept of what
/// is handed in, so that nothing has to be freed later, one by one and long out of the cache. Reading makes entries of
/// the bytes again.
public struct JournalLog: Sendable {
    public let limits: JournalLimits
    /// What was dropped since the log began or was cleared.
    public private(set) var drops = JournalDrops()
    /// The bytes of the entries that are held.
    public private(set) var bytes = 0

    // An entry's place is at (number - origin) % limits.entries. The array grows to that length and then is gone round.
    private var places: [JournalTape.Place] = []
    private var tape = JournalTape()
    private var sources: [Source] = []
    private var sourceNumbers: [Source: Int] = [:]
    private var origin = 1
    private var first = 1
    private var next = 1

    /// Where entries come from.
    private struct Source: Hashable {
        var fake: String
        var kind: String
    }

    public init(limits: JournalLimits = JournalLimits()) {
        self.limits = limits
    }

    /// How many entries are held.
    public var count: Int { next - first }

    /// The number that the next entry gets.
    public var nextNumber: Int { next }

    /// The number of the oldest entry that is held; ``nextNumber`` if there is none.
    public var firstNumber: Int { first }

    /// The number by which entries of a fake are noted from now on.
    public mutating func source(fake: String, kind: String) -> Int {
        let source = Source(fake: fake, kind: kind)
        if let number = sourceNumbers[source] { return number }
        sources.append(source)
        sourceNumbers[source] = sources.count - 1
        return sources.count - 1
    }

    /// Adds an entry and answers its number.
    @discardableResult
    public mutating func append(_ entry: JournalEntry) -> Int {
        let source = source(fake: entry.fake, kind: entry.kind)
        return add(tape.append { [limits] in entry.write(to: &$0, source: UInt32(source), body: limits.body) })
    }

    /// Adds an exchange that has been answered and answers its number: ``append(_:)``, without the way through an entry.
    @discardableResult
    public mutating func append(
        _ record: ExchangeRecord, source: Int, connection: UInt64, at: Double, since: Duration
    ) -> Int {
        add(
            tape.append { [limits] tape in
                EntryNumbers(source: UInt32(source), connection: connection, at: at, since: since).write(to: &tape)
                tape.put(EventCode.exchange)
                record.write(to: &tape, body: limits.body)
            })
    }

    /// Adds a message and answers its number, by the same way.
    @discardableResult
    public mutating func append(
        _ record: MessageRecord, source: Int, connection: UInt64, at: Double, since: Duration
    ) -> Int {
        add(
            tape.append { [limits] tape in
                EntryNumbers(source: UInt32(source), connection: connection, at: at, since: since).write(to: &tape)
                tape.put(EventCode.message)
                record.write(to: &tape, body: limits.body)
            })
    }

    /// Forgets all entries and what was dropped. Numbers go on.
    public mutating func clear() {
        places = []
        tape.clear()
        bytes = 0
        drops = JournalDrops()
        origin = next
        first = next
    }

    /// The entry of a number, if it is held.
    public subscript(number: Int) -> JournalEntry? {
        guard number >= first, number < next else { return nil }
        return tape.read(place(of: number)) { tape in
            let numbers = tape.take(EntryNumbers.self)
            let source = sources[Int(numbers.source)]
            var entry = JournalEntry(
                at: numbers.at, since: numbers.since, fake: source.fake, kind: source.kind,
                connection: numbers.connection, event: JournalEvent(from: &tape))
            entry.number = number
            return entry
        }
    }

    /// The entries from a number on, the oldest first.
    public func entries(from number: Int = 1) -> [JournalEntry] {
        (max(number, first)..<max(number, next)).compactMap { self[$0] }
    }

    private func place(of number: Int) -> JournalTape.Place { places[(number - origin) % limits.entries] }

    /// The entry that has just been put on the tape.
    private mutating func add(_ place: JournalTape.Place) -> Int {
        let number = next
        if count == limits.entries { dropFirst() }
        bytes += Int(place.count)
        // The one that came last is kept, whatever its size.
        while bytes > limits.bytes, count > 0 { dropFirst() }
        let index = (number - origin) % limits.entries
        if index == places.count { places.append(place) } else { places[index] = place }
        next += 1
        tape.forget(before: self.place(of: first))
        return number
    }

    private mutating func dropFirst() {
        let size = Int(place(of: first).count)
        bytes -= size
        drops.entries += 1
        drops.bytes += size
        first += 1
    }
}
