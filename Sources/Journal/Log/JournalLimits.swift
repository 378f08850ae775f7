/// How much a journal keeps. What is beyond is dropped, the oldest first, and counted.
public struct JournalLimits: Sendable, Hashable {
    /// Entries; at least 1.
    public var entries: Int
    /// Bytes of all entries together, roughly as they lie in memory.
    public var bytes: Int
    /// Bytes kept of the beginning of each body and message.
    public var body: Int

    public init(entries: Int = 20_000, bytes: Int = 32 << 20, body: Int = 64 << 10) {
        self.entries = max(1, entries)
        self.bytes = max(0, bytes)
        self.body = max(0, body)
    }
}

/// What a journal could not keep.
public struct JournalDrops: Sendable, Hashable {
    public var entries = 0
    public var bytes = 0

    public init() {}
}
