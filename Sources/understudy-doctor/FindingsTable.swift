import Connectivity
import Terminal
import Words

/// The findings for people: a line a service, then what is wrong and what to do about it.
struct FindingsTable {
    private let findings: [Finding]
    private let ink: Ink
    /// The columns of the terminal; nil where lines may be as long as they are.
    private let width: Int?

    init(_ findings: [Finding], ink: Ink, width: Int?) {
        self.findings = findings
        self.ink = ink
        self.width = width
    }

    var text: String { "\n" + rows + "\n" + complaints + summary + "\n" }

    // MARK: A line a service

    private var rows: String {
        let cells = findings.map(cells)
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return zip(findings, cells).map { finding, cells in
            var line = "  \(mark(finding)) "
            var length = 4
            for (column, cell) in cells.enumerated() {
                var cell = cell
                if column == cells.count - 1 {
                    cell = cut(cell, to: width.map { $0 - length })
                } else if column != 3 || widths[3] == 0 {
                    cell += String(repeating: " ", count: widths[column] - cell.count)
                } else {
                    // Times end alike.
                    cell = String(repeating: " ", count: widths[column] - cell.count) + cell
                }
                length += cell.count + 2
                line += painted(cell, column, finding) + (column == cells.count - 1 ? "" : "  ")
            }
            return line + "\n"
        }.joined()
    }

    private func cells(_ finding: Finding) -> [String] {
        [
            finding.service.name.rawValue, place(finding),
            finding.version?.printable ?? "", finding.time.map(Finding.told) ?? "",
            finding.status == .healthy
                ? finding.facts.text.printable
                : [finding.word, finding.facts.text.printable].filter { !$0.isEmpty }.joined(separator: ": "),
        ]
    }

    private func place(_ finding: Finding) -> String {
        if let endpoint = finding.endpoint { return "\(endpoint)" }
        return finding.trouble?.endpoint.printable ?? ""
    }

    private func painted(_ cell: String, _ column: Int, _ finding: Finding) -> String {
        switch column {
        case 0: ink.strong(cell)
        case 1 where finding.latency != nil: ink.address(cell)
        case 4 where finding.status != .healthy: coloured(cell, finding)
        default: ink.faint(cell)
        }
    }

    private func mark(_ finding: Finding) -> String {
        coloured(finding.status == .healthy ? "✓" : finding.isWell ? "!" : "✗", finding)
    }

    private func coloured(_ text: String, _ finding: Finding) -> String {
        switch finding.status {
        case .healthy: ink.good(text)
        case .degraded: ink.doubtful(text)
        case .unhealthy, .unknown: ink.alarming(text)
        }
    }

    private func cut(_ text: String, to room: Int?) -> String {
        guard let room, text.count > room else { return text }
        return room > 1 ? text.prefix(room - 1) + "…" : ""
    }

    // MARK: What is wrong

    private var complaints: String {
        findings.map { finding in
            guard let complaint = finding.complaint else { return "" }
            let lines = wrapped("\(finding.service.name): \(complaint.printable)", indented: 2)
            let remedy = finding.remedy.map { wrapped("→ \($0)", indented: 4) } ?? ""
            return coloured(lines, finding) + "\n" + (remedy.isEmpty ? "" : remedy + "\n")
        }.joined() + (findings.contains { $0.complaint != nil } ? "\n" : "")
    }

    private var summary: String {
        let bad = findings.filter { !$0.isWell }.map { $0.service.name.rawValue }
        if bad.count == findings.count, findings.count > 1 {
            return ink.alarming("None of \(findings.count) services is well.")
        }
        guard bad.isEmpty else {
            let names = bad.count == 1 ? bad[0] : bad.dropLast().joined(separator: ", ") + " and " + bad[bad.count - 1]
            return ink.alarming("\(names) \(bad.count == 1 ? "is" : "are") not well")
                + (findings.count > bad.count ? ", \(findings.count - bad.count) of \(findings.count) are." : ".")
        }
        let doubtful = findings.count { $0.status != .healthy }
        if doubtful > 0 { return ink.doubtful("All answer, \(doubtful) not as well as they should.") }
        return ink.good(findings.count == 1 ? "It is well." : "All \(findings.count) are well.")
    }

    /// In lines that fit, those after the first further to the right; a word that is longer than a line is not broken.
    private func wrapped(_ text: String, indented: Int) -> String {
        let indent = String(repeating: " ", count: indented)
        guard let width else { return indent + text }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, indent.count + 2 + line.count + 1 + word.count > width {
                lines.append(line)
                line = "  "
            }
            line += (line.allSatisfy { $0 == " " } ? "" : " ") + word
        }
        lines.append(line)
        return lines.map { indent + $0 }.joined(separator: "\n")
    }
}
