import Fakes
import JSONTree
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

@testable import LiteLLMFake

/// The state that scenarios look at and set, and the words by which they speak of this fake.
@Suite(.timeLimit(.minutes(1))) struct ScriptStateTests {
    private func with<Result>(
        _ configuration: LiteLLMConfiguration = .desk, _ body: (StagedFake, FakeLiteLLM) async throws -> Result
    ) async throws -> Result {
        try await withFake(.liteLLM(configuration)) { fake in
            try await body(fake, try #require(await fake.running.fake() as? FakeLiteLLM))
        }
    }

    private func chat(_ fake: StagedFake, model: String = "gpt-4o", key: String = "") async throws -> RawResponse {
        let body: JSON = [
            "model": .string(model), "messages": [["role": "user", "content": "hi"]], "num_retries": 0,
        ]
        return try await RawSocket.request(
            "POST", fake.url + "/v1/chat/completions", headers: key.isEmpty ? [:] : ["Authorization": "Bearer \(key)"],
            body: body.text())
    }

    @Test func `nobody answers behind a model that is not healthy, and the health check tells`() async throws {
        try await with { running, fake in
            try await fake.set(["models": ["gpt-4o": ["healthy": false]]])
            let answer = try await chat(running)
            let other = try await chat(running, model: "gpt-4o-mini")
            let health = try JSON(parsing: try await RawSocket.get(running.url + "/health?model=gpt-4o").body)
            let state = await fake.state()

            #expect(answer.status == 500)
            #expect(answer.text.contains("OpenAIException - Connection error."))
            #expect(other.status == 200)
            #expect(health["unhealthy_count"] == 1)
            #expect(state["models"]?["gpt-4o"] == ["healthy": false])
        }
    }

    @Test func `a key is refused when its spend is set beyond its budget`() async throws {
        let configuration = LiteLLMConfiguration(
            proxy: {
                var proxy = LiteLLMConfiguration.desk.proxy
                proxy.masterKey = "sk-master-key-0001"
                return proxy
            }(), keys: [VirtualKey(key: "sk-budget-0001", maxBudget: 2)])
        try await with(configuration) { running, fake in
            let before = try await chat(running, key: "sk-budget-0001")
            try await fake.set(["keys": ["sk-budget-0001": ["spend": 2.5]]])
            let after = try await chat(running, key: "sk-budget-0001")
            let state = await fake.state()

            #expect(before.status == 200)
            #expect(after.status == 422)
            #expect(after.text.contains("Current cost: 2.5, Max budget: 2.0"))
            #expect(state["keys"]?["sk-budget-0001"] == ["spend": 2.5, "max_budget": 2.0, "blocked": false])
        }
    }

    @Test func `a deployment that is set aside is not called until it is let`() async throws {
        try await with { running, fake in
            let id = try #require(await fake.router.group("gpt-4o").first?.id)
            try await fake.set(["cooldowns": .object([id: 30])])
            let aside = try await chat(running)
            let left = await fake.state()["cooldowns"]?[id]?.double ?? 0
            try await fake.set(["cooldowns": .object([id: 0])])
            let back = try await chat(running)
            let state = await fake.state()

            #expect(aside.status == 429)
            #expect(aside.text.contains("all_deployments_in_cooldown"))
            #expect(left > 20 && left <= 30)
            #expect(back.status == 200)
            #expect(state["cooldowns"] == [:])
        }
    }

    @Test func `until it is ready, each route is out of service`() async throws {
        try await with { running, fake in
            try await fake.set(["ready": false])
            let health = try await RawSocket.get(running.url + "/health/readiness")
            let answer = try await chat(running)
            try await fake.set(["ready": true])
            let later = try await RawSocket.get(running.url + "/health/readiness")

            #expect(health.status == 503)
            #expect(answer.status == 503)
            #expect(later.status == 200)
        }
    }

    @Test func `a wrong member spoils the whole change, and is named`() async throws {
        try await with { _, fake in
            let before = await fake.state()
            let wrong: [(JSONObject, String)] = [
                (["ready": false, "models": ["gpt-5": ["healthy": true]]], "models/gpt-5"),
                (["ready": false, "models": ["gpt-4o": ["health": true]]], "models/gpt-4o/health"),
                (["ready": false, "keys": ["sk-x": ["spend": 1]]], "keys/sk-x"), (["ready": 1], "ready"),
                (["ready": false, "cooldowns": ["x": 5]], "cooldowns/x"), (["ready": false, "colour": 1], "colour"),
            ]
            for (change, name) in wrong {
                let error = await #expect(throws: StateError.self) { try await fake.set(change) }
                #expect(error?.name == name)
            }
            let after = await fake.state()

            #expect(after == before)
        }
    }

    @Test func `clients are told apart by their keys, events by their names`() async throws {
        try await with { _, fake in
            func type(_ text: String) -> String { fake.type(of: ServerSentEvent(bytes: Array(text.utf8))) }
            let request = Request(method: "POST", target: "/v1/messages", headers: ["x-api-key": "sk-a"])

            #expect(fake.client(of: request, body: []) == "sk-a")
            #expect(type("data: [DONE]\n\n") == "done")
            #expect(
                type(#"data: {"id":"x","object":"chat.completion.chunk","choices":[]}"# + "\n\n")
                    == "chat.completion.chunk")
            #expect(type("event: ping\ndata: {\"type\": \"ping\"}\n\n") == "ping")
            #expect(
                type(#"data: {"type":"response.created","response":{"object":"response"}}"# + "\n\n")
                    == "response.created")
            #expect(type(#"data: {"error": {"message": "no", "type": "x"}}"# + "\n\n") == "error")
        }
    }

    @Test func `the vocabulary is that of the table, and quotas speak as the limits of keys do`() async throws {
        try await with { _, fake in
            let vocabulary = fake.vocabulary
            let errors = Dictionary(uniqueKeysWithValues: vocabulary.errors.map { ($0.name, $0.paths) })
            let quota = Quota(unit: .tokens, amount: 100, per: .seconds(60))
            let fields = fake.fields(
                of: QuotaStanding(quota: quota, remaining: 40, resetsIn: .seconds(5), isExceeded: false))

            #expect(vocabulary.routes.contains { $0.method == "POST" && $0.path.matches("/v1/chat/completions") })
            #expect(vocabulary.routes.contains { $0.path.matches("/openai/deployments/gpt-4o/chat/completions") })
            #expect(errors["not_ready"] == [])
            #expect(errors["mid_stream_error"]?.contains("/v1/messages") == true)
            #expect(errors["mid_stream_error"]?.contains("/v1/embeddings") == false)
            #expect(errors["context_window"]?.contains("/v1/embeddings") == true)
            #expect(errors["authentication"]?.contains("/health/liveliness") == false)
            #expect(fake.errorBeyond(quota) == "tokens_limit")
            #expect(
                fields.map { "\($0.name): \($0.value)" } == [
                    "x-ratelimit-api_key-remaining-tokens: 40", "x-ratelimit-api_key-limit-tokens: 100",
                ])
            #expect(vocabulary.state.sorted() == (await fake.state()).object?.keys.sorted())
        }
    }
}
