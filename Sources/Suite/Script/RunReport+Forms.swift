internal import Terminal
internal import Words

/// The report of a run, for people and for the programs that show it to them.
extension RunReport {
    /// For a terminal.
    ///
    /// - Parameter width: the columns that there are; nil for a file or a pipe, which has any number.
    func text(ink: Ink, width: Int? = nil) -> String {
        var lines = [
            "",
            "understudy: \(passed ? ink.strong("passed") : ink.alarming("failed"))"
                + ink.faint("  seed \(seed)\(scenario.map { ", scenario \($0)" } ?? "")"),
        ]
        for (fake, count) in requests { lines.append("  \(fake): \(count) \(count == 1 ? "request" : "requests")") }
        for (name, count) in errors { lines.append("  native error \(name): \(count)") }
        for finding in findings where finding.severity != .passed || finding.id.hasPrefix("rule: ") {
            let word =
                switch finding.severity {
                case .passed: ink.faint("ok     ")
                case .warning: ink.strong("warning")
                case .failed: ink.alarming("failed ")
                }
            // The ink is ours, the words are of rules and requests.
            let message = "\(finding.id): \(finding.message)".printable.lines(
                of: width.map { max(20, $0 - 11) } ?? .max)
            lines.append("  \(word)  \(message[0])")
            lines += message.dropFirst().map { String(repeating: " ", count: 11) + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// JUnit XML, as CI servers read it: a warning is a skipped test.
    var junit: String {
        let failures = findings.count { $0.severity == .failed }
        let skipped = findings.count { $0.severity == .warning }
        let seconds = "\((took / .milliseconds(1)).rounded() / 1000)"
        var text = #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n"
        text += #"<testsuites><testsuite name="understudy" tests="\#(findings.count)" failures="\#(failures)" "#
        text += #"errors="0" skipped="\#(skipped)" time="\#(seconds)">"# + "\n"
        text += #"<properties><property name="seed" value="\#(seed)"/>"#
        if let scenario { text += #"<property name="scenario" value="\#(scenario.inXML)"/>"# }
        text += "</properties>\n"
        for finding in findings {
            let time = finding.id == "command" ? seconds : "0"
            text += #"<testcase classname="understudy" name="\#(finding.id.inXML)" time="\#(time)">"#
            switch finding.severity {
            case .passed: break
            case .warning: text += #"<skipped message="\#(finding.message.inXML)"/>"#
            case .failed: text += #"<failure message="\#(finding.message.inXML)"/>"#
            }
            text += "</testcase>\n"
        }
        return text + "</testsuite></testsuites>\n"
    }

    /// Commands that GitHub shows beside the run.
    var annotations: String {
        findings.filter { $0.severity != .passed }.map { finding in
            let word = finding.severity == .failed ? "error" : "warning"
            return "::\(word) title=understudy::\("\(finding.id): \(finding.message)".inAnnotation)"
        }.joined(separator: "\n")
    }

    /// For the summary page of a job.
    var markdown: String {
        var text = "### understudy: \(passed ? "passed" : "failed")\n\nseed \(seed)"
        if let scenario { text += ", scenario `\(scenario)`" }
        text += "\n\n| what | result | |\n|---|---|---|\n"
        for finding in findings {
            let cells = [finding.id, finding.severity.rawValue, finding.message]
            text += "| " + cells.map { $0.replacing("|", with: "\\|").printable }.joined(separator: " | ") + " |\n"
        }
        return text + "\n"
    }
}

extension String {
    fileprivate var inXML: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            // XML 1.0 has no way to write most control characters.
            case _ where scalar.value < 0x20: text += " "
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    fileprivate var inAnnotation: String {
        replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }
}
