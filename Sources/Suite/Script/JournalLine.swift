internal import JSONTree
internal import Terminal

/// A line of the journal as a terminal shows it: cut at its edge, and what a reader looks for in colour.
struct JournalLine {
    private let line: String
    private let event: String
    private let status: Int

    init(_ line: String, of entry: JSON) {
        self.line = line
        event = entry["event"]?.string ?? ""
        status = entry["status"]?.int ?? 0
    }

    /// - Parameter width: the columns that there are; nil for a file or a pipe, which has any number.
    func text(ink: Ink, width: Int?) -> String {
        var line = line
        if let width, line.count > width { line = line.prefix(max(0, width - 1)) + "…" }
        // The time is as long in every line.
        guard let end = line.firstIndex(of: " ") else { return line }
        let rest = String(line[end...])
        return ink.faint(String(line[..<end])) + painted(rest, ink)
    }

    private func painted(_ text: String, _ ink: Ink) -> String {
        switch event {
        case "effect": ink.doubtful(text)
        case "exchange", "opened": status >= 400 || status == 0 ? ink.alarming(text) : ink.strong(text)
        case "message", "control": text
        default: ink.faint(text)
        }
    }
}
