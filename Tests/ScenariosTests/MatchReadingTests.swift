import JSONTree
import Testing

@testable import Scenarios

@Suite struct MatchReadingTests {
    private func match(_ on: String, effect: String = "delay: 1s") throws -> Match {
        try readRule("on: \(on)\n\(effect)").on
    }

    @Test(arguments: [
        ("litellm connect", Subject.connect),
        ("litellm POST /v1/chat/completions", .request(method: "POST", path: PathTemplate("/v1/chat/completions"))),
        ("litellm /v1/*", .request(method: nil, path: PathTemplate("/v1/*"))),
        ("comfyui POST /prompt|/api/prompt", .request(method: "POST", path: PathTemplate("/prompt|/api/prompt"))),
        ("litellm ANY /v1/*", .request(method: nil, path: PathTemplate("/v1/*"))),
        ("comfyui opens /ws", .opens(path: PathTemplate("/ws"))),
        ("comfyui receives feature_flags", .receives(type: "feature_flags")),
        ("comfyui sends", .sends(type: nil)), ("comfyui sends *", .sends(type: nil)),
        ("{ fake: comfyui, sends: progress }", .sends(type: "progress")),
        ("{ fake: comfyui, receives: true }", .receives(type: nil)),
        ("{ fake: comfyui, opens: /ws }", .opens(path: PathTemplate("/ws"))),
        ("{ fake: comfyui, connect: true }", .connect),
        ("{ fake: comfyui, method: GET, path: /a }", .request(method: "GET", path: PathTemplate("/a"))),
        ("{ fake: comfyui, method: GET }", .request(method: "GET", path: PathTemplate("/*"))),
    ])
    func `what happens is said in words or as a mapping`(on: String, subject: Subject) throws {
        let match = try match(on)

        #expect(match.subject == subject)
    }

    @Test(arguments: [
        ("any", FakePattern()), ("gradio.wan2gp", FakePattern(kind: "gradio", id: "wan2gp")),
        ("any.rvc", FakePattern(id: "rvc")), ("gradio.my.app", FakePattern(kind: "gradio", id: "my.app")),
    ])
    func `a fake is a kind, and one of that kind`(text: String, pattern: FakePattern) throws {
        let match = try match("\(text) connect")

        #expect(match.fake == pattern)
    }

    @Test(arguments: [
        ("litellm PSOT /a", "1:13: unknown thing that happens \"PSOT\": did you mean \"POST\"?"),
        ("litellm post /a", "1:13: unknown thing that happens \"post\": did you mean \"POST\"?"),
        ("litellm POST", "1:13: expected a path after POST"),
        ("litellm POST /a b", "1:21: expected nothing more, got \"b\""),
        ("litellm connect now", "1:21: expected nothing more, got \"now\""),
        ("litellm /a?b=c", "1:13: expected a path without a query, which is for `when: { query: … }`, got \"/a?b=c\""),
        ("litellm /a/*/b", "1:13: expected * as the last segment of the path only, got \"/a/*/b\""),
        ("litellm /a|b", "1:13: expected a path that begins with a slash, got \"/a|b\""),
        ("litellm /a/{b", "1:13: expected at most one {hole} in a segment of a path, got \"/a/{b\""),
        ("litellm /{a...}/b", "1:13: expected {...} at the end of the path only, got \"/{a...}/b\""),
        ("gradio. connect", "1:5: expected a fake, such as comfyui or gradio.wan2gp, got \"gradio.\""),
        ("\"litellm PSOT /a\"", "1:14: unknown thing that happens \"PSOT\": did you mean \"POST\"?"),
        ("{ fake: litellm, connect: true, sends: a }", "1:5: expected one of connect, sends, got 2"),
        ("{ connect: true }", "1:5: on needs fake: comfyui, litellm, gradio or any"),
    ])
    func `a match that cannot be meant is refused at the word`(on: String, problem: String) {
        #expect(ruleProblems("on: \(on)\ndelay: 1s") == [problem])
    }

