import JSONTree
import Testing

@testable import Scenarios

@Suite struct RuleLineTests {
    private func rule(_ line: String) throws -> Rule { try ScenarioReader().rule(line: line) }

    @Test func `an error for the first three`() throws {
        let rule = try rule("litellm POST /v1/chat/completions: error rate_limit, first 3")

        #expect(rule.name == "litellm POST /v1/chat/completions: error rate_limit")
        #expect(rule.on.subject == .request(method: "POST", path: PathTemplate("/v1/chat/completions")))
        #expect(rule.when == Trigger(first: 3))
        #expect(rule.effects == [.error(NativeErrorUse("rate_limit"))])
    }

    @Test(arguments: [
        ("comfyui sends progress: drop reset, once", Trigger(times: 1), [Effect.drop(Drop(.reset))]),
        (
            "gradio.wan2gp: refuse 3s, at 10s, state lost", Trigger(at: .seconds(10)),
            [.refuse(.seconds(3)), .state(kept: false)]
        ),
        ("comfyui sends progress: skip, nth [2, 5] per client", Trigger(nth: [2, 5], per: .client), [.skip]),
        ("litellm /a: drop reset after_bytes 512", .always, [.drop(Drop(.reset, afterBytes: 512))]),
        ("litellm /a: drop {how: reset, after_bytes: 512}", .always, [.drop(Drop(.reset, afterBytes: 512))]),
        (
            "litellm /a: error rate_limit retry_after 2s message 'not, now'", .always,
            [.error(NativeErrorUse("rate_limit", message: "not, now", retryAfter: .seconds(2)))]
        ),
        (
            "litellm /a: delay first_token 400ms between_tokens 20ms", .always,
            [.delay(.firstToken, .fixed(.milliseconds(400))), .delay(.betweenTokens, .fixed(.milliseconds(20)))]
        ),
        (
            "litellm /a: delay 1s, delay 2s", .always,
            [.delay(.head, .fixed(.seconds(1))), .delay(.head, .fixed(.seconds(2)))]
        ),
        (
            "litellm /a: respond 503 text \"no: not now\"", .always,
            [.respond(Response(status: 503, body: .text("no: not now")))]
        ),
        ("litellm: quota requests 3 per 1m", .always, [.quota(Quota(unit: .requests, amount: 3, per: .seconds(60)))]),
        (
            "litellm /a: corrupt huge_line 2MB, probability 0.5, at 1s for 5s",
            Trigger(probability: 0.5, at: .seconds(1), lasting: .seconds(5)),
            [.corrupt(Corruption(.hugeLine, amount: 2_000_000))]
        ),
        (
            "comfyui opens /ws: send json {type: status, data: {a: [1, 2]}} times 2", .always,
            [.send(.json(["type": "status", "data": ["a": [1, 2]]]), times: 2)]
        ),
        ("litellm /v1beta/models/{model}:generateContent: error 500", .always, [.respond(Response(status: 500))]),
    ])
    func `clauses are effects and words of when`(line: String, trigger: Trigger, effects: [Effect]) throws {
        let rule = try rule(line)

        #expect(rule.when == trigger)
        #expect(rule.effects == effects)
    }

    @Test func `conditions and a name fit on the line too`() throws {
        let rule = try rule(
            "litellm /a: error 500, body /stream true, client {not: sk-1}, header x-a b, name 'no streams'")

        #expect(rule.name == "no streams")
        #expect(
            rule.on.conditions == [
                .header("x-a", .equals("b")), .body(pointer: "/stream", .equals(true)), .client(.not(.equals("sk-1"))),
            ])
    }

    @Test(arguments: [
        (
            "litellm /a error 500",
            "1:21: expected a colon and effects, as in \"comfyui POST /prompt: error out_of_memory\""
        ),
        ("litellm /a: ", "1:13: expected an effect or a condition, got nothing"),
        ("litellm /a: error 500,, once", "1:23: expected an effect or a condition, got nothing"),
        ("litellm /a: eror 500", "1:13: unknown effect \"eror\": did you mean \"error\"?"),
        ("litellm /a: drop rset", "1:18: unknown way to drop \"rset\": did you mean \"reset\"?"),
        ("litellm /a: drop {how: rset}", "1:24: unknown way to drop \"rset\": did you mean \"reset\"?"),
        ("litellm /a: drop {how: reset", "1:18: expected the end of what begins with {"),
        ("litellm /a: drop {how: [}", "1:18: expected the end of what begins with {"),
        ("  litellm PST /a: error 500", "1:11: unknown thing that happens \"PST\": did you mean \"POST\"?"),
        ("litellm /a: error 500, first", "1:24: expected a value after \"first\""),
        ("litellm /a: error 500, once, times 2", "1:30: \"times\" stands here twice"),
        ("litellm /a: delay 1s 2s 3s", "1:19: expected names with their values after \"delay\", got 3 words"),
        ("litellm /a: error 500\nonce", "1:1: expected a rule on one line"),
        ("", "1:1: expected a colon and effects, as in \"comfyui POST /prompt: error out_of_memory\""),
        (": skip", "1:1: expected what the rule is about, such as \"comfyui POST /prompt\", got nothing"),
    ])
    func `a problem points to its column`(line: String, problem: String) {
        #expect(lineProblems(line).first == problem)
    }
}
