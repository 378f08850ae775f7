public import JSONTree

/// One connection from its opening to its end, added up from the journal.
public struct ConnectionSummary: Sendable {
    public let fake: String
    public let connection: UInt64
    /// The client's address; nil when the opening is no longer in the journal.
    public private(set) var peer: String?
    /// The version of TLS; nil without TLS.
    public private(set) var security: String?
    public private(set) var isWebSocket = false
    public private(set) var exchanges = 0
    /// Messages and events, each way.
    public private(set) var messagesSent = 0
    public private(set) var messagesReceived = 0
    /// Pings of either side.
    public private(set) var pings = 0
    /// The rules that did something here, each once.
    public private(set) var rules: [String] = []
    /// The longest time in which nothing was noted.
    public private(set) var longestGap = Duration.zero
    /// How it ended; nil while it is open.
    public private(set) var closed: ClosedRecord?
    private var last: Duration

    /// All connections of which the entries tell, in the order in which they appear.
    public static func all(of entries: [JournalEntry]) -> [ConnectionSummary] {
        var summaries: [ConnectionSummary] = []
        var places: [NumberInFake: Int] = [:]
        for entry in entries where entry.connection != 0 {
            let key = NumberInFake(entry)
            if places[key] == nil {
                places[key] = summaries.count
                summaries.append(ConnectionSummary(beginningWith: entry))
            }
            if let place = places[key] { summaries[place].add(entry) }
        }
        return summaries
    }

    private init(beginningWith entry: JournalEntry) {
        fake = entry.fake
        connection = entry.connection
        last = entry.since
    }

    private mutating func add(_ entry: JournalEntry) {
        // An exchange has been going on since its request came.
        longestGap = max(longestGap, entry.moment - last)
        last = max(last, entry.since)
        for rule in entry.event.rules where !rules.contains(rule) { rules.append(rule) }
        switch entry.event {
        case .accepted(let peer, _): self.peer = peer
        case .secured(let version, _): security = version
        case .opened: isWebSocket = true
        case .exchange: exchanges += 1
        case .message(let record): if record.direction == .sent { messagesSent += 1 } else { messagesReceived += 1 }
        case .control(let record): if record.kind == .ping { pings += 1 }
        case .closed(let record): closed = record
        case .effect, .refused, .scenario, .lifecycle: break
        }
    }

    public var json: JSON {
        [
            "fake": .string(fake), "connection": .number(JSONNumber(connection)),
            "peer": peer.map { .string($0) } ?? .null, "tls": security.map { .string($0) } ?? .null,
            "websocket": .bool(isWebSocket), "exchanges": .int(exchanges), "messages_sent": .int(messagesSent),
            "messages_received": .int(messagesReceived), "pings": .int(pings),
            "rules": .array(rules.map { .string($0) }), "longest_gap": .double(longestGap.seconds),
            "closed": closed.map { .object(EntryForm.members(of: $0)) } ?? .null,
        ]
    }
}
