import JSONTree
import Testing

@testable import Scenarios

@Suite struct EffectReadingTests {
    private static func ms(_ count: Int) -> Duration { .milliseconds(count) }

    @Test(arguments: [
        ("delay: 200ms", [Effect.delay(.head, .fixed(ms(200)))]),
        ("delay: 0", [.delay(.head, .fixed(.zero))]),
        ("delay: 1m30s", [.delay(.head, .fixed(.seconds(90)))]),
        ("delay: { uniform: [100ms, 1.5s] }", [.delay(.head, .uniform(ms(100), ms(1500)))]),
        (
            "delay: { normal: { mean: 1s, deviation: 100ms } }",
            [.delay(.head, .normal(mean: ms(1000), deviation: ms(100)))]
        ),
        ("delay: { exponential: { mean: 1s } }", [.delay(.head, .exponential(mean: .seconds(1)))]),
        (
            "delay: { step: 50ms, head: { uniform: [0, 1s] } }",
            [.delay(.step, .fixed(ms(50))), .delay(.head, .uniform(.zero, .seconds(1)))]
        ),
        ("throttle: 10KB/s", [.throttle(bytesPerSecond: 10_000)]),
        ("throttle: 1MiB/s", [.throttle(bytesPerSecond: 1_048_576)]),
        ("slice: 64", [.slice(bytes: 64, gap: .fixed(.zero))]),
        ("slice: { bytes: 64, variation: 16 }", [.slice(bytes: 64, variation: 16, gap: .fixed(.zero))]),
        ("slice: { bytes: 1KB, gap: 5ms }", [.slice(bytes: 1000, gap: .fixed(ms(5)))]),
        ("dribble: { pieces: 5, over: 2s }", [.dribble(pieces: 5, over: .seconds(2))]),
        ("drop: reset", [.drop(Drop(.reset))]),
        ("drop: { how: reset, after_bytes: 512 }", [.drop(Drop(.reset, afterBytes: 512))]),
        ("drop: { how: hang, after_messages: 3 }", [.drop(Drop(.hang, afterMessages: 3))]),
        (
            "quota: { requests: 3, per: 1m, error: rate_limit }",
            [.quota(Quota(unit: .requests, amount: 3, per: .seconds(60), error: "rate_limit"))]
        ),
        ("quota: { tokens: 1000, per: 1h }", [.quota(Quota(unit: .tokens, amount: 1000, per: .seconds(3600)))]),
        ("error: rate_limit", [.error(NativeErrorUse("rate_limit"))]),
        (
            "error: { name: mid_stream_error, after_messages: 3, message: no, retry_after: 2s }",
            [.error(NativeErrorUse("mid_stream_error", afterMessages: 3, message: "no", retryAfter: .seconds(2)))]
        ),
        ("error: 503", [.respond(Response(status: 503))]),
        ("error: { status: 500, text: no }", [.respond(Response(status: 500, body: .text("no")))]),
        ("respond: 204", [.respond(Response(status: 204))]),
        (
            "respond: { status: 429, headers: { Retry-After: 2, X-A: [b, c] }, json: { a: [1, 2.50, null, \"3\"] } }",
            [
                .respond(
                    Response(
                        status: 429,
                        headers: [HeaderLine("Retry-After", "2"), HeaderLine("X-A", "b"), HeaderLine("X-A", "c")],
                        body: .json(["a": [1, .number(JSONNumber(spelling: "2.50")!), nil, "3"]])))
            ]
        ),
        ("respond: { body: plain }", [.respond(Response(body: .text("plain")))]),
        ("respond: { body: [1] }", [.respond(Response(body: .json([1])))]),
        ("respond: { binary: AAEC/w== }", [.respond(Response(body: .binary([0, 1, 2, 255])))]),
        ("interim: 103", [.interim(status: 103)]),
        ("interim: [100, 103]", [.interim(status: 100), .interim(status: 103)]),
        ("corrupt: bad_chunk", [.corrupt(Corruption(.badChunk))]),
        ("corrupt: { huge_line: 2MB }", [.corrupt(Corruption(.hugeLine, amount: 2_000_000))]),
        ("corrupt: { retry: 2s }", [.corrupt(Corruption(.retry, amount: 2000))]),
        ("corrupt: { wrong_content_length: -5 }", [.corrupt(Corruption(.wrongContentLength, amount: -5))]),
        (
            "corrupt: [duplicate_headers, { truncated_body: true }]",
            [.corrupt(Corruption(.duplicateHeaders)), .corrupt(Corruption(.truncatedBody))]
        ),
        (
            "edit: { \"/a/*/b\": 1, remove: [/c, /d] }",
            [
                .edit([
                    Edit(pointer: "/a/*/b", value: 1), Edit(pointer: "/c", value: nil), Edit(pointer: "/d", value: nil),
                ])
            ]
        ),
        (
            "effects: [ { delay: 1s }, { error: 500 }, { delay: 2s } ]",
            [.delay(.head, .fixed(.seconds(1))), .respond(Response(status: 500)), .delay(.head, .fixed(.seconds(2)))]
        ),
    ])
    func `each effect on a request is read`(line: String, expected: [Effect]) throws {
        let effects = try readEffects(line)

        #expect(effects == expected)
    }

