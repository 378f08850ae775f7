import JSONTree
import Testing

@testable import Scenarios

@Suite struct ScenarioReaderTests {
    private static let busy = """
        # yaml-language-server: $schema=../contracts/scenario.schema.json
        version: 1
        scenario: busy-gpu
        seed: 7
        rules:
          - name: every third prompt runs out of memory
            on: comfyui POST /prompt
            when: { every: 3 }
            error: out_of_memory

          - name: the socket dies in the middle of sampling
            on: comfyui sends progress
            when: { nth: 5, times: 1 }
            drop: reset

          - name: slow first token, then a stall
            on: litellm POST /v1/chat/completions
            when: { body: { "/stream": true }, probability: 0.2 }
            delay: { first_token: { lognormal: { median: 400ms, p99: 2s } }, between_tokens: 20ms }

          - name: restart of the server
            on: gradio.wan2gp
            when: { at: 10s }
            refuse: 3s
            state: lost
        """

    @Test func `the example of the documentation is read`() throws {
        let scenario = try ScenarioReader(vocabulary: .test, file: "busy.yaml").scenario(Self.busy)

        #expect(scenario.name == "busy-gpu")
        #expect(scenario.seed == 7)
        #expect(scenario.rules.count == 4)
        #expect(
            scenario.rules[0]
                == Rule(
                    name: "every third prompt runs out of memory",
                    on: Match(
                        fake: FakePattern(kind: "comfyui"),
                        subject: .request(method: "POST", path: PathTemplate("/prompt"))),
                    when: Trigger(every: 3), effects: [.error(NativeErrorUse("out_of_memory"))],
                    place: SourcePlace(line: 6, column: 5)))
        #expect(scenario.rules[1].when == Trigger(nth: [5], times: 1))
        #expect(scenario.rules[1].effects == [.drop(Drop(.reset))])
        #expect(scenario.rules[2].on.conditions == [.body(pointer: "/stream", .equals(true))])
        #expect(
            scenario.rules[2].effects == [
                .delay(.firstToken, .lognormal(median: .milliseconds(400), p99: .seconds(2))),
                .delay(.betweenTokens, .fixed(.milliseconds(20))),
            ])
        #expect(scenario.rules[3].on == Match(fake: FakePattern(kind: "gradio", id: "wan2gp")))
        #expect(scenario.rules[3].effects == [.refuse(.seconds(3)), .state(kept: false)])
    }

    @Test func `JSON says the same as YAML`() throws {
        let json = """
            {"version": 1, "scenario": "one",
            \t"rules": [{"on": "litellm POST /v1/chat/completions", "respond": {"status": 200, "text": "\\ud83d\\ude00\\n"}}]}
            """

        let scenario = try ScenarioReader().scenario(json)

        #expect(scenario.rules[0].effects == [.respond(Response(status: 200, body: .text("😀\n")))])
    }

    @Test func `a problem behind escaped emoji keeps its column`() {
        let json = #"{"version": 1, "summary": "\ud83d\ude00\ud83d\ude00", "scenario": "a", "rules": [], "sed": 1}"#

        let column = json.utf8.count - #""sed": 1}"#.utf8.count + 1
        #expect(
            problems(in: json) == [
                "1:\(column): unknown field of a scenario \"sed\": did you mean \"seed\"?"
            ])
    }

    @Test func `all problems are told at once, in the order of the file`() {
        let text = """
            version: 2
            scenario: Busy GPU
            sede: 7
            rules:
              - on: comfyui POST prompt
                when: { evry: 3 }
                delay: 200
              - on: litellm
                dely: 3s
              - name: x
                skip: true
            """

        #expect(
            problems(in: text, file: "busy.yaml") == [
                "busy.yaml:1:10: expected version 1, got \"2\"",
                "busy.yaml:2:11: expected a name of small letters, digits and hyphens, got \"Busy GPU\"",
                "busy.yaml:3:1: unknown field of a scenario \"sede\": did you mean \"seed\"?",
                "busy.yaml:5:22: expected a path that begins with a slash, got \"prompt\"",
                "busy.yaml:6:13: unknown field of when \"evry\": did you mean \"every\"?",
                "busy.yaml:7:12: expected a duration with its unit for delay, such as 200ms or 200s, got \"200\"",
                "busy.yaml:9:5: unknown field of a rule \"dely\": did you mean \"delay\"?",
                "busy.yaml:10:5: a rule needs on: what it is about, such as \"comfyui POST /prompt\"",
            ])
    }

    @Test(arguments: [
        ("", "1:1: expected a scenario, got an empty file"),
        ("- 1", "1:1: expected a mapping for a scenario, got a list"),
        ("version: 1\nscenario: a", "1:1: a scenario needs rules"),
        ("version: 1\nscenario: a\nrules: {}", "3:8: expected a list of rules, got a mapping"),
        (
            "version: 1\nscenario: a\nrules: []\nseed: -1",
            "4:7: expected a whole number, 0 to 18446744073709551615, for seed, got \"-1\""
        ),
        ("version: 1\nversion: 1", "2:1: the key \"version\" stands here twice"),
        ("a: [", "2:1: did not find expected node content while parsing a flow node"),
    ])
    func `what is no scenario is refused`(text: String, problem: String) {
        #expect(problems(in: text) == [problem])
    }

    @Test func `files have bounds`() {
        let rule = "- {on: litellm, skip: true}\n"
        let head = "version: 1\nscenario: a\nrules:\n"

        #expect(
            problems(in: head + "#" + String(repeating: "x", count: 1_000_000)).first?.contains("expected 1MB at most")
                == true)
        #expect(
            problems(in: head + String(repeating: "- {}\n", count: 10_001)) == [
                "10004:3: expected 10000 rules at most, got 10001"
            ])
        #expect(problems(in: head + String(repeating: rule, count: 500)).count == ProblemLog.most)
    }

    @Test func `a rule without a name gets one of its own`() throws {
        let rules = try ScenarioReader().rules(
            """
            - { on: litellm POST /a, error: rate_limit }
            - { on: litellm POST /a, error: rate_limit, name: given }
            - { on: litellm POST /a, error: rate_limit }
            - litellm POST /a: error rate_limit
            """.replacing("- litellm POST /a: error rate_limit", with: "- 'litellm POST /a: error rate_limit'"))

        #expect(
            rules.map(\.name) == [
                "litellm POST /a: error rate_limit", "given", "litellm POST /a: error rate_limit (2)",
                "litellm POST /a: error rate_limit (3)",
            ])
    }

    @Test func `a name that stands there twice is refused`() {
        #expect(
            ruleProblems("- {name: a, on: litellm, error: 503}\n- {name: a, on: litellm, error: 503}\n")
                == ["2:10: another rule has the name \"a\" already"])
    }

    @Test func `a name that is taken elsewhere is not given again`() throws {
        let rule = try ScenarioReader().rule(
            line: "litellm /a: error 503", taken: ["litellm /a: respond 503"])

        #expect(rule.name == "litellm /a: respond 503 (2)")
    }
}
