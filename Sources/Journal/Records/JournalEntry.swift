/// One thing that happened, at one place and time.
///
/// Entries hold what was said as it was said. Secrets are taken out when an entry is read: see ``Redaction``.
public struct JournalEntry: Sendable {
    /// Its number in the journal: from 1 on, over all fakes, never given twice. 0 until the log has given one.
    public internal(set) var number: Int
    /// When, in seconds since 1970 (UTC).
    public var at: Double
    /// When, since the journal began, by a clock that nobody sets.
    public var since: Duration
    /// The fake's name in the suite: `comfyui`, `litellm`, `wan2gp`; empty for what concerns the suite as a whole.
    public var fake: String
    /// What the fake pretends to be: `comfyui`, `litellm`, `gradio`.
    public var kind: String
    /// The connection's number within the fake; 0 for what belongs to no connection.
    public var connection: UInt64
    public var event: JournalEvent

    public init(
        at: Double, since: Duration, fake: String, kind: String, connection: UInt64 = 0, event: JournalEvent
    ) {
        number = 0
        self.at = at
        self.since = since
        self.fake = fake
        self.kind = kind
        self.connection = connection
        self.event = event
    }
}
