public import JSONTree

extension JournalEntry {
    /// The entry as the control server, the command line and the feed give it, without secrets; the members of each
    /// kind of event are always the same, in the same order.
    public func json(redaction: Redaction = Redaction()) -> JSON {
        var members: JSONObject = [
            "number": .int(number), "at": .string(JournalTime(seconds: at).iso), "since": .double(since.seconds),
            "fake": .string(fake), "kind": .string(kind), "connection": .number(JSONNumber(connection)),
            "event": .string(event.name.rawValue),
        ]
        members.merge(EntryForm(redaction: redaction, kind: kind).members(of: event))
        return .object(members)
    }
}

/// Writes the part of an entry that depends on its event.
struct EntryForm {
    let redaction: Redaction
    let kind: String

    func members(of event: JournalEvent) -> JSONObject {
        switch event {
        case .accepted(let peer, let local): ["peer": .string(peer), "local": .string(local)]
        case .secured(let version, let alpn): ["version": .string(version), "alpn": text(alpn)]
        case .exchange(let record), .opened(let record): members(of: record)
        case .message(let record): members(of: record)
        case .control(let record):
            [
                "exchange": .int(record.exchange), "type": .string(record.kind.rawValue),
                "direction": .string(record.direction.rawValue), "code": record.code.map { .int(Int($0)) } ?? .null,
                "reason": .string(record.reason), "size": .int(record.size),
            ]
        case .effect(let record):
            [
                "exchange": record.exchange.map { .int($0) } ?? .null, "client": client(record.client),
                "rule": .string(record.rule), "effect": .string(record.effect), "detail": .string(record.detail),
            ]
        case .refused(let fault, let status):
            ["fault": .string(fault), "status": status.map { .int($0) } ?? .null]
        case .scenario(let name, let rules): ["scenario": .string(name), "rules": .int(rules)]
        case .lifecycle(let text): ["detail": .string(text)]
        case .closed(let record): Self.members(of: record)
        }
    }

    static func members(of record: ClosedRecord) -> JSONObject {
        [
            "by": .string(record.by.rawValue), "how": .string(record.how.rawValue),
            "rule": record.rule.map { .string($0) } ?? .null, "detail": .string(record.detail),
            "received": .int(record.received), "sent": .int(record.sent),
        ]
    }

    private func members(of record: ExchangeRecord) -> JSONObject {
        [
            "exchange": .int(record.id), "client": client(record.client), "scheme": .string(record.scheme),
            "method": .string(record.method), "target": .string(redaction.target(record.target)),
            "path": .string(record.path), "version": .string(record.version), "route": text(record.route),
            "request": [
                "headers": headers(record.requestHeaders),
                "body": body(
                    record.requestBody, size: record.requestBodySize, type: record.requestHeaders["content-type"]),
            ],
            "status": .int(record.status), "reason": .string(record.reason),
            "response": [
                "headers": headers(record.responseHeaders),
                "body": body(
                    record.responseBody, size: record.responseBodySize, type: record.responseHeaders["content-type"]),
            ],
            "stream": .bool(record.isStream), "began": .double(record.began.seconds),
            "head": record.head.map { .double($0.seconds) } ?? .null, "ended": .double(record.ended.seconds),
            "outcome": .string(record.outcome.word),
            "broken_off_by": { if case .brokenOff(let rule) = record.outcome { .string(rule) } else { .null } }(),
            "error": text(record.nativeError), "rules": .array(record.rules.map { .string($0) }),
        ]
    }

    private func members(of record: MessageRecord) -> JSONObject {
        let form: (word: String, name: String?) =
            switch record.form {
            case .text: ("text", nil)
            case .binary: ("binary", nil)
            case .event(let name): ("event", name)
            }
        return [
            "exchange": .int(record.exchange), "client": client(record.client),
            "direction": .string(record.direction.rawValue), "form": .string(form.word), "name": text(form.name),
            "type": .string(record.type),
            "body": body(record.payload, size: record.size, isBinary: record.form == .binary),
        ]
    }

    private func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    private func client(_ client: String) -> JSON { .string(redaction.client(client, of: kind)) }

    private func headers(_ headers: HeaderRecord) -> JSON {
        .array(redaction.headers(headers).map { ["name": .string($0.name), "value": .string($0.value)] })
    }

    /// The size, how much of it is kept if it is less, and the body as JSON, as text or in base64.
    private func body(_ bytes: [UInt8], size: Int, type: String? = nil, isBinary: Bool = false) -> JSON {
        var members: JSONObject = ["size": .int(size)]
        if bytes.count < size { members["kept"] = .int(bytes.count) }
        if bytes.isEmpty { return .object(members) }
        switch BodyText(bytes, isWhole: bytes.count == size, type: type, isBinary: isBinary, redaction: redaction) {
        case .text(let text):
            // A text that looks like a value but is none is a text.
            if let first = text.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
                let value = JSON.found(in: text)
            {
                members["json"] = value
            } else {
                members["text"] = .string(text)
            }
        case .base64(let text): members["base64"] = .string(text)
        }
        return .object(members)
    }
}
