import JSONTree
import Testing

@testable import Journal

@Suite struct HARTests {
    /// An exchange, a form, a stream that broke off, and a WebSocket with all kinds of messages.
    static let entries: [JournalEntry] = [
        .make(.accepted(peer: "127.0.0.1:5", local: "127.0.0.1:8188"), since: .zero),
        .make(
            .exchange(
                .make(
                    "POST", "/prompt?a=b%20c",
                    headers: ["Host": "localhost:8188", "Content-Type": "application/json", "Cookie": "a=1; b=2"],
                    body: Array("{\"prompt\": {}}".utf8),
                    answerHeaders: ["Content-Type": "application/json", "Set-Cookie": "s=1; Path=/"],
                    answer: Array("{\"prompt_id\": \"ä\"}".utf8), rules: ["slow"])), since: .milliseconds(1005)),
        .make(
            .exchange(
                .make(
                    id: 2, "POST", "/upload/image", headers: ["Content-Type": "application/octet-stream"],
                    body: [0xFF, 0xFE],
                    status: 302, answerHeaders: ["Location": "/view", "Content-Type": "image/png"],
                    answer: [0x89, 0x50]))),
        .make(
            .exchange(
                .make(
                    id: 3, headers: ["Content-Type": "application/x-www-form-urlencoded"],
                    body: Array("x=1&y=a+b".utf8), status: 0, outcome: .reset))),
        .make(.opened(.make(id: 4, "GET", "/ws?clientId=me", status: 101)), connection: 2),
        .make(
            .message(
                MessageRecord(
                    exchange: 4, direction: .sent, type: "status", payload: Array("{\"type\": \"status\"}".utf8))),
            connection: 2, since: .seconds(2)),
        .make(
            .message(
                MessageRecord(exchange: 4, direction: .received, type: "feature_flags", payload: Array("{}".utf8))),
            connection: 2, since: .seconds(3)),
        .make(
            .message(
                MessageRecord(exchange: 4, direction: .sent, form: .binary, type: "preview", payload: [0, 0, 0, 1])),
            connection: 2, since: .seconds(4)),
        .make(.closed(ClosedRecord(by: .client, how: .fin)), connection: 2, since: .seconds(6)),
        .make(
            .exchange(
                .make(
                    id: 1, "POST", "/v1/chat/completions", answerHeaders: ["Content-Type": "text/event-stream"],
                    answer: Array("data: {}\n\n".utf8), isStream: true, outcome: .brokenOff(rule: "cut"))),
            fake: "litellm", since: .seconds(7)),
        .make(
            .message(
                MessageRecord(
                    exchange: 1, direction: .sent, form: .event(name: nil), type: "chunk", payload: Array("{}".utf8))),
            fake: "litellm", since: .seconds(6)),
    ]

    private let har = HAR.make(entries: HARTests.entries, version: "1.2.3")

    private func entry(_ path: String) throws -> JSON {
        let entries = try #require(har["log"]?["entries"]?.array)
        return try #require(entries.first { $0["request"]?["url"]?.string?.contains(path) == true })
    }

    /// The members that HAR 1.2 requires and their types; `?` before what may be missing.
    private static let shapes: [String: [String: String]] = [
        "log": ["version": "text", "creator": "creator", "?pages": "[page", "entries": "[entry"],
        "creator": ["name": "text", "version": "text"],
        "page": ["startedDateTime": "time", "id": "text", "title": "text", "pageTimings": "pageTimings"],
        "pageTimings": ["?onContentLoad": "number", "?onLoad": "number"],
        "entry": [
            "?pageref": "text", "startedDateTime": "time", "time": "number", "request": "request",
            "response": "response",
            "cache": "cache", "timings": "timings", "?serverIPAddress": "text", "?connection": "text",
        ],
        "request": [
            "method": "text", "url": "text", "httpVersion": "text", "cookies": "[cookie", "headers": "[pair",
            "queryString": "[pair", "?postData": "postData", "headersSize": "number", "bodySize": "number",
        ],
        "response": [
            "status": "number", "statusText": "text", "httpVersion": "text", "cookies": "[cookie", "headers": "[pair",
            "content": "content", "redirectURL": "text", "headersSize": "number", "bodySize": "number",
        ],
        "cookie": ["name": "text", "value": "text"], "pair": ["name": "text", "value": "text"],
        "postData": ["mimeType": "text", "?text": "text", "?params": "[pair"],
        "content": ["size": "number", "mimeType": "text", "?text": "text", "?encoding": "text"], "cache": [:],
        "timings": [
            "?blocked": "number", "?dns": "number", "?connect": "number", "send": "number", "wait": "number",
            "receive": "number", "?ssl": "number",
        ],
    ]

