import Testing

@testable import Scenarios

@Suite struct EffectAliasTests {
    private static func ms(_ count: Int) -> Duration { .milliseconds(count) }

    @Test(arguments: [
        ("fault: CONNECTION_RESET_BY_PEER", [Effect.drop(Drop(.reset))]),
        ("fault: EMPTY_RESPONSE", [.corrupt(Corruption(.emptyAnswer))]),
        ("fault: MALFORMED_RESPONSE_CHUNK", [.corrupt(Corruption(.badChunk))]),
        ("fault: RANDOM_DATA_THEN_CLOSE", [.corrupt(Corruption(.garbage))]),
        ("fixedDelayMilliseconds: 500", [.delay(.head, .fixed(ms(500)))]),
        ("delayDistribution: { type: uniform, lower: 15, upper: 25 }", [.delay(.head, .uniform(ms(15), ms(25)))]),
        ("delayDistribution: { type: fixed, milliseconds: 15 }", [.delay(.head, .fixed(ms(15)))]),
        (
            "delayDistribution: { type: lognormal, median: 100, sigma: 0 }",
            [.delay(.head, .lognormal(median: ms(100), p99: ms(100)))]
        ),
        ("chunkedDribbleDelay: { numberOfChunks: 5, totalDuration: 1000 }", [.dribble(pieces: 5, over: .seconds(1))]),
    ])
    func `what WireMock has words for is accepted`(line: String, effects: [Effect]) throws {
        let read = try readEffects(line)

        #expect(read == effects)
    }

    @Test(arguments: [
        ("latency: { latency: 1000, jitter: 200 }", [Effect.delay(.head, .uniform(ms(800), ms(1200)))]),
        ("latency: { latency: 1000 }", [.delay(.head, .fixed(ms(1000)))]),
        ("latency: { latency: 10, jitter: 20 }", [.delay(.head, .uniform(.zero, ms(30)))]),
        ("bandwidth: { rate: 10 }", [.throttle(bytesPerSecond: 10_000)]),
        ("slow_close: { delay: 300 }", [.delay(.close, .fixed(ms(300)))]),
        ("timeout: { timeout: 0 }", [.drop(Drop(.hang))]),
        ("timeout: { timeout: 50 }", [.delay(.head, .fixed(ms(50))), .drop(Drop(.close))]),
        ("reset_peer: { timeout: 0 }", [.drop(Drop(.reset))]),
        ("reset_peer: { timeout: 50 }", [.delay(.head, .fixed(ms(50))), .drop(Drop(.reset))]),
        (
            "slicer: { average_size: 64, size_variation: 32, delay: 10 }",
            [.slice(bytes: 64, variation: 32, gap: .fixed(.microseconds(10)))]
        ),
        ("limit_data: { bytes: 512 }", [.drop(Drop(.close, afterBytes: 512))]),
    ])
    func `what Toxiproxy has words for is accepted`(line: String, effects: [Effect]) throws {
        let read = try readEffects(line)

        #expect(read == effects)
    }

    @Test func `a sigma is told as the 99th percentile that it leads to`() throws {
        let effects = try readEffects("delayDistribution: { type: lognormal, median: 80, sigma: 0.4 }")

        guard case .delay(.head, .lognormal(let median, let p99))? = effects.first else {
            Issue.record("expected a lognormal delay, got \(effects)")
            return
        }
        #expect(median == .milliseconds(80))
        // 80 ms * e^(0.4 * 2.3263)
        #expect(abs(p99.seconds - 0.20287) < 0.0001)
    }

    @Test func `aliases stand on a line and on a whole fake as well`() throws {
        let rule = try ScenarioReader().rule(line: "litellm: reset_peer timeout 50, first 2")

        #expect(rule.on.subject == .request(method: nil, path: PathTemplate("/*")))
        #expect(rule.effects.count == 2)
    }

    @Test(arguments: [
        (
            "fault: NONE",
            "2:8: unknown fault \"NONE\": expected one of CONNECTION_RESET_BY_PEER, EMPTY_RESPONSE, MALFORMED_RESPONSE_CHUNK, RANDOM_DATA_THEN_CLOSE"
        ),
        ("latency: { jitter: 1 }", "2:10: latency needs latency"),
        ("latency: { latency: 1s }", "2:21: expected a whole number, 0 to 3600000, for latency, got \"1s\""),
        ("bandwith: { rate: 1 }", "2:1: unknown field of a rule \"bandwith\": did you mean \"bandwidth\"?"),
        ("delayDistribution: { type: unifrm }", "2:28: unknown type \"unifrm\": did you mean \"uniform\"?"),
        (
            "delayDistribution: { type: lognormal, median: 1, sigma: 999 }",
            "2:20: expected a median over 0 and a sigma that does not lead beyond an hour"
        ),
    ])
    func `what they would not take either is refused`(line: String, problem: String) {
        #expect(ruleProblems("on: litellm /a\n\(line)").contains(problem))
    }
}
