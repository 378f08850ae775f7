internal import JSONTree

/// One exchange as an entry of an archive.
struct HARExchange {
    let entry: JournalEntry
    let record: ExchangeRecord
    private let index: HARIndex
    private let redaction: Redaction

    init(_ entry: JournalEntry, _ record: ExchangeRecord, in index: HARIndex, redaction: Redaction) {
        self.entry = entry
        self.record = record
        self.index = index
        self.redaction = redaction
    }

    private var isWebSocket: Bool { if case .opened = entry.event { true } else { false } }

    /// When the request came, in seconds since 1970.
    var started: Double { entry.at - (entry.since - record.began) / .seconds(1) }

    /// `http://127.0.0.1:8188`.
    var origin: String {
        let local = index.addresses[NumberInFake(entry)]?.local
        return "\(record.scheme)://\(record.requestHeaders["host"] ?? local ?? entry.fake)"
    }

    private var url: String {
        let target = redaction.target(record.target)
        if !target.hasPrefix("/") { return target.contains("://") ? target : origin + "/" + target }
        // Chromium writes ws:// and wss://.
        return (isWebSocket ? "ws" + origin.dropFirst(4) : origin) + target
    }

    var json: JSON {
        var members: JSONObject = [
            "pageref": .string(entry.fake),
            "startedDateTime": .string(JournalTime(seconds: started).isoMilliseconds),
            "time": .double(wait.milliseconds + receive.milliseconds),
            "request": request, "response": response, "cache": [:],
            "timings": [
                "blocked": -1, "dns": -1, "connect": -1, "ssl": -1, "send": 0,
                "wait": .double(wait.milliseconds), "receive": .double(receive.milliseconds),
            ],
        ]
        if let local = index.addresses[NumberInFake(entry)]?.local {
            members["serverIPAddress"] = .string(local.withoutPort)
        }
        members["connection"] = .string(String(entry.connection))
        members["_resourceType"] = isWebSocket ? "websocket" : record.isStream ? "eventsource" : "fetch"
        if isWebSocket { members["_webSocketMessages"] = webSocketMessages }
        if record.isStream { members["_eventSourceMessages"] = eventMessages }
        if !record.rules.isEmpty { members["comment"] = .string("rules: " + record.rules.joined(separator: ", ")) }
        return .object(members)
    }

    private var wait: Duration { max(.zero, (record.head ?? record.ended) - record.began) }

    private var receive: Duration {
        guard let head = record.head else { return .zero }
        let last = isWebSocket ? index.closed[NumberInFake(entry)] ?? record.ended : record.ended
        return max(.zero, last - head)
    }

    private var request: JSON {
        var members: JSONObject = [
            "method": .string(record.method), "url": .string(url), "httpVersion": .string(record.version),
            "headers": headers(record.requestHeaders),
            "queryString": .array(
                record.queryItems.map {
                    let value = redaction.isSecret($0.name) ? Redaction.stub($0.value) : $0.value
                    return ["name": .string($0.name), "value": .string(value)]
                }),
            "cookies": cookies(record.requestHeaders, "cookie"),
            "headersSize": -1, "bodySize": .int(record.requestBodySize),
        ]
        if !record.requestBody.isEmpty { members["postData"] = .object(postData) }
        return .object(members)
    }

    private var postData: JSONObject {
        let type = record.requestHeaders["content-type"] ?? ""
        var members: JSONObject = ["mimeType": .string(type)]
        let isWhole = record.requestBody.count == record.requestBodySize
        switch BodyText(record.requestBody, isWhole: isWhole, type: type, redaction: redaction) {
        case .text(let text):
            members["text"] = .string(text)
            if type.lowercased().hasPrefix("application/x-www-form-urlencoded") {
                members["params"] = .array(
                    PercentEncoding.items(text[...].utf8).map {
                        ["name": .string($0.name), "value": .string($0.value)]
                    })
            }
        case .base64(let text):
            // The format has no word for it here.
            members["text"] = .string(text)
            members["_encoding"] = "base64"
        }
        if !isWhole { members["comment"] = .string(cutComment(record.requestBody.count)) }
        return members
    }

