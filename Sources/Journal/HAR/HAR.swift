public import JSONTree

/// HTTP Archive 1.2, as browsers' developer tools open it: Chromium's network panel with the messages of WebSockets.
///
/// The format is described at http://www.softwareishard.com/blog/har-12-spec/; members that begin with an underscore
/// are those that Chromium adds and reads (DevTools front end, `models/har`).
public enum HAR {
    /// The archive of the exchanges among the entries, without secrets. Each fake is a page.
    ///
    /// - Parameter version: the suite's own version.
    public static func make(
        entries: [JournalEntry], version: String = "0", redaction: Redaction = Redaction()
    ) -> JSON {
        let index = HARIndex(entries)
        let exchanges = index.exchanges.map { HARExchange($0.entry, $0.record, in: index, redaction: redaction) }
            .sorted { $0.started < $1.started }
        return [
            "log": [
                "version": "1.2",
                "creator": ["name": "Understudy", "version": .string(version)],
                "pages": pages(exchanges),
                "entries": .array(exchanges.map(\.json)),
            ]
        ]
    }

    private static func pages(_ exchanges: [HARExchange]) -> JSON {
        var seen = Set<String>()
        return .array(
            exchanges.filter { seen.insert($0.entry.fake).inserted }.map { first in
                [
                    "startedDateTime": .string(JournalTime(seconds: first.started).isoMilliseconds),
                    "id": .string(first.entry.fake), "title": .string(first.origin), "pageTimings": [:],
                ]
            })
    }
}

/// What belongs to an exchange, found in one walk along the entries.
struct HARIndex {
    private(set) var exchanges: [(entry: JournalEntry, record: ExchangeRecord)] = []
    private(set) var messages: [NumberInFake: [(at: Double, record: MessageRecord)]] = [:]
    /// Both ends of a connection.
    private(set) var addresses: [NumberInFake: (peer: String, local: String)] = [:]
    /// When a connection ended, since the journal began.
    private(set) var closed: [NumberInFake: Duration] = [:]

    init(_ entries: [JournalEntry]) {
        var opened = Set<NumberInFake>()
        for entry in entries {
            if case .opened(let record) = entry.event {
                opened.insert(NumberInFake(fake: entry.fake, number: record.id))
            }
        }
        for entry in entries {
            switch entry.event {
            case .opened(let record): exchanges.append((entry, record))
            // The upgrade stands for the whole of a WebSocket.
            case .exchange(let record) where !opened.contains(NumberInFake(fake: entry.fake, number: record.id)):
                exchanges.append((entry, record))
            case .message(let record):
                messages[NumberInFake(fake: entry.fake, number: record.exchange), default: []].append(
                    (entry.at, record))
            case .accepted(let peer, let local): addresses[NumberInFake(entry)] = (peer, local)
            case .closed: closed[NumberInFake(entry)] = entry.since
            default: break
            }
        }
    }
}
