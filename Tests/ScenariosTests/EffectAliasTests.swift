import Testing

@testable import Scenarios

@Suite struct EffectAliasTests {
    private static func ms(_ count: Int) -> Duration { .milliseconds(count) }

    @Test(arguments: [
        ("fault: CONNECTION_RESET_BY_PEER", [Effect.drop(Drop(.reset))]),
        ("fault: EMPTY_RESPONSE", [.corrupt(Corruption(.emptyAnswer))]),
        ("fault: MALFORMED_RESPONSE_CHUNK", [.corrupt(Corruption(.badChunk, amount: 0))]),
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

    /// Toxiproxy stands between two connections: what is below is the answer's, or all that a connection sends.
    @Test(arguments: [
        ("latency: { latency: 100 }", [Effect.delay(.chunk, .fixed(ms(100)))]),
        ("latency: { latency: 100, stream: upstream }", [.upstream(.delay(.chunk, .fixed(ms(100))))]),
        ("bandwidth: { rate: 2, stream: downstream }", [.throttle(bytesPerSecond: 2000)]),
        ("bandwidth: { rate: 2, stream: upstream }", [.upstream(.throttle(bytesPerSecond: 2000))]),
        ("slow_close: { delay: 30, stream: upstream }", [.upstream(.delay(.close, .fixed(ms(30))))]),
        ("timeout: { timeout: 0 }", [.drop(Drop(.hang, afterBytes: 0))]),
        ("timeout: { timeout: 50 }", [.drop(Drop(.hang, afterBytes: 0)), .drop(Drop(.close, afterTime: ms(50)))]),
        ("timeout: { timeout: 0, stream: upstream }", [.upstream(.drop(Drop(.hang)))]),
        (
            "timeout: { timeout: 50, stream: upstream }",
            [.upstream(.drop(Drop(.hang))), .upstream(.drop(Drop(.close, afterTime: ms(50))))]
        ),
        ("reset_peer: { timeout: 0, stream: upstream }", [.drop(Drop(.reset))]),
        ("reset_peer: { timeout: 50 }", [.drop(Drop(.hang, afterBytes: 0)), .drop(Drop(.reset, afterTime: ms(50)))]),
        (
            "slicer: { average_size: 64, delay: 10, stream: upstream }",
            [.upstream(.slice(bytes: 64, variation: 0, gap: .fixed(.microseconds(10))))]
        ),
        ("limit_data: { bytes: 512, stream: upstream }", [.upstream(.drop(Drop(.close, afterBytes: 512)))]),
    ])
    func `a toxic on a connection has its direction`(line: String, effects: [Effect]) throws {
        let rule = try #require(try ScenarioReader().rules("on: litellm connect\n" + line).first)

        #expect(rule.effects == effects)
        // Written in our words, it is read as the same.
        #expect(try ScenarioReader().rules("\(rule.json)").map(\.effects) == [effects])
    }

    @Test func `toxicity is the probability of the rule`() throws {
        let rule = try ScenarioReader().rule(line: "litellm connect: latency {latency: 100, toxicity: 0.25}")

        #expect(rule.when.probability == 0.25)
    }

    @Test(arguments: [
        (
            "on: litellm POST /a\nlatency: { latency: 1, stream: upstream }",
            "2:1: upstream does not act on \"litellm POST /a\": expected on as \"FAKE connect\""
        ),
        (
            "on: litellm connect\nlatency: { latency: 1, stream: up }",
            "2:32: unknown stream \"up\": did you mean \"upstream\"?"
        ),
        (
            "on: litellm connect\nlatency: { latency: 1, toxicity: 2 }",
            "2:34: expected a toxicity over 0 and up to 1, such as 0.2, got \"2\""
        ),
        (
            "on: litellm connect\nwhen: { probability: 0.5 }\nlatency: { latency: 1, toxicity: 0.5 }",
            "3:1: toxicity is the probability of the rule: expected one of them"
        ),
        (
            "on: litellm connect\nthrottle: 1KB/s\nlatency: { latency: 1, toxicity: 0.5 }",
            "2:1: toxicity is the probability of the whole rule: give throttle 1KB/s a rule of its own"
        ),
        (
            "on: litellm connect\nupstream: { error: 500 }",
            "2:13: unknown effect upstream \"error\": expected one of delay, throttle, slice, drop"
        ),
        (
            "on: litellm connect\nupstream: { drop: half_close }",
            "2:19: expected reset, close or hang, after_bytes or after a time, upstream, got \"half_close\""
        ),
    ])
    func `a direction that makes no sense is refused`(text: String, problem: String) {
        let problems = problems(in: text)

        #expect(problems == [problem])
    }

    private func problems(in rule: String) -> [String] {
        do throws(ScenarioProblems) {
            _ = try ScenarioReader().rules(rule)
            return []
        } catch {
            return error.problems.map(\.description)
        }
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
