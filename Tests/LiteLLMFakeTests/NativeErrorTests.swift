import Fakes
import JSONTree
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

@testable import LiteLLMFake

/// What clients get in the troubles of the real proxy and of the providers behind it.
@Suite(.timeLimit(.minutes(1))) struct NativeErrorTests {
    /// An answer of a proxy in that trouble.
    private func answer(
        in use: NativeErrorUse, _ path: String = "/v1/chat/completions", _ body: JSON? = nil,
        model: String = "gpt-4o-mini",
        quota: QuotaStanding? = nil, _ configuration: LiteLLMConfiguration = .desk, clock: ManualClock? = nil
    ) async throws -> RawResponse {
        try await withFake(
            id: "litellm", clock: clock,
            { environment in
                DirectedFake(FakeLiteLLM(configuration, environment: environment)) { _ in
                    Direction(error: use, quota: quota)
                }
            }
        ) { fake in
            try await RawSocket.request(
                "POST", fake.url + path, headers: ["Authorization": "Bearer sk-some-key-0001"],
                body: (body ?? Self.body(for: path, model: model)).text())
        }
    }

    private static func body(for path: String, model: String, streams: Bool = false) -> JSON {
        let stream = JSON.bool(streams)
        let messages: JSON = [["role": "user", "content": "Tell me of the sea."]]
        switch path {
        case "/v1/messages":
            return ["model": .string(model), "messages": messages, "max_tokens": 100, "stream": stream]
        case "/v1/responses": return ["model": .string(model), "input": "Tell me of the sea.", "stream": stream]
        case "/v1/completions": return ["model": .string(model), "prompt": "Tell me of the sea.", "stream": stream]
        case "/v1/embeddings": return ["model": .string(model), "input": "sea"]
        default: return ["model": .string(model), "messages": messages, "stream": stream]
        }
    }

    private func error(_ answer: RawResponse) throws -> JSON {
        try #require(try JSON(parsing: answer.body)["error"])
    }

    // MARK: The key

    @Test(arguments: [
        (
            "authentication", 401,
            #"{"message":"Authentication Error, Invalid API key provided.","type":"token_not_found_in_db","param":"key","code":"401"}"#
        ),
        (
            "blocked_key", 401,
            #"{"message":"Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.","type":"auth_error","param":null,"code":"401"}"#
        ),
        (
            "budget", 422,
            #"{"message":"Budget has been exceeded! Key=key (sk-...0001) Current cost: 2.5, Max budget: 1.0","type":"budget_exceeded","param":null,"code":"422"}"#
        ),
        (
            "permission", 403,
            #"{"message":"The requested model 'gpt-4o-mini' is not available for this API key, or the model name is invalid. Check the models available to you and try again.","type":"key_model_access_denied","param":"model","code":"403"}"#
        ),
    ])
    func `a key in trouble is refused in the proxy's words`(name: String, status: Int, body: String) async throws {
        let answer = try await answer(in: NativeErrorUse(name))

        #expect(answer.status == status)
        #expect(answer.text == #"{"error":"# + body + "}")
        #expect(
            answer.headers.map(\.name) == [
                "date", "content-length", "content-type", "vary", "x-frame-options", "content-security-policy",
                "x-content-type-options",
            ])
    }

    @Test func `an expired key tells when it ended`() async throws {
        let error = try error(try await answer(in: NativeErrorUse("expired_key")))

        #expect(error["type"] == "expired_key")
        #expect(error["message"]?.string?.hasPrefix("Authentication Error - Expired Key. Key Expiry time 20") == true)
        #expect(error["param"]?.string?.hasPrefix("sk-...") == true)
    }

    @Test func `messages of the API of Anthropic get the same envelope for a key`() async throws {
        let answer = try await answer(in: NativeErrorUse("authentication"), "/v1/messages")

        #expect(answer.status == 401)
        #expect(try error(answer)["type"] == "token_not_found_in_db")
    }

    // MARK: The proxy

    @Test func `the limit of a key comes with its headers`() async throws {
        let usual = try await answer(in: NativeErrorUse("rate_limit"))
        let quota = Quota(unit: .tokens, amount: 500, per: .seconds(30))
        let standing = QuotaStanding(quota: quota, remaining: 0, resetsIn: .seconds(10), isExceeded: true)
        let tokens = try await answer(in: NativeErrorUse("tokens_limit", retryAfter: .seconds(10)), quota: standing)
        let messages = try await answer(in: NativeErrorUse("rate_limit"), "/v1/messages")

        #expect(usual.statusLine == "HTTP/1.1 429 Too Many Requests")
        #expect(
            usual.headers.map(\.name) == [
                "date", "retry-after", "rate_limit_type", "reset_at", "x-litellm-call-id", "x-litellm-model-id",
                "x-litellm-model-name", "x-litellm-response-cost", "x-litellm-key-spend", "content-length",
                "content-type", "vary", "x-frame-options", "content-security-policy", "x-content-type-options",
            ])
        #expect(usual.headers["retry-after"] == "60")
        #expect(usual.headers["rate_limit_type"] == "requests")
        let error = try error(usual)
        #expect(error["type"] == "throttling_error")
        #expect(error["message"]?.string?.hasPrefix("Rate limit exceeded for api_key: ") == true)
        #expect(error["message"]?.string?.contains("Limit type: requests. Current limit: 60, Remaining: 0.") == true)
        #expect(tokens.headers["retry-after"] == "10")
        #expect(tokens.text.contains("Limit type: tokens. Current limit: 500, Remaining: 0."))
        let anthropic = try JSON(parsing: messages.body)
        #expect(anthropic["type"] == "error")
        #expect(anthropic["error"]?["type"] == "rate_limit_error")
    }

    @Test(arguments: [
        ("/v1/chat/completions", "/chat/completions: "), ("/v1/completions", "400: {'error': '/completions: "),
        ("/v1/responses", "/responses: "), ("/v1/messages", "anthropic_messages: "),
        ("/v1/embeddings", "/embeddings: "),
    ])
    func `an unknown model is told as each surface tells it`(path: String, prefix: String) async throws {
        let answer = try await answer(in: NativeErrorUse("model_not_found"), path)
        let error = try error(answer)

        #expect(answer.status == 400)
        #expect(
            error["message"]?.string?.hasPrefix(prefix + "Invalid model name passed in model=gpt-4o-mini. Call") == true
        )
        #expect(error["type"] == "invalid_request_error")
    }

    @Test func `without a deployment left the client is told when to come back`() async throws {
        let answer = try await answer(in: NativeErrorUse("no_deployments"))
        let error = try error(answer)

        #expect(answer.status == 429)
        #expect(answer.headers["retry-after"] == "5")
        #expect(error["type"] == "all_deployments_in_cooldown")
        #expect(
            error["message"]?.string?.hasPrefix(
                "No deployments available for selected model, Try again in 5 seconds. All deployments for selected model "
                    + "are in cooldown. Passed model=gpt-4o-mini. pre-call-checks=False, cooldown_list=['") == true)
    }

    @Test func `a proxy that is starting is seen through the balancer in front of it`() async throws {
        let answer = try await answer(in: NativeErrorUse("not_ready", retryAfter: .seconds(7)))

        #expect(answer.status == 503)
        #expect(answer.headers["server"] == "nginx")
        #expect(answer.headers["retry-after"] == "7")
    }

    @Test func `a quota of a scenario is told as a limit of the key`() async throws {
        let rule = Rule(
            name: "two calls",
            on: Match(
                fake: FakePattern(kind: "litellm"),
                subject: .request(method: "POST", path: PathTemplate("/v1/chat/completions"))),
            effects: [.quota(Quota(unit: .requests, amount: 2, per: .seconds(600)))])
        try await withFake(.liteLLM(scenario: Scenario(name: "quota", rules: [rule]))) { fake in
            func ask(_ key: String) async throws -> RawResponse {
                try await RawSocket.request(
                    "POST", fake.url + "/v1/chat/completions", headers: ["Authorization": "Bearer \(key)"],
                    body: Self.body(for: "", model: "gpt-4o-mini").text())
            }
            let first = try await ask("sk-a")
            _ = try await ask("sk-a")
            let third = try await ask("sk-a")
            let other = try await ask("sk-b")

            #expect(first.headers["x-ratelimit-api_key-remaining-requests"] == "1")
            #expect(third.status == 429)
            #expect(third.text.contains("Limit type: requests. Current limit: 2, Remaining: 0."))
            #expect(third.headers["x-ratelimit-api_key-remaining-requests"] == "0")
            #expect(third.headers["retry-after"] == "600")
            #expect(other.status == 200)
        }
    }

    // MARK: The provider

    @Test(arguments: [
        (
            "bad_request", 400,
            "litellm.BadRequestError: OpenAIException - Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
            "invalid_request_error"
        ),
        (
            "context_window", 400,
            "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. Please reduce the length of the messages.\nmodel=gpt-4o-mini. context_window_fallbacks=None. fallbacks=None.\n\nSet 'context_window_fallback' - https://docs.litellm.ai/docs/routing#fallbacks",
            "invalid_request_error"
        ),
        (
            "content_policy", 400,
            "litellm.BadRequestError: OpenAIException - Your request was rejected as a result of our safety system. The prompt was filtered due to the content management policy.",
            "invalid_request_error"
        ),
        (
            "upstream_rate_limit", 429,
            "litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached for requests per min (RPM): Limit 10000, Used 10000, Requested 1. Please try again in 2s.",
            "throttling_error"
        ),
        (
            "upstream_error", 500,
            "litellm.InternalServerError: InternalServerError: OpenAIException - The server had an error while processing your request. Sorry about that!",
            "internal_server_error"
        ),
        (
            "overloaded", 503,
            "litellm.ServiceUnavailableError: ServiceUnavailableError: OpenAIException - The engine is currently overloaded, please try again later",
            "internal_server_error"
        ),
        (
            "upstream_unreachable", 500,
            "litellm.InternalServerError: InternalServerError: OpenAIException - Connection error.",
            "internal_server_error"
        ),
    ])
    func `an error of the provider is told in litellm's grammar, at once and without retries`(
        name: String, status: Int, message: String, type: String
    ) async throws {
        // No time passes: whoever waited for a moment would never answer.
        let answer = try await answer(in: NativeErrorUse(name), clock: ManualClock())
        let error = try error(answer)

        #expect(answer.status == status)
        // A call that was made again says so at the end of its message.
        #expect(
            error["message"]?.string == message
                + "\n\nLiteLLM: model group 'gpt-4o-mini' failed with the error above. No fallback was attempted.")
        #expect(error["type"]?.string == type)
        #expect(error["code"]?.string == String(status))
        #expect(answer.headers["x-litellm-timeout"] == "6000.0")
        #expect(answer.headers["retry-after"] == nil)
    }

    @Test func `a timeout is a 408, and says which time is over`() async throws {
        let answer = try await answer(in: NativeErrorUse("upstream_timeout"))
        let error = try error(answer)

        #expect(answer.status == 408)
        #expect(
            error["message"]?.string?.hasPrefix(
                "litellm.Timeout: APITimeoutError - Request timed out. Error_str: Request timed out. - timeout "
                    + "value=6000.0, time taken=6000.0 seconds\n\nDeployment Info: request_timeout: None\n") == true)
    }

    @Test func `the provider's retry-after and limits are relayed under other names`() async throws {
        let answer = try await answer(in: NativeErrorUse("upstream_rate_limit", retryAfter: .seconds(9)))

        #expect(answer.headers["llm_provider-retry-after"] == "9")
        #expect(answer.headers["retry-after"] == nil)
        #expect(answer.headers["x-ratelimit-remaining-requests"] == "0")
    }

    @Test func `own words stand where the provider's would`() async throws {
        let error = try error(try await answer(in: NativeErrorUse("upstream_error", message: "The cat sat on it.")))

        #expect(
            error["message"]?.string?.hasPrefix(
                "litellm.InternalServerError: InternalServerError: OpenAIException - The cat sat on it.\n\n") == true)
    }

    @Test(arguments: [
        (
            "overloaded", "/v1/messages", 500,
            #"{"type":"error","error":{"type":"api_error","message":"litellm.InternalServerError: AnthropicError - {\"type\": \"error\", \"error\": {\"type\": \"overloaded_error\", \"message\": \"Overloaded\"}"#
        ),
        (
            "context_window", "/v1/messages", 400,
            #"{"type":"error","error":{"type":"invalid_request_error","message":"litellm.ContextWindowExceededError: litellm.BadRequestError: AnthropicError - {\"type\": \"error\""#
        ),
        (
            "content_policy", "/v1/chat/completions", 400,
            #"{"error":{"message":"litellm.BadRequestError: litellm.ContentPolicyViolationError: AnthropicError - {\"type\": \"error\""#
        ),
        (
            "upstream_error", "/v1/chat/completions", 500,
            #"{"error":{"message":"litellm.InternalServerError: AnthropicException - {\"type\": \"error\", \"error\": {\"type\": \"api_error\", \"message\": \"Internal server error\"}"#
        ),
        (
            "overloaded", "/v1/completions", 529,
            #"{"error":{"message":"litellm.APIError: APIError: OpenAIException - {\"type\": \"error\", \"error\": {\"type\": \"overloaded_error\""#
        ),
        (
            "context_window", "/v1/completions", 400,
            #"{"error":{"message":"litellm.BadRequestError: OpenAIException - {\"type\": \"error\""#
        ),
    ])
    func `Anthropic's errors keep their text`(name: String, path: String, status: Int, start: String) async throws {
        let answer = try await answer(in: NativeErrorUse(name), path, model: "claude-sonnet-4-5")

        #expect(answer.status == status)
        #expect(answer.text.hasPrefix(start), "\(answer.text)")
    }

    @Test func `a policy has a hint of its own on the routes that see the whole error`() async throws {
        let answer = try await answer(in: NativeErrorUse("content_policy"), "/v1/responses")

        let message = try error(answer)["message"]?.string
        #expect(
            message?.hasPrefix(
                "litellm.BadRequestError: litellm.ContentPolicyViolationError: ContentPolicyViolationError: OpenAIException - {"
            ) == true)
        #expect(
            message?.contains(
                "\nmodel=gpt-4o-mini. content_policy_fallback=None. fallbacks=None.\n\nSet 'content_policy_fallback'")
                == true)
    }

    @Test func `a mock deployment and the cache do not stand in the way`() async throws {
        var configuration = LiteLLMConfiguration.desk
        configuration.proxy.models[0].parameters["mock_response"] = "hello"
        let name = configuration.proxy.models[0].name
        let answer = try await answer(in: NativeErrorUse("upstream_error"), model: name, configuration)

        #expect(answer.status == 500)
    }

    // MARK: Streams

    /// The events of a stream that breaks.
    private func events(
        _ path: String, model: String = "gpt-4o-mini", after count: Int? = nil, streams: Bool = true
    ) async throws -> [String] {
        let answer = try await answer(
            in: NativeErrorUse("mid_stream_error", afterMessages: count), path,
            Self.body(for: path, model: model, streams: streams))
        #expect(answer.status == 200)
        #expect(answer.isComplete)
        return answer.text.split(separator: "\n\n").map { String($0) }
    }

    @Test func `a chat breaks after so many events with an error and the usual end`() async throws {
        let events = try await events("/v1/chat/completions", after: 3)

        #expect(events.count == 5)
        #expect(events[..<3].allSatisfy { $0.contains(#""object":"chat.completion.chunk""#) })
        #expect(
            events.suffix(2) == [
                #"data: {"error": {"message": "litellm.APIConnectionError: APIConnectionError: OpenAIException - The server had an error while processing your request", "type": "internal_server_error", "param": null, "code": "500"}}"#,
                "data: [DONE]",
            ])
    }

    @Test func `without a count it breaks in the middle of the text`() async throws {
        let events = try await events("/v1/chat/completions")

        #expect(events.count == 1 + 3 + 2)
        #expect(events[3].contains(#""delta":{"content":"#))
        #expect(!events.joined().contains("finish_reason"))
    }

    @Test func `a count beyond the text breaks before the end`() async throws {
        let events = try await events("/v1/chat/completions", after: 100_000)

        #expect(events.last == "data: [DONE]")
        #expect(events.suffix(2).first?.hasPrefix(#"data: {"error": "#) == true)
        #expect(!events.joined().contains("finish_reason"))
    }

    @Test func `Anthropic's chat breaks in its words`() async throws {
        let events = try await events("/v1/chat/completions", model: "claude-sonnet-4-5", after: 2)

        #expect(events.count == 4)
        #expect(
            events[2]
                == #"data: {"error": {"message": "litellm.InternalServerError: AnthropicError - Overloaded", "type": "internal_server_error", "param": null, "code": "500"}}"#
        )
    }

    @Test func `a text completion tells the same through two layers`() async throws {
        let openAI = try await events("/v1/completions", after: 2)
        let anthropic = try await events("/v1/completions", model: "claude-sonnet-4-5", after: 1)

        #expect(
            openAI.suffix(2) == [
                #"data: {"error": {"message": "litellm.InternalServerError: InternalServerError: OpenAIException - litellm.MidStreamFallbackError: litellm.APIConnectionError: APIConnectionError: Text-completion-openaiException - The server had an error while processing your request Original exception: APIConnectionError: litellm.APIConnectionError: APIConnectionError: Text-completion-openaiException - The server had an error while processing your request", "type": "internal_server_error", "param": null, "code": "500"}}"#,
                "data: [DONE]",
            ])
        #expect(openAI.count == 4)
        #expect(
            anthropic[1]
                == #"data: {"error": {"message": "litellm.MidStreamFallbackError: litellm.InternalServerError: AnthropicError - Overloaded", "type": "internal_server_error", "param": null, "code": "500"}}"#
        )
    }

    @Test func `a stream of messages ends with an error event and nothing behind it`() async throws {
        let translated = try await events("/v1/messages", after: 3)
        let native = try await events("/v1/messages", model: "claude-sonnet-4-5")

        #expect(translated.count == 4)
        #expect(
            translated.last
                == "event: error\n"
                + #"data: {"type": "error", "error": {"type": "api_error", "message": "litellm.InternalServerError: InternalServerError: OpenAIException - The server had an error while processing your request"}}"#
        )
        #expect(native.contains { $0.hasPrefix("event: content_block_delta") })
        #expect(
            native.last
                == "event: error\n"
                + #"data: {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}"#)
    }

    @Test func `a stream of responses fails with the part of a response`() async throws {
        let events = try await events("/v1/responses", after: 5)

        #expect(events.count == 7)
        #expect(events.last == "data: [DONE]")
        let lines = events[5].split(separator: "\n")
        #expect(lines[0] == "event: response.failed")
        let failed = try JSON(parsing: String(lines[1].dropFirst(6)))
        #expect(failed.object?.keys == ["type", "response", "sequence_number"])
        #expect(failed["sequence_number"] == 5)
        #expect(
            failed["response"]?.object?.keys == ["id", "created_at", "error", "model", "object", "output", "status"])
        #expect(
            failed["response"]?["error"] == [
                "code": "server_error", "message": "The server had an error while processing your request",
            ])
    }

    @Test func `what is no stream cannot break`() async throws {
        let events = try await events("/v1/chat/completions", streams: false)

        #expect(events.count == 1)
        #expect(events[0].contains(#""object":"chat.completion""#))
    }

    @Test func `each token takes as much longer as it is told to`() async throws {
        let direct: @Sendable (Request) -> Direction = { _ in Direction(stepDelay: { .milliseconds(20) }) }
        let (time, count) = try await withFake(
            id: "litellm", { DirectedFake(FakeLiteLLM(environment: $0), direct) }
        ) { fake in
            let began = ContinuousClock.now
            let answer = try await RawSocket.request(
                "POST", fake.url + "/v1/chat/completions",
                body: Self.body(for: "", model: "gpt-4o-mini", streams: true).text())
            return (ContinuousClock.now - began, answer.chunks.count)
        }

        // All but the role, the end and [DONE] are tokens.
        #expect(count > 5)
        #expect(time >= .milliseconds(20 * (count - 3)))
    }
}