    private var response: JSON {
        var members: JSONObject = [
            "status": .int(record.status), "statusText": .string(record.reason),
            "httpVersion": .string(record.version), "headers": headers(record.responseHeaders),
            "cookies": cookies(record.responseHeaders, "set-cookie"), "content": content,
            "redirectURL": .string(record.responseHeaders["location"].map(redaction.target) ?? ""),
            "headersSize": -1, "bodySize": .int(record.responseBodySize),
        ]
        if record.outcome != .complete { members["_error"] = .string(record.outcome.word) }
        return .object(members)
    }

    private var content: JSON {
        let type = record.responseHeaders["content-type"] ?? ""
        var members: JSONObject = [
            "size": .int(record.responseBodySize),
            // What Chromium writes for no type.
            "mimeType": .string(type.isEmpty ? "x-unknown" : type),
        ]
        if record.responseBody.isEmpty { return .object(members) }
        let isWhole = record.responseBody.count == record.responseBodySize
        switch BodyText(record.responseBody, isWhole: isWhole, type: type, redaction: redaction) {
        case .text(let text): members["text"] = .string(text)
        case .base64(let text):
            members["text"] = .string(text)
            members["encoding"] = "base64"
        }
        if !isWhole { members["comment"] = .string(cutComment(record.responseBody.count)) }
        return .object(members)
    }

    private func cutComment(_ kept: Int) -> String { "only the first \(kept) bytes were kept" }

    private func headers(_ headers: HeaderRecord) -> JSON {
        .array(redaction.headers(headers).map { ["name": .string($0.name), "value": .string($0.value)] })
    }

    private func cookies(_ headers: HeaderRecord, _ name: String) -> JSON {
        var cookies: [JSON] = []
        for value in headers.all(name).map({ redaction.header(name, $0) }) {
            // The attributes of a Set-Cookie are no cookies.
            for cookie in value.split(separator: ";").prefix(name == "cookie" ? .max : 1) {
                let parts = cookie.drop { $0 == " " }.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                cookies.append(
                    ["name": .string(String(parts[0])), "value": .string(parts.count > 1 ? String(parts[1]) : "")])
            }
        }
        return .array(cookies)
    }

    private var messages: [(at: Double, record: MessageRecord)] {
        index.messages[NumberInFake(fake: entry.fake, number: record.id)] ?? []
    }

    /// Directions are the browser's, times seconds since 1970, binary data in base64 with the opcode 2.
    private var webSocketMessages: JSON {
        .array(
            messages.map { message in
                let isBinary = message.record.form == .binary
                return [
                    "type": message.record.direction == .received ? "send" : "receive", "time": .double(message.at),
                    "opcode": isBinary ? 2 : 1, "data": .string(data(message.record, isBinary: isBinary)),
                ]
            })
    }

    private var eventMessages: JSON {
        .array(
            messages.map { message in
                var name = ""
                if case .event(let field) = message.record.form { name = field ?? "" }
                return [
                    "time": .double(message.at), "eventName": .string(name.isEmpty ? "message" : name), "eventId": "",
                    "data": .string(data(message.record)),
                ]
            })
    }

    private func data(_ record: MessageRecord, isBinary: Bool = false) -> String {
        let isWhole = record.payload.count == record.size
        switch BodyText(record.payload, isWhole: isWhole, isBinary: isBinary, redaction: redaction) {
        case .text(let text), .base64(let text): return text
        }
    }
}

extension String {
    /// The host of `host:port`; an IPv6 address without its brackets.
    fileprivate var withoutPort: String {
        guard let colon = lastIndex(of: ":") else { return self }
        let host = self[..<colon]
        return String(host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host)
    }
}
