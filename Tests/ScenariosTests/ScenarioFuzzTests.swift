import JSONTree
import Testing

@testable import Scenarios

/// Files and lines with letters changed, lost, doubled: whatever comes, an answer comes, and in time.
@Suite struct ScenarioFuzzTests {
    private static let rounds = 250

    @Test(arguments: ScenarioFuzzTests.seeds)
    func `a mutated file is read or refused`(text: String) throws {
        var mutator = Mutator(random: SeededRandom(seed: 1, text))
        let reader = ScenarioReader(vocabulary: .test)

        for _ in 0..<Self.rounds {
            let mutated = mutator.mutate(text)
            do {
                let scenario = try reader.scenario(mutated)
                // What is read can be written, and read again.
                #expect((try? reader.scenario(scenario.json.text()))?.json == scenario.json, "\(mutated)")
            } catch {
                #expect(!error.problems.isEmpty)
            }
        }
    }

    @Test func `a mutated line is read or refused`() {
        var mutator = Mutator(random: SeededRandom(seed: 2))
        let reader = ScenarioReader()
        let lines = [
            "litellm POST /v1/chat/completions: error rate_limit retry_after 2s, first 3 per client",
            "comfyui sends progress: drop {how: reset, after_bytes: 512}, once, body /data/value {at_least: 3}",
            "gradio.wan2gp: refuse 3s, state lost, at 10s",
            "any /*: respond 503 json {a: [1, \"b, c\", {d: 'e'}]}, delay {uniform: [1ms, 2ms]}, probability 0.5",
        ]

        for round in 0..<(4 * Self.rounds) {
            let mutated = mutator.mutate(lines[round % lines.count])
            do {
                let rule = try reader.rule(line: mutated)
                #expect((try? reader.rules(rule.json.text()))?.first?.json == rule.json, "\(mutated)")
            } catch {
                #expect(!error.problems.isEmpty)
            }
        }
    }

    @Test(arguments: costly.keys.sorted())
    func `a file made to cost much is refused soon`(name: String) throws {
        let text = try #require(Self.costly[name])
        let clock = ContinuousClock()

        let took = clock.measure { #expect(!problems(in: text, vocabulary: .test).isEmpty) }

        // In an unoptimised build beside other tests, and under a sanitizer; it takes a hundredth of this.
        #expect(took < .seconds(100))
    }

    private static let head = "version: 1\nscenario: a\nrules: "
    private static let costly = [
        "open brackets": String(repeating: "[", count: 100_000),
        "open braces": String(repeating: "{a: ", count: 100_000),
        "lists in lists": String(repeating: "- ", count: 100_000),
        "one word": String(repeating: "x", count: 900_000),
        "problems": head + "\n" + String(repeating: "- {on: litellm /a, dely: 1s, skp: 2}\n", count: 9_000),
        "half surrogates": "{\"rules\": \"" + String(repeating: "\\ud83d", count: 100_000),
        "aliases of aliases":
            "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c]\n"
            + "rules: [*d,*d,*d,*d,*d]",
        "groups": head + "[{on: any /*, error: 500, when: {body: {/a: {matches: '"
            + String(repeating: "(", count: 490) + String(repeating: ")", count: 490) + "'}}}}]",
        "a long path": head + "[{on: litellm /" + String(repeating: "a/", count: 100_000) + ", error: 500}]",
        "a long duration": head + "[{on: litellm, delay: " + String(repeating: "1s", count: 100_000) + "}]",
    ]

    static let seeds = [
        """
        version: 1
        scenario: busy-gpu
        seed: 7
        rules:
          - name: every third prompt runs out of memory
            on: comfyui POST /prompt
            when: { every: 3, body: { "/stream": true, a: { not: { matches: "^a+$" } } }, client: [1] }
            error: out_of_memory
          - on: { fake: comfyui, sends: progress }
            when: { nth: [5, 6], times: 1, probability: 0.5, at: 1m, for: 2s, per: client }
            drop: { how: close_frame, code: 1012, reason: bye }
            send: [{ json: { a: &x [1, 2] }, times: 2 }, text]
          - on: gradio.wan2gp
            refuse: 3s
            state: lost
            set: { queue: *a }
        """,
        """
        {"version": 1, "scenario": "a", "rules": [{"on": "litellm POST /v1/chat/completions", "name": "\\ud83d\\ude00",
        "delay": {"first_token": {"lognormal": {"median": "400ms", "p99": "2s"}}, "between_tokens": "20ms"},
        "corrupt": ["bad_chunk", {"huge_line": "2MB"}], "slice": {"bytes": 10, "gap": {"uniform": [0, "1s"]}},
        "edit": {"/a/*/b": 1, "remove": ["/c"]}, "quota": {"requests": 3, "per": "1m", "error": "rate_limit"},
        "respond": {"status": 500, "headers": {"a": ["b", "c"]}, "json": {"a": [null, 1.50]}}}]}
        """,
    ]
}