    @Test(arguments: [
        ("skip: true", Effect.skip), ("duplicate: 2", .duplicate(2)), ("duplicate: true", .duplicate(1)),
        ("reorder: 1", .reorder(after: 1)), ("misdeliver: true", .misdeliver),
        ("drop: 1012", .drop(Drop(.closeFrame, code: 1012))),
        ("drop: { code: 4000, reason: bye }", .drop(Drop(.closeFrame, code: 4000, reason: "bye"))),
        ("drop: { how: close_frame }", .drop(Drop(.closeFrame))),
        ("corrupt: masked_frame", .corrupt(Corruption(.maskedFrame))),
        ("send: hello", .send(.text("hello"), times: 1)),
        ("send: { json: { type: status }, times: 3 }", .send(.json(["type": "status"]), times: 3)),
        ("send: { binary: AA== }", .send(.binary([0]), times: 1)),
        ("edit: { /data/value: 1 }", .edit([Edit(pointer: "/data/value", value: 1)])),
    ])
    func `each effect on a message is read`(line: String, expected: Effect) throws {
        let effects = try readEffects(line, on: "comfyui sends progress")

        #expect(effects == [expected])
    }

    @Test(arguments: [
        ("refuse: 3s\nstate: kept", [Effect.refuse(.seconds(3)), .state(kept: true)]),
        ("refuse: true", [.refuse(nil)]),
        ("limit: { connections: 5 }", [.limit(connections: 5)]), ("limit: 5", [.limit(connections: 5)]),
        ("set: { vram_free: 0, models: [] }", [.set(["vram_free": 0, "models": []])]),
    ])
    func `each effect on a fake as a whole is read`(lines: String, expected: [Effect]) throws {
        let rule = try readRule("on: comfyui\n\(lines)\n")

        #expect(rule.on.subject == .whole)
        #expect(rule.effects == expected)
    }

    @Test(arguments: [
        ("delay: 200", "2:8: expected a duration with its unit for delay, such as 200ms or 200s, got \"200\""),
        ("delay: 2h", "2:8: expected a duration no longer than 1h for delay, got \"2h\""),
        ("delay: -1s", "2:8: expected a duration with its unit for delay, such as 200ms or 2s, got \"-1s\""),
        ("delay: nan", "2:8: expected a duration with its unit for delay, such as 200ms or 2s, got \"nan\""),
        ("delay: { uniform: [2s, 1s] }", "2:19: expected the lower bound first, got 2s before 1s"),
        (
            "delay: { lognormal: { median: 2s, p99: 1s } }",
            "2:21: expected a median over 0s and a p99 that is no smaller"
        ),
        ("delay: { first_tokn: 1s }", "2:10: unknown thing to delay \"first_tokn\": did you mean \"first_token\"?"),
        ("throttle: 10", "2:11: expected a rate for throttle, such as 10KB/s, got \"10\""),
        ("drop: rest", "2:7: unknown way to drop \"rest\": did you mean \"reset\"?"),
        ("drop: 503", "2:7: expected a whole number, 1000 to 4999, for the code of a close frame, got \"503\""),
        ("drop: { after_bytes: 1 }", "2:7: drop needs how: one of reset, close, half_close, hang, close_frame"),
        ("drop: { how: reset, code: 1000 }", "2:27: code goes with how: close_frame only"),
        ("error: 99", "2:8: expected a whole number, 200 to 999, for a status, got \"99\""),
        ("corrupt: { invalid_json: 3 }", "2:26: expected true for invalid_json, which has no amount, got \"3\""),
        (
            "corrupt: { huge_line: 1TB }",
            "2:23: expected a size, 1B to 64MB, for huge_line, such as 512 or 10KB, got \"1TB\""
        ),
        ("skip: false", "2:7: expected true for skip, got \"false\""),
        ("respond: { headers: { \"a b\": c } }", "2:23: expected the name of a field, got \"a b\""),
        ("respond: { binary: \"@\" }", "2:20: expected bytes in base64 for binary, got \"@\""),
        ("edit: { a: 1 }", "2:9: expected a pointer that begins with a slash, or remove, got \"a\""),
        ("quota: { requests: 1 }", "2:8: expected requests or tokens, and per, such as {requests: 3, per: 1m}"),
        ("corrupt: [[bad_chunk]]", "2:11: expected a text for corruption, got a list"),
        (
            "refuse: true",
            "2:1: when a request or a message closes the port, it must be said for how long: refuse: 2s"
        ),
        ("interim: 101", "2:10: expected an interim status other than 101, which ends HTTP, got \"101\""),
    ])
    func `what cannot be meant is refused where it stands`(line: String, problem: String) {
        #expect(ruleProblems("on: any /*\n\(line)").contains(problem))
    }

    @Test func `a delay of a connection is one of its handshake`() throws {
        let effects = try readEffects("delay: 2s", on: "litellm connect")

        #expect(effects == [.delay(.handshake, .fixed(.seconds(2)))])
    }
}
