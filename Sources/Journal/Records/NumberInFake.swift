/// The number of an exchange or a connection, which each fake counts for itself.
struct NumberInFake: Hashable {
    let fake: String
    let number: UInt64

    init(fake: String, number: Int) {
        self.fake = fake
        self.number = UInt64(max(0, number))
    }

    /// That of an entry's connection.
    init(_ entry: JournalEntry) {
        fake = entry.fake
        number = entry.connection
    }
}
