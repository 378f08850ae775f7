import Foundation
import JSONTree
import Testing
import YAMLNodes

@testable import Scenarios

/// The schema that editors use and the reader say the same.
@Suite struct ScenarioSchemaTests {
    private let check: SchemaCheck

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let bytes = try Data(contentsOf: root.appending(path: "contracts/scenario.schema.json"))
        check = SchemaCheck(schema: try JSON(parsing: Array(bytes)))
    }

    private func json(_ yaml: String) throws -> JSON {
        let node = try #require(try YAMLNode.document(of: yaml))
        let json = PartReader(log: ProblemLog(file: ""), vocabulary: nil).json(node)
        return try #require(json)
    }

    private func file(_ rule: String) -> String {
        "version: 1\nscenario: a\nrules:\n  - " + rule.replacing("\n", with: "\n    ")
    }

    private func bothAccept(_ text: String) throws {
        let problems = problems(in: text)
        let accepted = try check.accepts(try json(text))

        #expect(problems == [], "the reader, of \(text)")
        #expect(accepted, "the schema, of \(text)")
    }

    private func bothRefuse(_ text: String) throws {
        let problems = problems(in: text)
        let accepted = try check.accepts(try json(text))

        #expect(!problems.isEmpty, "the reader, of \(text)")
        #expect(!accepted, "the schema, of \(text)")
    }

    @Test(arguments: ScenarioLibrary.all.map(\.name))
    func `both accept the library, as it is and in its canonical form`(name: String) throws {
        let text = try #require(ScenarioLibrary.text(of: name))

        try bothAccept(text)
        try bothAccept(try ScenarioReader().scenario(text).json.text())
    }

    @Test(arguments: requestRules)
    func `both accept a rule about requests`(rule: String) throws {
        try bothAccept(file("on: litellm POST /v1/chat/completions\n" + rule))
    }

    @Test(arguments: otherRules)
    func `both accept a rule about something else`(rule: String) throws {
        try bothAccept(file(rule))
    }

    @Test(arguments: [
        "delay: 200", "delay: 1d", "delay: {}", "delay: { uniform: [1s] }", "delay: { uniform: [1s, 2s], head: 1s }",
        "delay: { frist: 1s }", "delay: []", "delay: null", "throttle: 10", "throttle: 10KB", "slice: { gap: 1s }",
        "slice: 1.5",
        "dribble: { pieces: 0, over: 1s }", "dribble: 5", "drop: rst", "drop: 503", "drop: {}",
        "drop: { how: reset, code: 1000 }",
        "drop: { how: close_frame, after_bytes: 1 }", "drop: { how: reset, after_bytes: 1, after_messages: 1 }",
        "quota: { per: 1m }", "quota: { requests: 1, tokens: 1, per: 1m }", "quota: { requests: 1 }", "error: 99",
        "error: true", "error: {}", "error: { name: a, status: 500 }", "respond: 100", "respond: { txt: a }",
        "respond: { text: a, json: b }", "respond: { headers: { 'a b': c } }", "respond: { headers: { a: [[]] } }",
        "interim: 200", "interim: 101", "corrupt: bad", "corrupt: { bad_accept_key: 1 }", "corrupt: { comments: 0 }",
        "corrupt: { wrong_content_length: 0 }", "corrupt: {}", "edit: {}", "edit: { a: 1 }", "edit: [/a]",
        "effects: []",
        "effects: [{}]", "effects: { delay: 1s }", "effects: [{ name: a }]", "dely: 1s", "error: a\nwhen: []",
        "error: a\nwhen: { nth: 0 }", "error: a\nwhen: { nth: [] }", "error: a\nwhen: { probability: 0 }",
        "error: a\nwhen: { at: 5 }", "error: a\nwhen: { per: clients }", "error: a\nwhen: { body: 5 }",
        "error: a\nwhen: { body: { /a: {} } }", "error: a\nwhen: { body: { /a: { equal: 1 } } }",
        "error: a\nwhen: { body: { /a: { exists: 1 } } }", "error: a\nwhen: { body: { /a: { one_of: [] } } }",
        "error: a\nwhen: { frist: 1 }", "name: [a]\nerror: a", "fault: NONE", "latency: { jitter: 1 }", "latency: 5",
        "delayDistribution: { type: uniform, lower: 1 }", "bandwidth: { rate: 0 }", "timeout: 5", "when: { first: 1 }",
        "drop: { how: reset, after_bytes: 1, after: 1s }", "drop: { how: close_frame, after: 1s }", "upstream: 5",
        "upstream: { error: 500 }", "latency: { latency: 1, stream: up }", "latency: { latency: 1, toxicity: 0 }",
    ])
    func `both refuse a rule about requests`(rule: String) throws {
        try bothRefuse(file("on: litellm POST /v1/chat/completions\n" + rule))
    }

    @Test(arguments: [
        "version: 2\nscenario: a\nrules: []", "version: '1'\nscenario: a\nrules: []", "scenario: a\nrules: []",
        "version: 1\nrules: []", "version: 1\nscenario: a", "version: 1\nscenario: A b\nrules: []",
        "version: 1\nscenario: 5\nrules: []", "version: 1\nscenario: a\nrules: {}",
        "version: 1\nscenario: a\nrules: [5]",
        "version: 1\nscenario: a\nrules: []\nseed: -1", "version: 1\nscenario: a\nrules: []\nseeds: 1", "[]",
        "version: 1\nscenario: a\nrules: ['no colon']", "version: 1\nscenario: a\nrules: [{}]",
        "version: 1\nscenario: a\nrules: [{ error: a }]", "version: 1\nscenario: a\nrules: [{ on: any }]",
        "version: 1\nscenario: a\nrules: [{ on: any POST, error: a }]",
        "version: 1\nscenario: a\nrules: [{ on: any post /a, error: a }]",
        "version: 1\nscenario: a\nrules: [{ on: any /a?b, error: a }]",
        "version: 1\nscenario: a\nrules: [{ on: any connect x, error: a }]",
        "version: 1\nscenario: a\nrules: [{ on: '', error: a }]",
        "version: 1\nscenario: a\nrules: [{ on: 5, error: a }]",
        "version: 1\nscenario: a\nrules: [{ on: { path: /a }, error: a }]",
        "version: 1\nscenario: a\nrules: [{ on: { fake: any, path: a }, error: a }]",
        "version: 1\nscenario: a\nrules: [{ on: { fake: any, path: /a, sends: b }, error: a }]",
        "version: 1\nscenario: a\nrules: [{ on: { fake: any, method: GET, opens: /a }, error: a }]",
        "version: 1\nscenario: a\nrules: [{ on: { fake: any, method: get }, error: a }]",
    ])
    func `both refuse a file`(text: String) throws {
        try bothRefuse(text)
    }

    @Test func `the schema has a word for each word of the reader`() throws {
        func words(_ pointer: String) -> Set<String> { Set(check.schema[pointer: pointer]?.object?.keys ?? []) }
        let effects = PartReader.words + EffectAlias.allCases.map(\.rawValue)

        #expect(words("/$defs/rule/properties") == Set(effects + ["name", "on", "when", "effects"]))
        #expect(words("/$defs/rule/properties/effects/items/properties") == Set(effects))
        #expect(words("/$defs/when/properties") == Set(PartReader.triggerWords + PartReader.conditionWords))
        #expect(words("/$defs/corrupt/anyOf/1/properties") == Set(Corruption.Kind.allCases.map(\.rawValue)))
        #expect(words("/$defs/delay/anyOf/1/properties") == Set(DelayPoint.allCases.map(\.rawValue)))
        #expect(words("/$defs/distribution/anyOf/1/properties") == Set(Distribution.shapes))
    }

    /// What the reader takes, however odd, an editor must not underline. The other way round, only the reader knows
    /// what makes sense together.
    @Test func `the schema accepts what the reader accepts`() throws {
        var mutator = Mutator(random: SeededRandom(seed: 3))
        let rules = Self.requestRules.map { "on: litellm POST /a\n" + $0 } + Self.otherRules
        var taken = 0

        for rule in rules {
            for _ in 0..<20 {
                let text = file(mutator.mutate(rule, edits: 1))
                guard problems(in: text).isEmpty else { continue }
                taken += 1
                let accepted = try check.accepts(try json(text))
                #expect(accepted, "\(text)")
            }
        }
        #expect(taken > rules.count)
    }

    private static let requestRules = [
        "delay: 200ms", "delay: 0", "delay: 1m30s", "delay: { uniform: [0, 1.5s] }", "delay: [1s, { chunk: 2ms }]",
        "delay: { lognormal: { median: 1s, p99: 2s } }", "delay: { normal: { mean: 1s, deviation: 0 } }",
        "delay: { step: { exponential: { mean: 1s } }, first_token: 1us, between_tokens: 1µs }", "throttle: 10KB/s",
        "throttle: 1.5MiB/s", "slice: 10", "slice: 10KB", "slice: { bytes: 1, gap: 1s }",
        "dribble: { pieces: 3, over: 1s }", "drop: reset", "drop: { how: hang, after_bytes: 1KB }",
        "drop: { how: reset, after: 2s }",
        "drop: { how: half_close, after_messages: 0 }", "quota: { requests: 3, per: 1m }",
        "quota: { tokens: 0, per: 1ms, error: rate_limit }", "error: rate_limit", "error: 503",
        "error: { name: a, after_messages: 1, message: b, retry_after: 2s }", "error: { status: 500, text: no }",
        "respond: 204", "respond: { headers: { A: 1, b: [c, true] }, json: null }", "respond: {}",
        "respond: { status: 999, headers: [{ a: b }, { a: c }], binary: AAEC }", "respond: { body: [1] }",
        "interim: [100, 103]", "corrupt: bad_chunk", "corrupt: { bad_chunk: 0 }", "corrupt: [bad_chunk, { garbage: 1KB, invalid_json: true }]",
        "corrupt: { retry: 2s, comments: 3, wrong_content_length: -1 }", "edit: { /a: null, remove: [/b, ''] }",
        "edit: { '': 1, remove: /a }", "effects: [{ delay: 1s, error: a }, { delay: 2s }]", "name: 5\nerror: a",
        "fault: EMPTY_RESPONSE", "fixedDelayMilliseconds: 1.5",
        "delayDistribution: { type: uniform, lower: 1, upper: 2 }",
        "delayDistribution: { type: lognormal, median: 1, sigma: 0.1 }",
        "delayDistribution: { type: fixed, milliseconds: 0 }",
        "chunkedDribbleDelay: { numberOfChunks: 1, totalDuration: 5 }", "latency: { latency: 1, jitter: 2 }",
        "bandwidth: { rate: 1 }", "slow_close: { delay: 1 }", "timeout: { timeout: 0 }", "reset_peer: { timeout: 1 }",
        "slicer: { average_size: 1, size_variation: 0, delay: 9999999 }", "limit_data: { bytes: 1 }",
        "when: {}\nerror: a", "when: { nth: 3 }\nerror: a", "when: { nth: [1, 2], per: connection, for: 2s }\nerror: a",
        "when: { first: 5, after: 1, every: 2, times: 1, probability: 1, at: 100h }\nerror: a",
        "when: { header: { a: b }, query: [{ a: 1 }, { a: { exists: true } }], client: { not: { one_of: [1] } } }\nerror: a",
        "when: { body: { /a: { at_least: 1, at_most: 2, matches: x, contains: [1] }, b: [1] }, state: { q: null } }\nerror: a",
    ]

    private static let otherRules = [
        "on: comfyui\nrefuse: 3s\nstate: lost", "on: comfyui\nrefuse: true", "on: gradio.wan2gp\nlimit: 5",
        "on: any\nlimit: { connections: 0 }", "on: any\nset: { a: { b: [] } }", "on: any\nsend: 5",
        "on: comfyui connect\ndrop: hang", "on: comfyui opens /ws\ndrop: 1012",
        "on: comfyui opens /ws\ndrop: { code: 1000, reason: bye }", "on: comfyui sends\nskip: true",
        "on: comfyui sends *\nduplicate: 2", "on: comfyui receives a\nreorder: true",
        "on: comfyui sends a\nmisdeliver: true",
        "on: comfyui sends a\nsend: [{ json: {}, times: 2 }, { binary: AA }, text]",
        "on: '  comfyui   /a|/b  '\nerror: 500",
        "on: comfyui ANY /a\nerror: 500", "on: { fake: any, path: /a, method: GET }\nerror: 500",
        "on: { fake: any, method: GET }\nerror: 500", "on: { fake: gradio.a.b, connect: true }\ndrop: reset",
        "on: { fake: any, opens: /ws, header: { a: b }, client: c }\ndelay: { pong: 1s }",
        "on: { fake: any, sends: true }\nskip: true", "on: { fake: any, receives: '*' }\nskip: true",
        "'litellm POST /a: error rate_limit, first 3'", "on: any connect\ndelay: { handshake: 1s, close: 1s }",
        "on: any connect\nupstream: { delay: 5ms, throttle: 1KB/s, slice: 10, drop: { how: hang, after_bytes: 5 } }",
        "on: any connect\nupstream: [{ drop: hang }, { drop: { how: close, after: 1s }, delay: { close: 1s } }]",
        "on: any connect\nlatency: { latency: 1, stream: upstream, toxicity: 0.5 }",
    ]
}