    /// What is wrong with a value of a shape, each with its place. Nothing is there that the format does not know, but
    /// comments and what begins with an underscore.
    private func problems(_ value: JSON, _ shape: String, at place: String) -> [String] {
        switch shape {
        case "text": return value.string == nil ? ["\(place) is no text"] : []
        case "number": return (value.double ?? -2) < -1 ? ["\(place) is no number"] : []
        case "time":
            let isTime = value.string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil
            return isTime ? [] : ["\(place) is no time"]
        case _ where shape.hasPrefix("["):
            guard let list = value.array else { return ["\(place) is no list"] }
            return list.enumerated().flatMap { problems($1, String(shape.dropFirst()), at: "\(place)/\($0)") }
        default:
            guard let object = value.object, let members = Self.shapes[shape] else {
                return ["\(place) is no \(shape)"]
            }
            var found: [String] = []
            for (member, shape) in members {
                let name = String(member.drop { $0 == "?" })
                if let value = object[name] {
                    found += problems(value, shape, at: "\(place)/\(name)")
                } else if name == member {
                    found.append("\(place)/\(name) is missing")
                }
            }
            let known = Set(members.keys.map { String($0.drop { $0 == "?" }) } + ["comment"])
            return found + object.keys.filter { !known.contains($0) && !$0.hasPrefix("_") }.map { "\(place)/\($0)?" }
        }
    }

    @Test func `an archive has the shape of HAR 1_2`() throws {
        let log = try #require(har["log"])

        #expect(problems(log, "log", at: "log") == [])
        #expect(log["entries"]?.array?.count == 5)
        #expect(log["version"] == "1.2")
        #expect(log["creator"] == ["name": "Understudy", "version": "1.2.3"])
        #expect(log["pages"]?.array?.compactMap { $0["id"]?.string } == ["comfyui", "litellm"])
        // The check itself can fail.
        #expect(problems(["version": 1], "log", at: "log").count == 3)
    }

    @Test func `an exchange has its head, body, query, cookies and times`() throws {
        let entry = try entry("/prompt?")

        #expect(entry["request"]?["url"] == "http://localhost:8188/prompt?a=b%20c")
        #expect(entry["request"]?["queryString"] == [["name": "a", "value": "b c"]])
        #expect(entry["request"]?["postData"] == ["mimeType": "application/json", "text": "{\"prompt\": {}}"])
        #expect(entry["request"]?["cookies"]?.array?.count == 2)
        #expect(entry["response"]?["cookies"]?.array?.count == 1)
        #expect(
            entry["response"]?["content"]
                == ["size": 19, "mimeType": "application/json", "text": "{\"prompt_id\": \"ä\"}"])
        #expect(entry["startedDateTime"] == "2026-01-01T00:00:01.000Z")
        #expect(entry["time"] == 5.0)
        #expect(entry["timings"]?["wait"] == 2.5)
        #expect(entry["timings"]?["receive"] == 2.5)
        #expect(entry["serverIPAddress"] == "127.0.0.1")
        #expect(entry["comment"] == "rules: slow")
    }

    @Test func `binary bodies are base64, forms have parameters, redirects their place`() throws {
        let upload = try entry("/upload/image")
        let form = try #require(har["log"]?["entries"]?.array?.first { $0["response"]?["status"] == 0 })

        #expect(upload["request"]?["postData"]?["text"] == "//4=")
        #expect(upload["response"]?["content"]?["encoding"] == "base64")
        #expect(upload["response"]?["redirectURL"] == "/view")
        #expect(
            form["request"]?["postData"]?["params"] == [["name": "x", "value": "1"], ["name": "y", "value": "a b"]])
        #expect(form["response"]?["_error"] == "reset")
    }

    @Test func `a WebSocket has its messages as Chromium writes them`() throws {
        let entry = try entry("/ws")

        #expect(entry["request"]?["url"] == "ws://comfyui/ws?clientId=me")
        #expect(entry["_resourceType"] == "websocket")
        #expect(
            entry["_webSocketMessages"] == [
                ["type": "receive", "time": 1767225602.0, "opcode": 1, "data": "{\"type\": \"status\"}"],
                ["type": "send", "time": 1767225603.0, "opcode": 1, "data": "{}"],
                ["type": "receive", "time": 1767225604.0, "opcode": 2, "data": "AAAAAQ=="],
            ])
        #expect(entry["timings"]?["receive"] == 4997.5)
    }

    @Test func `a stream has its events`() throws {
        let entry = try entry("/v1/chat/completions")

        #expect(entry["_resourceType"] == "eventsource")
        #expect(entry["_eventSourceMessages"]?[0]?["eventName"] == "message")
        #expect(entry["response"]?["_error"] == "broken_off")
        #expect(entry["pageref"] == "litellm")
    }
}
