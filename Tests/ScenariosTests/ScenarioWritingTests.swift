import JSONTree
import Testing

@testable import Scenarios

@Suite struct ScenarioWritingTests {
    private static let everything = """
        version: 1
        scenario: everything
        summary: All that there is.
        seed: 18446744073709551615
        rules:
          - { on: litellm connect, delay: 2s, drop: { how: hang, after_bytes: 10 } }
          - on: { fake: litellm, path: /v1/*, body: { /a: { matches: x }, /b: { equals: { c: 1 } } } }
            when:
              { nth: [1, 2], first: 9, times: 3, probability: 0.25, at: 1m, for: 1500ms, per: connection,
                body: { /a: { matches: y, not: { exists: false } } }, client: [1], state: { q: { at_least: 1.5 } } }
            delay: { head: 1h, chunk: 90s, first_token: 1us, between_tokens: 7ns, step: { exponential: { mean: 1s } } }
            throttle: 1500B/s
            dribble: { pieces: 1, over: 3s }
            slice: { bytes: 3, variation: 2, gap: { uniform: [0, 1ms] } }
            quota: { tokens: 10, per: 1m, error: rate_limit }
            error: { name: a, after_messages: 0, message: b, retry_after: 1s }
            respond: { status: 200, headers: { a: [b, c] }, json: { d: null } }
            interim: [100, 103]
            corrupt: [garbage, { retry: 1500ms }, { wrong_content_length: -1 }]
            edit: { /a: 1, remove: [/b], "": [] }
          - { on: comfyui sends progress, duplicate: 2, skip: true, reorder: 1, misdeliver: true, send: { binary: AAEC } }
          - { on: { fake: comfyui, sends: "two words" }, drop: { code: 1012, reason: bye }, send: [a, { json: 1, times: 2 }] }
          - { on: comfyui opens /ws, delay: { pong: 1s }, drop: { how: close_frame, after_messages: 2 } }
          - { on: any, refuse: true, state: kept, limit: 5, set: { a: { b: 1.0 } } }
          - { on: gradio.wan2gp, refuse: 3s, state: lost, when: { at: 10s } }
          - { on: gradio, delay: { lognormal: { median: 1s, p99: 4s } }, when: { client: { one_of: [a, b] } } }
          - { on: gradio, delay: { normal: { mean: 1s, deviation: 4s } }, error: "503" }
          - 'comfyui: delay 1s, error 503, delay 2s'
        """

    private func read(_ text: String) throws -> Scenario {
        var scenario = try ScenarioReader().scenario(text)
        for index in scenario.rules.indices { scenario.rules[index].place = nil }
        return scenario
    }

    @Test func `what is written is read as the same`() throws {
        let scenario = try read(Self.everything)

        let again = try read(scenario.json.text())

        #expect(again == scenario)
        #expect(again.json == scenario.json)
    }

    @Test func `the canonical form is short where it can be`() throws {
        let scenario = try read(
            "{version: 1, scenario: a, rules: ['comfyui POST /prompt: error {name: out_of_memory}, drop {how: reset}, once']}"
        )

        #expect(
            scenario.json.text()
                == #"{"version":1,"scenario":"a","rules":[{"name":"comfyui POST /prompt: error out_of_memory, drop reset","on":"comfyui POST /prompt","when":{"times":1},"error":"out_of_memory","drop":"reset"}]}"#
        )
    }

    @Test func `every effect says in English what it does`() throws {
        let scenario = try read(Self.everything)

        for effect in scenario.rules.flatMap(\.effects) {
            #expect(!effect.summary.isEmpty)
            #expect(!effect.summary.contains("Scenarios."), "no Swift in \(effect.summary)")
        }
        #expect("\(Effect.drop(Drop(.reset, afterBytes: 1)))" == "reset after 1 byte")
        #expect(Effect.delay(.head, .fixed(.milliseconds(200))).summary == "the answer 200ms later")
        #expect(Effect.drop(Drop(.closeFrame, code: 1012)).word == "drop")
    }
}
