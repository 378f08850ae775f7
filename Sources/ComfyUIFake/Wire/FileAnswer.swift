internal import Fakes
internal import JSONTree
internal import SocketServer

/// A file as aiohttp's `FileResponse` sends it: with entity tag and date, whole, in part, or not at all when the
/// client has it already.
struct FileAnswer {
    let file: FileStore.File
    let type: String
    /// Set by the handler. If the type is among them it is not added.
    var fields = HeaderFields()

    private var size: Int { file.bytes.count }
    private var tag: String { "\(String(file.modified, radix: 16))-\(String(size, radix: 16))" }
    /// Whole seconds, rounded up as aiohttp does.
    private var modified: Int { (file.modified + 999_999_999) / 1_000_000_000 }

    /// - Parameter head: its preconditions and its range count.
    func answer(to head: Request) -> Answer {
        let (request, version) = (head.headers, head.version)
        if let tags = request["if-match"], !matches(tags, weakly: false) { return unsent(412) }
        if request["if-match"] == nil, let since = date(request["if-unmodified-since"]), modified > since {
            return unsent(412)
        }
        if let tags = request["if-none-match"] {
            if matches(tags, weakly: true) { return unsent(304) }
        } else if let since = date(request["if-modified-since"]), modified <= since {
            return unsent(304)
        }
        var answer = Answer(fields: fields)
        var part = 0..<size
        var range: String?
        if let text = request["range"], appliesToThis(request["if-range"]) {
            guard let wanted = FileAnswer.range(text, size) else { return unsatisfiable(version) }
            (part, answer.status) = (wanted, 206)
            range = "bytes \(wanted.lowerBound)-\(wanted.upperBound - 1)/\(size)"
        }
        if !fields.contains("content-type") { answer.lateFields.append("Content-Type", type) }
        answer.lateFields.append("Etag", "\"\(tag)\"")
        answer.lateFields.append("Last-Modified", CivilTime(seconds: modified).httpDate)
        answer.lateFields.append("Content-Length", String(part.count))
        answer.lateFields.append("Accept-Ranges", "bytes")
        if let range { answer.lateFields.append("Content-Range", range) }
        answer.body = .bytes(part.count == size ? file.bytes : Array(file.bytes[part]))
        return answer
    }

    private func unsent(_ status: Int) -> Answer {
        var answer = Answer(status: status, fields: fields)
        if status == 304 {
            answer.lateFields.append("Etag", "\"\(tag)\"")
            answer.lateFields.append("Last-Modified", CivilTime(seconds: modified).httpDate)
        }
        return answer
    }

    /// aiohttp sends no length with this refusal, so it comes in chunks.
    private func unsatisfiable(_ version: HTTPVersion) -> Answer {
        var answer = Answer(status: 416, fields: fields, body: .stream { _ in })
        answer.lateFields.append("Content-Range", "bytes */\(size)")
        if version == .http11 { answer.lateFields.append("Transfer-Encoding", "chunked") }
        if !fields.contains("content-type") { answer.lateFields.append("Content-Type", MediaType.unknown) }
        return answer
    }

    private func matches(_ tags: String, weakly: Bool) -> Bool {
        tags.split(separator: ",").map { $0.trimmed }.contains { candidate in
            candidate == "*" || candidate == "\"\(tag)\"" || weakly && candidate == "W/\"\(tag)\""
        }
    }

    private func appliesToThis(_ condition: String?) -> Bool {
        guard let condition else { return true }
        return date(condition).map { modified <= $0 } ?? false
    }

    private func date(_ text: String?) -> Int? { text.flatMap { HTTPDateText.seconds($0) } }

    /// One range of bytes; `nil` for what is none or lies beyond the end.
    private static func range(_ text: String, _ size: Int) -> Range<Int>? {
        guard let range = ByteRange(text) else { return nil }
        // aiohttp's `http_range` reads `bytes=-0` as from the byte -0, which is the first one.
        if range.first == nil && range.last == 0 { return size > 0 ? 0..<size : nil }
        return range.part(of: size)
    }
}

/// Reads `Sun, 22 Nov 2026 10:52:46 GMT`.
enum HTTPDateText {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970; `nil` for any other form.
    static func seconds(_ text: String) -> Int? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, let day = Int(parts[1]), let month = months.firstIndex(of: String(parts[2])),
            let year = Int(parts[3]), (1...31).contains(day), (0...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }) else { return nil }
        // Days since 1970 of a civil date; the year begins in March.
        let shifted = month < 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }
}
