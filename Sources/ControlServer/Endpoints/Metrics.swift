internal import Fakes
internal import Journal
internal import Scenarios
internal import SocketServer

/// What the suite counts, as Prometheus reads it (text format 0.0.4).
enum Metrics {
    static let get: Endpoint.Answer = { desk, _ in
        var text = ""
        func family(_ name: String, _ kind: String, _ help: String, _ values: [(labels: String, value: Int)]) {
            text += "# HELP understudy_\(name) \(help)\n# TYPE understudy_\(name) \(kind)\n"
            for (labels, value) in values {
                text += "understudy_\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
            }
        }
        let fakes = await desk.company.fakes
        var connections: [(String, Int)] = []
        for fake in fakes { connections.append((#"fake="\#(fake.id)""#, await fake.connectionCount())) }
        family("fakes", "gauge", "Fakes that play.", [("", fakes.count)])
        family("connections", "gauge", "Open connections.", connections)
        let rules = await desk.company.ruleCounts()
        family(
            "rule_matched_total", "counter", "Occasions that a rule's match let pass.",
            rules.map { (#"rule="\#(Self.escaped($0.rule))""#, $0.matched) })
        family(
            "rule_acted_total", "counter", "Times that a rule acted.",
            rules.map { (#"rule="\#(Self.escaped($0.rule))""#, $0.acted) })
        let (next, held, drops) = desk.company.journal.read { ($0.nextNumber, $0.count, $0.drops) }
        family("journal_entries_total", "counter", "Entries ever written.", [("", next - 1)])
        family("journal_held_entries", "gauge", "Entries that are held.", [("", held)])
        family("journal_dropped_total", "counter", "Entries that the bounds pushed out.", [("", drops.entries)])
        return .text(text, headers: ["content-type": "text/plain; version=0.0.4; charset=utf-8"])
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
