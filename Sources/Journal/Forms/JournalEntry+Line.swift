internal import Words

extension JournalEntry {
    /// The entry on one line, for a terminal, without secrets and without anything that a terminal would obey:
    /// `10:55:39.593 comfyui #7 POST /prompt → 200 OK, 91 B, 3.4 ms`.
    public func line(redaction: Redaction = Redaction()) -> String {
        let place = (fake.isEmpty ? "-" : fake) + (connection == 0 ? "" : " #\(connection)")
        return "\(JournalTime(seconds: at).ofDay) \(place) \(what(redaction))".printable
    }

    /// What happened, in a few words.
    private func what(_ redaction: Redaction) -> String {
        switch event {
        case .accepted(let peer, let local): return "accepted from \(peer) at \(local)"
        case .secured(let version, let alpn): return "secured, \(version)" + (alpn.map { ", \($0)" } ?? "")
        case .exchange(let record): return record.words(redaction)
        case .opened(let record):
            return "\(record.method) \(redaction.target(record.target)) → WebSocket" + record.rules.words
        case .message(let record): return record.words(redaction)
        case .control(let record):
            let code = record.code.map { " \($0)" } ?? ""
            return "\(record.direction.arrow) \(record.kind.rawValue)\(code)"
                + (record.reason.isEmpty ? "" : " \"\(record.reason)\"")
        case .effect(let record):
            return "\(record.effect)" + (record.detail.isEmpty ? "" : ", \(record.detail)") + [record.rule].words
        case .refused(let fault, let status):
            return "request refused: \(fault)" + (status.map { " → \($0)" } ?? "")
        case .scenario(let name, let rules):
            return name.isEmpty ? "no scenario" : "scenario \(name), \(rules) \(rules == 1 ? "rule" : "rules")"
        case .lifecycle(let text): return text
        case .closed(let record):
            return "closed by \(record.by.rawValue), \(record.how.rawValue)"
                + (record.detail.isEmpty ? "" : ", \(record.detail)")
                + ", \(record.received.bytesText) in, \(record.sent.bytesText) out"
                + (record.rule.map { [$0] } ?? []).words
        }
    }
}

extension ExchangeRecord {
    fileprivate func words(_ redaction: Redaction) -> String {
        var parts = [status == 0 ? "no answer" : "\(status)" + (reason.isEmpty ? "" : " \(reason)")]
        if responseBodySize > 0 { parts.append(responseBodySize.bytesText) }
        parts.append((ended - began).brief)
        switch outcome {
        case .complete: break
        case .clientLeft: parts.append("the client left")
        case .brokenOff: parts.append("broken off")
        case .reset: parts.append("reset")
        }
        if let nativeError { parts.append(nativeError) }
        return "\(method) \(redaction.target(target)) → " + parts.joined(separator: ", ") + rules.words
    }
}

extension MessageRecord {
    /// How much of a message is shown.
    private static let excerpt = 100

    fileprivate func words(_ redaction: Redaction) -> String {
        let head = "\(direction.arrow) \(type), \(size.bytesText)"
        let part = Array(payload.prefix(4 * Self.excerpt))
        guard form != .binary, !part.isEmpty,
            case .text(let text) = BodyText(part, isWhole: part.count == size, redaction: redaction)
        else { return head }
        return "\(head) \(text.prefix(Self.excerpt))" + (text.count > Self.excerpt || part.count < size ? "…" : "")
    }
}

extension JournalDirection {
    fileprivate var arrow: String { self == .sent ? "→" : "←" }
}

extension [String] {
    /// ` [one rule, another]`.
    fileprivate var words: String { isEmpty ? "" : " [\(joined(separator: ", "))]" }
}

extension Int {
    /// `91 B`, `1.2 kB`, `3.4 MB`.
    fileprivate var bytesText: String {
        if self < 1000 { return "\(self) B" }
        let (size, unit) = self < 1_000_000 ? (Double(self) / 1e3, "kB") : (Double(self) / 1e6, "MB")
        return "\((size * 10).rounded() / 10) \(unit)"
    }
}
