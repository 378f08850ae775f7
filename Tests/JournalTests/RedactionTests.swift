import JSONTree
import Testing

@testable import Journal

@Suite struct RedactionTests {
    private let redaction = Redaction(names: ["X-House-Secret"])

    private func body(_ text: String, type: String? = nil) -> String {
        redaction.body(Array(text.utf8), type: type).asText
    }

    @Test(arguments: [
        ("Authorization", "Bearer sk-abcdefghijklmnop", "Bearer sk-…(19)"), ("authorization", "sk-1234", "…(7)"),
        ("X-API-Key", "abcdefghijkl", "abc…(12)"), ("api-key", "k", "…(1)"), ("x-goog-api-key", "12345", "…(5)"),
        ("Cookie", "access-token=abcdefghijklmno; theme=dark", "access-token=abc…(15); theme=…(4)"),
        ("Set-Cookie", "token=abcdefghijklmno; Path=/; HttpOnly", "token=abc…(15); Path=/; HttpOnly"),
        ("x_house-secret", "12345", "…(5)"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZQ==", "dGhlIHNhbXBsZQ=="),
        ("Content-Type", "application/json", "application/json"),
    ])
    func `headers that are secrets keep their beginning and length`(name: String, value: String, shown: String) {
        #expect(redaction.header(name, value) == shown)
    }

    @Test func `items of a query that are secrets lose their values and nothing else does`() {
        #expect(
            redaction.target("/a?x=1&api_key=sk-123&b%20c=%2F&token=abc") == "/a?x=1&api_key=…(6)&b%20c=%2F&token=…(3)")
        #expect(redaction.target("/a?") == "/a?")
        #expect(redaction.target("/a") == "/a")
    }

    @Test(arguments: [
        (#"{"password": "hunter2", "user": "me"}"#, #"{"password": "…(7)", "user": "me"}"#),
        (#"{"api_key":"a\"b","n":1.50}"#, #"{"api_key":"…(4)","n":1.50}"#),
        (#"{"a": {"auth_token_comfy_org" : "abcdefghijklmnop"}}"#, #"{"a": {"auth_token_comfy_org" : "abc…(16)"}}"#),
        (#"{"password": 1234, "b": 2}"#, #"{"password": "…(4)", "b": 2}"#),
        (#"{"password": null, "secret": ""}"#, #"{"password": null, "secret": ""}"#),
        (#"{"max_tokens": 10, "usage": {"total_tokens": 5}}"#, #"{"max_tokens": 10, "usage": {"total_tokens": 5}}"#),
        (#"{"token": " wonderful", "logprob": -1}"#, #"{"token": " wonderful", "logprob": -1}"#),
        (#"{"token": "88dc28d0f030c55ed4ab77ed8faf098196cb1c05"}"#, #"{"token": "88d…(40)"}"#),
        (#"{"keys": ["sk-1234", "sk-learn"]}"#, #"{"keys": ["…(7)", "sk-learn"]}"#),
        ("data: {\"key\": \"sk-1234\"}\n\ndata: [DONE]\n\n", "data: {\"key\": \"…(7)\"}\n\ndata: [DONE]\n\n"),
        (#"{"house": 1, "password": "cut off in the mid"#, #"{"house": 1, "password": "cut…(18)"#),
        (#"{"password": "ends in \"#, #"{"password": "…(9)"#),
        ("Received API Key = sk-abc123def456, risk-12345", "Received API Key = sk-…(15), risk-12345"),
        (#"{"x_house_secret": "12345"}"#, #"{"x_house_secret": "…(5)"}"#),
        (#""password""#, #""password""#), (#"{"password":"#, #"{"password":"#), ("", ""), ("\"", "\""),
    ])
    func `secrets vanish from bodies and all other bytes stay`(text: String, shown: String) {
        #expect(body(text) == shown)
    }

    @Test func `forms and multipart fields are bodies too`() {
        let form = body("username=me&password=hunter2", type: "application/x-www-form-urlencoded; charset=utf-8")
        let multipart = body(
            "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhunter2\r\n--b\r\n"
                + "Content-Disposition: form-data; name=\"user\"\r\n\r\nme\r\n--b--\r\n",
            type: "multipart/form-data; boundary=b")

        #expect(form == "username=me&password=…(7)")
        #expect(multipart.contains("\r\n\r\n…(7)\r\n--b\r\n"))
        #expect(multipart.contains("\r\n\r\nme\r\n--b--\r\n"))
    }

    @Test func `bytes that are no text stay as they are`() {
        let bytes = Array(0...255).map { UInt8($0) }

        #expect(redaction.body(bytes) == bytes)
    }

    @Test func `LiteLLM's clients are keys, the others' are not`() {
        #expect(redaction.client("sk-abcdefghijklmnop", of: "litellm") == "sk-…(19)")
        #expect(redaction.client("0123456789abcdef", of: "comfyui") == "0123456789abcdef")
    }

    @Test func `no form of an entry tells a secret`() throws {
        let secret = "sk-SECRET-0123456789"
        let record = ExchangeRecord.make(
            client: secret, "POST", "/v1/chat/completions?api_key=\(secret)",
            headers: ["Authorization": "Bearer \(secret)", "Cookie": "token=\(secret)", "Host": "h"],
            body: Array("{\"api_key\": \"\(secret)\", \"inner\": \"{\\\"api_key\\\": \\\"\(secret)\\\"}\"}".utf8),
            answerHeaders: ["Set-Cookie": "token=\(secret)", "Location": "/next?token=\(secret)"],
            answer: Array("Received API Key = \(secret)".utf8), isStream: true)
        let message = MessageRecord(
            exchange: 1, client: secret, direction: .sent, form: .event(name: nil), type: "chunk",
            payload: Array("{\"key\": \"\(secret)\"}".utf8))
        let effect = EffectRecord(rule: "r", effect: "delay", exchange: 1, client: secret)
        let entries = [JournalEvent.exchange(record), .message(message), .effect(effect)].map {
            JournalEntry.make($0, fake: "litellm")
        }
        let query = try JournalQuery(json: ["client": .string(secret), "header": ["authorization": "x"], "status": 500])
        let claim = Verification(.count(query, .exactly(1))).check(entries)

        let forms =
            entries.map { $0.json().text() } + entries.map { $0.line() }
            + [HAR.make(entries: entries).text(), claim.json.text(), claim.text]

        #expect(!claim.misses.isEmpty)
        for form in forms { #expect(!form.contains("SECRET")) }
    }
}
