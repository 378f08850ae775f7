internal import JSONTree

/// The server's terminal output, as `/internal/logs` shows it (`app/logger.py` upstream).
struct LogBook {
    struct Entry: Sendable {
        /// Local time, `2026-11-22T10:55:39.593849`.
        let time: String
        /// With its colour codes and a line end.
        let text: String

        var json: JSON { ["t": .string(time), "m": .string(text)] }
    }

    /// The most entries kept.
    static let mostEntries = 300

    private(set) var entries: [Entry] = []

    /// Adds a line of level INFO.
    mutating func add(_ text: String, at time: String) -> Entry {
        let entry = Entry(time: time, text: "\u{1b}[32m[INFO]\u{1b}[0m \(text)\n")
        entries.append(entry)
        if entries.count > LogBook.mostEntries { entries.removeFirst() }
        return entry
    }

    /// The answer of `/internal/logs`: one text.
    var text: JSON { .string(entries.map { "\($0.time) - \($0.text)" }.joined()) }

    /// The answer of `/internal/logs/raw`.
    var raw: JSON { ["entries": .array(entries.map(\.json)), "size": ["cols": 80, "rows": 24]] }
}