    @Test func `conditions stand in on and in when`() throws {
        let rule = try readRule(
            """
            on: { fake: litellm, path: /v1/*, header: { X-Team: red }, body: { model: { matches: "^gpt" } } }
            when:
              client: { not: sk-1 }
              body: { /n: { at_least: 2, at_most: 4 }, /stop: { exists: false } }
              query: { a: { one_of: [1, "2"] } }
              state: { models: { contains: gpt-4 } }
            error: 500
            """)

        #expect(
            rule.on.conditions == [
                .header("X-Team", .equals("red")), .query("a", .oneOf([1, "2"])),
                .body(pointer: "/model", .matches("^gpt")), .body(pointer: "/n", .atLeast(2)),
                .body(pointer: "/n", .atMost(4)), .body(pointer: "/stop", .exists(false)),
                .client(.not(.equals("sk-1"))), .state(pointer: "/models", .contains("gpt-4")),
            ])
    }

    @Test(arguments: [
        ("body: { /a: { matchs: x } }", "2:23: unknown test \"matchs\": did you mean \"matches\"?"),
        ("body: { /a: { one_of: 3 } }", "2:31: expected a list of values for one_of, got \"3\""),
        ("body: { /a: { not: { at_least: 1, at_most: 2 } } }", "2:28: expected one test for not, got 2"),
        (
            "body: { /a: {} }",
            "2:21: expected a value or a test (equals, matches, contains, exists, at_least, at_most, one_of, not) for body /a, got a mapping"
        ),
        ("nth: 0", "2:14: expected a whole number, 1 to 1000000000, for nth, got \"0\""),
        ("probability: 2", "2:22: expected a probability over 0 and up to 1, such as 0.2, got \"2\""),
        ("per: clients", "2:14: unknown per \"clients\": did you mean \"client\"?"),
        ("for: 0s", "2:14: expected a duration from 1ms to 168h for for, got \"0s\""),
        ("nth: 5, first: 3", "2:7: these counts are never met together, so that the rule could never act"),
        ("after: 3, first: 3", "2:7: these counts are never met together, so that the rule could never act"),
        ("every: 4, first: 3", "2:7: these counts are never met together, so that the rule could never act"),
    ])
    func `a trigger or condition that cannot be meant is refused`(when: String, problem: String) {
        #expect(ruleProblems("on: litellm /a\nwhen: { \(when) }\ndelay: 1s") == [problem])
    }

    @Test func `an expression that cannot be compiled is refused`() {
        let problems = ruleProblems("on: litellm /a\nwhen: { body: { /a: { matches: '(' } } }\ndelay: 1s")

        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("2:32: expected a regular expression (") == true)
    }

    @Test(arguments: [
        ("delay: 1s", Subject.request(method: nil, path: PathTemplate("/*"))),
        ("error: rate_limit", .request(method: nil, path: PathTemplate("/*"))),
        ("throttle: 1KB/s", .request(method: nil, path: PathTemplate("/*"))),
        ("quota: { requests: 1, per: 1s }", .request(method: nil, path: PathTemplate("/*"))),
        ("delay: { handshake: 1s }", .connect), ("corrupt: no_pong", .opens(path: PathTemplate("/*"))),
        ("drop: reset", .request(method: nil, path: PathTemplate("/*"))), ("drop: reset\nwhen: { at: 1s }", .whole),
        ("drop: reset\nwhen: { at: 1s, for: 1s }", .request(method: nil, path: PathTemplate("/*"))),
        ("refuse: 1s", .whole), ("set: { a: 1 }", .whole), ("send: a", .whole), ("limit: 1", .whole),
    ])
    func `what a whole fake means follows from the effect`(effect: String, subject: Subject) throws {
        let match = try match("comfyui", effect: effect)

        #expect(match.subject == subject)
    }

    @Test(arguments: [
        (
            "comfyui", "refuse: 1s\ndelay: 1s",
            "3:1: delay 1s and refuse 1s do not act on the same things: make two rules"
        ),
        (
            "comfyui", "skip: true",
            "2:1: skip does not act on \"comfyui\": expected on as \"FAKE receives TYPE\" or \"FAKE sends TYPE\""
        ),
        (
            "comfyui /prompt", "limit: 1",
            "2:1: limit does not act on \"comfyui /prompt\": expected on as just the fake's name or \"FAKE connect\""
        ),
        (
            "comfyui sends progress", "error: out_of_memory",
            "2:1: error out_of_memory does not act on \"comfyui sends progress\": expected on as \"FAKE METHOD /path\" or \"FAKE opens /path\""
        ),
        ("comfyui", "state: lost", "2:1: state says what a restart leaves: it needs refuse beside it"),
        (
            "comfyui", "refuse: 1s\nwhen: { nth: 2 }",
            "1:5: what a rule does to a whole fake goes by the clock: at and for, nothing to count"
        ),
        (
            "comfyui", "refuse: 1s\nwhen: { client: a }",
            "1:5: what a rule does to a whole fake goes by the clock: no request to look at"
        ),
        (
            "comfyui connect", "delay: 1s\nwhen: { client: a }",
            "1:5: a connection has no header, query, body or client yet: expected a request"
        ),
    ])
    func `what does not go together is refused`(on: String, lines: String, problem: String) {
        #expect(ruleProblems("on: \(on)\n\(lines)") == [problem])
    }
}
