import JSONTree
import Testing

@testable import Journal

@Suite struct VerificationTests {
    /// Three prompts, a second apart, of which the last fails; then an event, and the history.
    private static let entries: [JournalEntry] = {
        var log = JournalLog()
        for (second, status) in [(1, 200), (2, 200), (3, 400)] {
            let record = ExchangeRecord.make(
                id: second, client: "me", status: status, began: .seconds(second), took: .milliseconds(20 * second))
            log.append(.make(.exchange(record), since: .seconds(second) + .milliseconds(100)))
        }
        log.append(
            .make(
                .message(MessageRecord(exchange: 9, client: "me", direction: .sent, type: "executed")),
                since: .seconds(4)))
        log.append(
            .make(
                .exchange(.make("GET", "/history/x", route: "/history/{prompt_id}", began: .seconds(5))),
                since: .seconds(6)))
        return log.entries()
    }()

    private func check(_ json: String, drops: JournalDrops = JournalDrops()) throws -> VerificationResult {
        try Verification(json: JSON(parsing: json)).check(Self.entries, drops: drops)
    }

    @Test(arguments: [
        (#"{"count": {"path": "/prompt"}}"#, true, "at least 1 of path=/prompt", "found 3"),
        (#"{"count": {"path": "/prompt"}, "exactly": 3}"#, true, "exactly 3 of path=/prompt", "found 3"),
        (#"{"count": {"path": "/prompt"}, "at_most": 2}"#, false, "at most 2 of path=/prompt", "found 3"),
        (#"{"count": {"path": "/queue"}}"#, false, "at least 1 of path=/queue", "found 0"),
        (
            #"{"count": {"status": "4xx"}, "at_least": 1, "at_most": 2}"#, true,
            "at least 1 and at most 2 of status=4xx", "found 1"
        ),
        (#"{"never": {"status": "5xx"}}"#, true, "never status=5xx", "found 0"),
        (#"{"never": {"status": "4xx"}}"#, false, "never status=4xx", "found 1"),
        (
            #"{"order": [{"path": "/prompt", "status": 400}, {"type": "executed"}, {"path": "/history/{id}"}]}"#, true,
            "path=/prompt status=400, then type=executed, then path=/history/{id}", "found #3, #4, #5"
        ),
        (
            #"{"order": [{"type": "executed"}, {"path": "/prompt"}]}"#, false, "type=executed, then path=/prompt",
            "no path=/prompt after #4, but #3 before it"
        ),
        (
            #"{"gap": {"path": "/prompt"}, "at_least": "1s"}"#, true,
            "at least 1s between one and the next of path=/prompt",
            "1.0 s from #1 to #2, 1.0 s from #2 to #3"
        ),
        (
            #"{"gap": {"path": "/prompt"}, "at_least": "500ms", "at_most": "900ms"}"#, false,
            "at least 500ms and at most 900ms between one and the next of path=/prompt",
            "1.0 s from #1 to #2, 1.0 s from #2 to #3"
        ),
        (
            #"{"gap": {"type": "executed"}, "at_most": "1s"}"#, false,
            "at most 1s between one and the next of type=executed",
            "found 1, and a gap needs two"
        ),
        (
            #"{"latency": {"path": "/prompt"}, "at_most": "50ms"}"#, false,
            "at most 50ms until the end of each path=/prompt",
            "#3 took 60.0 ms"
        ),
        (
            #"{"latency": {"path": "/prompt"}, "at_most": "50ms", "until": "head"}"#, true,
            "at most 50ms until the head of each path=/prompt", "#1 took 10.0 ms, #2 took 20.0 ms, #3 took 30.0 ms"
        ),
        (
            #"{"latency": {"path": "/nowhere"}, "at_most": "50ms"}"#, false,
            "at most 50ms until the end of each path=/nowhere", "found no exchange"
        ),
        (
            #"{"after": {"status": 400}, "comes": {"path": "/history/x"}, "within": "2s"}"#, true,
            "within 2s after each status=400 comes path=/history/x", "found 1, each followed in time"
        ),
        (
            #"{"after": {"status": 400}, "comes": {"path": "/history/x"}, "within": "1s"}"#, false,
            "within 1s after each status=400 comes path=/history/x", "after #3 #5 came 2.0 s later"
        ),
        (
            #"{"after": {"type": "executed"}, "comes": {"path": "/prompt"}, "within": "1s"}"#, false,
            "within 1s after each type=executed comes path=/prompt", "after #4 none came"
        ),
        (
            #"{"after": {"status": 500}, "comes": {"path": "/prompt"}, "within": "1s"}"#, false,
            "within 1s after each status=500 comes path=/prompt", "found no status=500"
        ),
    ])
    func `claims are held against what happened`(json: String, passed: Bool, claim: String, message: String) throws {
        let result = try check(json)

        #expect(result.passed == passed)
        #expect(result.claim == claim)
        #expect(result.message == message)
    }

    @Test func `what counts is when a request came, not when its answer was complete`() throws {
        var log = JournalLog()
        log.append(.make(.exchange(.make("GET", "/fast", began: .seconds(2))), since: .seconds(2)))
        log.append(.make(.exchange(.make("GET", "/slow", began: .seconds(1))), since: .seconds(3)))

        let order = try Verification(json: ["order": [["path": "/slow"], ["path": "/fast"]]]).check(log.entries())

        #expect(order.passed)
    }

    @Test func `the nearest misses stand side by side`() throws {
        let result = try check(#"{"count": {"method": "POST", "path": "/promt", "status": 200}, "name": "a prompt"}"#)

        #expect(result.misses.map(\.number) == [2, 1, 3])
        #expect(
            result.text == """
                ✗ a prompt: at least 1 of method=POST path=/promt status=200: found 0
                            expected    #2         #1         #3
                    method  POST        POST       POST       POST
                    path    /promt    ≠ /prompt  ≠ /prompt  ≠ /prompt
                    status  200         200        200      ≠ 400
                    00:00:02.100 comfyui #1 POST /prompt → 200 OK, 40.0 ms
                    00:00:01.100 comfyui #1 POST /prompt → 200 OK, 20.0 ms
                    00:00:03.100 comfyui #1 POST /prompt → 400, 60.0 ms
                """)
        #expect(result.json["nearest"]?[0]?["fields"]?[1]?["agrees"] == false)
    }

    @Test func `an entry that agrees in nothing is not near`() throws {
        let result = try check(#"{"count": {"fake": "litellm", "method": "PATCH"}}"#)

        #expect(result.misses.isEmpty)
    }

    @Test func `what was dropped may have been anything`() throws {
        var drops = JournalDrops()
        drops.entries = 4
        let claims = [
            (#"{"never": {"status": "5xx"}}"#, false), (#"{"never": {"status": "5xx", "since": 1}}"#, false),
            (#"{"count": {"path": "/prompt"}}"#, true), (#"{"count": {"path": "/prompt"}, "exactly": 3}"#, false),
        ]
        let late = Self.entries.dropFirst(2)

        for (json, passed) in claims.prefix(2) {
            let result = try Verification(json: JSON(parsing: json)).check(Array(late), drops: drops)
            #expect(result.passed == passed)
            #expect(
                result.message
                    == "found 0, but the journal has dropped entries before #3: ask since there, or let it keep more")
        }
        let since = try Verification(json: JSON(parsing: #"{"never": {"status": "5xx", "since": 3}}"#))
        #expect(since.check(Array(late), drops: drops).passed)
        let some = try Verification(json: JSON(parsing: claims[2].0))
        #expect(some.check(Array(late), drops: drops).passed)
    }

    @Test(arguments: [
        (#"[]"#, ["expected at least one claim"]), (#"7"#, ["expected an object, got int"]),
        (#"{"conut": {}}"#, ["no claim: did you mean \"count\" by \"conut\"?"]),
        (#"{}"#, ["no claim: expected one of count, never, order, gap, latency, after"]),
        (#"{"count": {}, "exatly": 2}"#, ["unknown member \"exatly\": did you mean \"exactly\"?"]),
        (#"{"never": {}, "exactly": 2}"#, ["unknown member \"exactly\": expected one of never, name"]),
        (
            #"{"count": {"metod": 1}, "exactly": -1}"#,
            [
                "\"exactly\" is a count such as 2, got -1", "/count: unknown field \"metod\": did you mean \"method\"?",
            ]
        ),
        (#"{"order": [{}]}"#, ["\"order\" is a list of two queries or more"]),
        (#"{"order": [{}, {"typ": "x"}]}"#, ["/order/1: unknown field \"typ\": did you mean \"type\"?"]),
        (#"{"gap": {}}"#, ["\"at_least\" or \"at_most\" is missing: a time such as 500ms"]),
        (#"{"gap": {}, "at_most": "soon"}"#, ["\"at_most\" is a time such as 500ms or 2s, got \"soon\""]),
        (#"{"latency": {}, "at_most": 1, "until": "heat"}"#, ["unknown \"until\" \"heat\": did you mean \"head\"?"]),
        (#"{"after": {}}"#, ["\"within\" is missing: a time such as 5s", "\"comes\" is missing: a query"]),
        (#"[{"count": {}}, {"never": 3}]"#, ["/1/never: expected an object of fields, got int"]),
        (#"{"never": {}, "name": 3}"#, ["\"name\" is a text, got 3"]),
    ])
    func `a wrong claim is refused with all that is wrong`(text: String, problems: [String]) throws {
        let json = try JSON(parsing: text)

        let error = #expect(throws: JournalQueryError.self) { try Verification.all(json: json) }

        #expect(error?.problems == problems)
    }
}
