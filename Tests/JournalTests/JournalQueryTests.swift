import JSONTree
import Testing

@testable import Journal

@Suite struct JournalQueryTests {
    private let prompt = JournalEntry.make(
        .exchange(
            .make(
                client: "me", "POST", "/prompt?x=1&name=a%20b",
                headers: ["Content-Type": "application/json", "X-Trace": "7"],
                body: Array(#"{"client_id": "me", "stream": true, "n": 2, "tags": ["a", "b"], "e": null}"#.utf8),
                status: 400, answer: Array(#"{"error": {"type": "out of memory"}}"#.utf8), error: "out_of_memory",
                rules: ["third prompt"])), connection: 7)
    private let progress = JournalEntry.make(
        .message(
            MessageRecord(
                exchange: 4, client: "me", direction: .sent, type: "progress",
                payload: Array(#"{"data": {"value": 3}}"#.utf8))))
    private let closed = JournalEntry.make(
        .closed(ClosedRecord(by: .client, how: .reset, rule: "cut")), fake: "wan2gp", kind: "gradio")

    @Test(arguments: [
        "", "fake=comfyui", "kind=comfyui,litellm", "event=exchange", "connection=7", "method=POST", "method=GET,POST",
        "method!=GET", "path=/prompt", "path=/prom*", "path=/{what}", "path~=^/pro", "target=/prompt?x=1&name=a%20b",
        "status=400", "status=4xx", "status=400-499", "status>=400", "status<=400", "status=>399", "status=200,400",
        "status=200 status=400", "status!=200 status!=404", "client=me", "rule='third prompt'", "error=out_of_memory",
        "error=*_memory", "route=/prompt", "outcome=complete", "header.x-trace=7", "header.X-TRACE>=5", "query.x=1",
        "query.name='a b'", "body./client_id=me", "body./stream=true", "body./n=2", "body./n>=2", "body./e=null",
        "response./error/type='out of memory'", "text='out of memory'", "text=name=a", "exchange=1",
        "  fake=comfyui\t status=400 ",
    ])
    func `fields are met`(line: String) throws {
        let query = try JournalQuery(line: line)

        let matches = query.matches(prompt)
        #expect(matches)
    }

    @Test(arguments: [
        "fake=litellm", "event=opened", "connection=8", "method=post", "method!=POST", "path=/prompt/1",
        "path=/{a}/{b}",
        "path~=^/queue", "status=4", "status=5xx", "status<=399", "status!=400 status!=404", "client=you", "rule=third",
        "error!=out_of_memory", "header.x-trace=8", "header.x-other=7", "query.x=2", "body./stream=false",
        "body./missing=1", "text=nowhere", "type=progress", "since=2", "direction=sent",
    ])
    func `fields that differ, and fields that are not there, are not met`(line: String) throws {
        let query = try JournalQuery(line: line)

        let matches = query.matches(prompt)
        #expect(!matches)
    }

    @Test func `messages, effects and ends have fields of their own`() throws {
        let message = try JournalQuery(line: "type=progress direction=sent exchange=4 client=me body./data/value=3")
        let end = try JournalQuery(line: "event=closed by=client how=reset rule=cut kind=gradio fake=wan2gp")

        #expect(message.matches(progress))
        #expect(!message.matches(closed))
        #expect(end.matches(closed))
        #expect(!end.matches(prompt))
    }

    @Test(arguments: [
        #"{}"#, #"{"status": 400}"#, #"{"status": "4xx"}"#, #"{"status": [404, ">=400"]}"#,
        #"{"status": {"at_least": 400, "at_most": 499}}"#, #"{"method": {"not": "GET"}}"#,
        #"{"path": {"matches": "^/pro"}}"#, #"{"fake": {"one_of": ["comfyui", "rvc"]}}"#,
        #"{"header": {"x-trace": "7", "x-none": {"exists": false}}}"#, #"{"query": {"name": "a b"}}"#,
        #"{"body": {"/stream": true, "/n": {"at_least": 2}, "/tags": ["a", "b"]}}"#,
        #"{"body": {"/tags": {"contains": "b"}, "/e": null, "/none": {"exists": false}}}"#,
        #"{"body": {"": {"exists": true}}}"#, #"{"response": {"/error": {"type": "out of memory"}}}"#,
        #"{"response_header": {"x": {"not": {"equals": "y"}}}}"#,
    ])
    func `the form in JSON means the same`(text: String) throws {
        let query = try JournalQuery(json: JSON(parsing: text))

        let matches = query.matches(prompt)
        #expect(matches)
    }

    @Test func `an object of tests holds only if all of them hold`() throws {
        let query = try JournalQuery(json: ["status": ["at_least": 400, "at_most": 399]])

        #expect(!query.matches(prompt))
    }

    @Test func `a URL's query passes over the names of others`() throws {
        let items = [(name: "limit", value: "3"), (name: "status>", value: "400"), (name: "since", value: "0")]

        let query = try JournalQuery(items: items, others: ["limit"])

        #expect(query.matches(prompt))
        #expect(query.description == "status=>=400")
    }

    @Test(arguments: [
        ("metod=POST", ["unknown field \"metod\": did you mean \"method\"?"]),
        ("event=exchagne", ["unknown event \"exchagne\": did you mean \"exchange\"?"]),
        ("haeder.x=1", ["unknown field \"haeder.x\": did you mean \"header\"?"]),
        (
            "outcome=done,complete",
            ["unknown outcome \"done\": expected one of complete, client_left, broken_off, reset"]
        ),
        ("status=many", ["\"status\" is a number such as 200, 4xx, 400-499 or >=400, got \"many\""]),
        ("status>=nan", ["\"status\" is a number such as 200, 4xx, 400-499 or >=400, got \">=nan\""]),
        (
            "status=9-1 path~=(",
            [
                "\"status\" is a number such as 200, 4xx, 400-499 or >=400, got \"9-1\"",
                "\"(\" is no regular expression",
            ]
        ),
        ("since=x", ["\"since\" is the number of an entry, got \"x\""]),
        ("hello", ["expected name=value, got \"hello\""]),
        ("body.stream=true", ["\"stream\" is no pointer such as /messages/0 (RFC 6901)"]),
    ])
    func `what is wrong is said, all of it, with the nearest word`(line: String, problems: [String]) {
        let error = #expect(throws: JournalQueryError.self) { try JournalQuery(line: line) }

        #expect(error?.problems == problems)
    }

    @Test(arguments: [
        (#"[]"#, "expected an object of fields, got list"),
        (#"{"stats": 200}"#, "unknown field \"stats\": did you mean \"status\"?"),
        (#"{"header": 1}"#, "\"header\" is an object of names and values, got int"),
        (#"{"status": {"atleast": 200}}"#, "unknown test \"atleast\": did you mean \"at_least\"?"),
        (#"{"status": true}"#, "expected a text, a number, a list of them or an object of tests, got true"),
        (#"{"body": {"/a": {"exists": 1}}}"#, "\"exists\" is true or false, got 1"),
        (#"{"body": {"/a": {"matches": "["}}}"#, "\"matches\" is a regular expression, got \"[\""),
        (#"{"body": {"/a": {"at_least": "x"}}}"#, "\"at_least\" is a number, got \"x\""),
    ])
    func `what is wrong in JSON is said too`(text: String, problem: String) throws {
        let json = try JSON(parsing: text)

        let error = #expect(throws: JournalQueryError.self) { try JournalQuery(json: json) }

        #expect(error?.problems == [problem])
    }

    @Test func `a query reads as it was written`() throws {
        let query = try JournalQuery(line: "path=/prompt body./a=1 text='two words' method=GET since=9")

        #expect(query.description == "path=/prompt body./a=1 text=\"two words\" method=GET since=9")
        #expect(JournalQuery().description == "anything")
    }

    @Test func `a path with holes takes one segment for each, and a star anything`() throws {
        let one = try #require(Glob("/history/{id}", isPath: true))
        let rest = try #require(Glob("/file={path...}", isPath: true))
        let stars = try #require(Glob("a*b*c", isPath: false))

        #expect(["/history/x", "/history/xyz"].allSatisfy(one.matches))
        #expect(!["/history", "/history/", "/history/x/y", "/history/x/"].contains(where: one.matches))
        #expect(["/file=", "/file=a/b"].allSatisfy(rest.matches))
        #expect(["abc", "aXbYc", "abbcc"].allSatisfy(stars.matches))
        #expect(!["ab", "abcd", ""].contains(where: stars.matches))
        #expect(Glob("/plain", isPath: true) == nil)
    }

    @Test func `a pattern of many stars does not take for ever`() throws {
        let glob = try #require(Glob(String(repeating: "*a", count: 30) + "b", isPath: false))

        #expect(!glob.matches(String(repeating: "a", count: 2_000)))
    }
}
