import JSONTree
import Testing

@testable import Journal

@Suite struct EntryFormTests {
    private let exchange = JournalEntry.make(
        .exchange(
            .make(
                headers: ["Content-Type": "application/json"], body: Array(#"{"b": 1.50, "a": []}"#.utf8),
                answer: Array("plain".utf8), began: .seconds(1), took: .milliseconds(4), rules: ["one"])),
        connection: 3, since: .milliseconds(1004))

    @Test func `an exchange in JSON has all its members in order`() {
        #expect(
            exchange.json().text()
                == #"{"number":0,"at":"2026-01-01T00:00:01.004000Z","since":1.004,"fake":"comfyui","kind":"comfyui","#
                + #""connection":3,"event":"exchange","exchange":1,"client":"","scheme":"http","method":"POST","#
                + #""target":"/prompt","path":"/prompt","version":"HTTP/1.1","route":"/prompt","request":{"headers":"#
                + #"[{"name":"Content-Type","value":"application/json"}],"body":{"size":20,"json":{"b":1.50,"a":[]}}},"#
                + #""status":200,"reason":"OK","response":{"headers":[],"body":{"size":5,"text":"plain"}},"#
                + #""stream":false,"began":1.0,"head":1.002,"ended":1.004,"outcome":"complete","broken_off_by":null,"#
                + #""error":null,"rules":["one"]}"#)
    }

    @Test(arguments: [
        (
            JournalEvent.accepted(peer: "127.0.0.1:9", local: "127.0.0.1:8188"),
            "accepted from 127.0.0.1:9 at 127.0.0.1:8188"
        ),
        (.secured(version: "TLSv1.3", alpn: "h2"), "secured, TLSv1.3, h2"),
        (.exchange(.make("GET", "/queue", answer: [1, 2])), "GET /queue → 200 OK, 2 B, 5.0 ms"),
        (
            .exchange(
                .make(
                    status: 0, took: .seconds(2), outcome: .brokenOff(rule: "r"), error: "out_of_memory", rules: ["r"])),
            "POST /prompt → no answer, 2.0 s, broken off, out_of_memory [r]"
        ),
        (.opened(.make("GET", "/ws?clientId=a", status: 101)), "GET /ws?clientId=a → WebSocket"),
        (
            .message(MessageRecord(exchange: 1, direction: .sent, type: "status", payload: Array("{\"a\": 1}".utf8))),
            "→ status, 8 B {\"a\": 1}"
        ),
        (
            .message(
                MessageRecord(
                    exchange: 1, direction: .received, form: .binary, type: "preview", payload: [1], size: 4200)),
            "← preview, 4.2 kB"
        ),
        (
            .control(ControlRecord(exchange: 1, kind: .close, direction: .received, code: 1001, reason: "bye")),
            "← close 1001 \"bye\""
        ),
        (.effect(EffectRecord(rule: "r", effect: "delay", detail: "40 ms")), "delay, 40 ms [r]"),
        (.refused(fault: "bad request line", status: 400), "request refused: bad request line → 400"),
        (.scenario(name: "busy-gpu", rules: 1), "scenario busy-gpu, 1 rule"),
        (.scenario(name: "", rules: 0), "no scenario"),
        (.lifecycle("restarted, state lost"), "restarted, state lost"),
        (
            .closed(
                ClosedRecord(by: .server, how: .reset, rule: "r", detail: "broken pipe", received: 12, sent: 1_250_000)),
            "closed by server, reset, broken pipe, 12 B in, 1.3 MB out [r]"
        ),
    ])
    func `every kind of entry has a line and a value`(event: JournalEvent, words: String) throws {
        let entry = JournalEntry.make(event, connection: 2)

        #expect(entry.line() == "00:00:01.000 comfyui #2 \(words)")
        let reread = try JSON(parsing: entry.json().text())
        #expect(reread == entry.json())
        #expect(reread["event"]?.string == event.name.rawValue)
    }

    @Test func `a line obeys no client`() {
        let entry = JournalEntry.make(.exchange(.make("GET", "/\u{1B}[2J\n\u{202E}x")))

        #expect(entry.line().contains(#"GET /\u{1B}[2J\n\u{202E}x"#))
    }

    @Test(arguments: [
        (Array("{\"a\"".utf8), 4, #"{"size":4,"text":"{\"a\""}"#),
        ([0xFF, 0x00, 0x01], 3, #"{"size":3,"base64":"/wAB"}"#),
        ([0x61, 0xC3], 9, #"{"size":9,"kept":2,"text":"a"}"#), ([0x61, 0xC3], 2, #"{"size":2,"base64":"YcM="}"#),
        ([0xF0, 0x9F, 0x98, 0x80], 9, #"{"size":9,"kept":4,"text":"😀"}"#), ([], 0, #"{"size":0}"#),
        ([], 9, #"{"size":9,"kept":0}"#), ([0x66], 1, #"{"size":1,"text":"f"}"#),
    ])
    func `a body is JSON, a text or base64`(bytes: [UInt8], size: Int, form: String) throws {
        let entry = JournalEntry.make(
            .message(MessageRecord(exchange: 1, direction: .sent, type: "t", payload: bytes, size: size)))

        let body = try #require(entry.json()["body"])
        #expect(body.text() == form)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"), (951_782_400, "2000-02-29T00:00:00.000000Z"),
        (4_107_542_399.5, "2100-02-28T23:59:59.500000Z"), (4_107_542_400, "2100-03-01T00:00:00.000000Z"),
        (1_795_372_163.123456, "2026-11-22T18:29:23.123456Z"), (.nan, "1970-01-01T00:00:00.000000Z"),
        (.infinity, "9999-12-31T23:59:59.000000Z"),
    ])
    func `times are those of the calendar`(seconds: Double, text: String) {
        #expect(JournalTime(seconds: seconds).iso == text)
    }

    @Test func `a connection adds up to one story`() throws {
        let ping = ControlRecord(exchange: 1, kind: .ping, direction: .received)
        let events: [(JournalEvent, Duration)] = [
            (.accepted(peer: "127.0.0.1:9", local: "127.0.0.1:8188"), .zero),
            (.opened(.make("GET", "/ws", status: 101, began: .milliseconds(10))), .milliseconds(20)),
            (.message(MessageRecord(exchange: 1, direction: .sent, type: "status")), .milliseconds(30)),
            (.control(ping), .seconds(5)), (.effect(EffectRecord(rule: "cut", effect: "drop")), .seconds(6)),
            (.closed(ClosedRecord(by: .server, how: .reset, rule: "cut")), .seconds(6)),
        ]
        var entries = events.map { JournalEntry.make($0, connection: 5, since: $1) }
        entries.append(.make(.exchange(.make()), connection: 6))
        entries.append(.make(.lifecycle("stopped"), connection: 0))

        let summaries = ConnectionSummary.all(of: entries)

        #expect(
            summaries.map { $0.json.text() } == [
                #"{"fake":"comfyui","connection":5,"peer":"127.0.0.1:9","tls":null,"websocket":true,"exchanges":0,"#
                    + #""messages_sent":1,"messages_received":0,"pings":1,"rules":["cut"],"longest_gap":4.97,"#
                    + #""closed":{"by":"server","how":"reset","rule":"cut","detail":"","received":0,"sent":0}}"#,
                #"{"fake":"comfyui","connection":6,"peer":null,"tls":null,"websocket":false,"exchanges":1,"#
                    + #""messages_sent":0,"messages_received":0,"pings":0,"rules":[],"longest_gap":0.0,"closed":null}"#,
            ])
    }
}
