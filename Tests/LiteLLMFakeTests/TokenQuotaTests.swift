import JSONTree
import SocketServer
import Testing
import UnderstudyTestKit

/// Quotas of a scenario that count the tokens of answers.
@Suite(.timeLimit(.minutes(1))) struct TokenQuotaTests {
    private let scenario = "litellm POST /v1/chat/completions: quota {tokens: 40, per: 1m}"

    private func chat(
        _ fake: StagedFake, model: String = "gpt-4o", key: String = "sk-a", stream: Bool = false
    ) async throws -> RawResponse {
        let body: JSON = [
            "model": .string(model), "messages": [["role": "user", "content": "hi"]], "stream": .bool(stream),
        ]
        return try await RawSocket.request(
            "POST", fake.url + "/v1/chat/completions", headers: ["authorization": "Bearer \(key)"], body: body.text())
    }

    @Test func `tokens are counted as answers use them, client by client, and whole again after the window`()
        async throws
    {
        let clock = ManualClock()
        try await withFake(.liteLLM(scenario: scenario), clock: clock) { fake in
            var answers: [RawResponse] = []
            while answers.last?.status != 429, answers.count < 50 { answers.append(try await chat(fake)) }
            let refused = answers.removeLast()
            let other = try await chat(fake, key: "sk-b")
            await clock.advance(by: .seconds(60))
            let again = try await chat(fake)

            var left = 40
            for answer in answers {
                #expect(left > 0)
                let usage = try JSON(parsing: answer.body)["usage"]?["total_tokens"]?.int
                left = max(0, left - (usage ?? 0))
                #expect(answer.headers["x-ratelimit-api_key-remaining-tokens"] == "\(left)")
                #expect(answer.headers["x-ratelimit-api_key-limit-tokens"] == "40")
            }
            #expect(left == 0)
            #expect(refused.headers["rate_limit_type"] == "tokens")
            #expect(refused.headers["retry-after"] == "60")
            #expect(refused.text.contains("Limit type: tokens. Current limit: 40, Remaining: 0. Limit resets at: "))
            #expect(other.status == 200)
            #expect(again.status == 200)
        }
    }

    @Test func `a stream is counted when it is over`() async throws {
        try await withFake(.liteLLM(scenario: scenario)) { fake in
            var statuses: [Int] = []
            while statuses.last != 429, statuses.count < 50 {
                statuses.append(try await chat(fake, stream: true).status)
            }

            #expect(statuses.last == 429)
            #expect(statuses.count > 1)
        }
    }
}
