internal import Fakes
internal import JSONTree
internal import Scenarios

/// What an upstream answers in a trouble that a scenario asks for, in the words of its provider.
struct UpstreamTrouble {
    let trouble: LiteLLMTrouble
    let use: NativeErrorUse

    /// Nil for troubles that no upstream has.
    init?(_ use: NativeErrorUse?) {
        guard let use, let trouble = LiteLLMTrouble(use), trouble.isOfUpstream else { return nil }
        self.use = use
        self.trouble = trouble
    }

    /// The behaviour of a model that has this trouble now, and has it once.
    func spoiling(_ behaviour: UpstreamBehaviour, of deployment: Deployment) -> UpstreamBehaviour {
        var behaviour = behaviour
        behaviour.faultEvery = 1
        behaviour.fault = deployment.isAnthropic ? anthropicFault : openAIFault
        behaviour.streamBreak = nil
        return behaviour
    }

    /// The text of an error in the middle of a stream.
    func breakMessage(of deployment: Deployment) -> String {
        use.message ?? (deployment.isAnthropic ? "Overloaded" : "The server had an error while processing your request")
    }

    // MARK: OpenAI

    private var openAIFault: UpstreamBehaviour.Fault? {
        switch trouble {
        case .badRequest:
            openAI(
                400, "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
                code: "decimal_above_max_value", param: "temperature")
        case .contextWindow:
            openAI(
                400,
                "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. "
                    + "Please reduce the length of the messages.",
                code: "context_length_exceeded", param: "messages")
        case .contentPolicy:
            openAI(
                400,
                "Your request was rejected as a result of our safety system. "
                    + "The prompt was filtered due to the content management policy.",
                code: "content_policy_violation")
        case .upstreamRateLimit:
            openAI(
                429,
                "Rate limit reached for requests per min (RPM): Limit 10000, Used 10000, Requested 1. "
                    + "Please try again in \(seconds(2))s.",
                type: "requests", code: "rate_limit_exceeded",
                headers: [
                    ("retry-after", seconds(2)), ("x-ratelimit-remaining-requests", "0"),
                    ("x-ratelimit-reset-requests", seconds(2) + "s"),
                ])
        case .overloaded:
            openAI(
                503, "The engine is currently overloaded, please try again later", type: "server_error",
                headers: [("retry-after", seconds(1))])
        case .upstreamError:
            openAI(
                500, "The server had an error while processing your request. Sorry about that!", type: "server_error")
        default: nil
        }
    }

    private func openAI(
        _ status: Int, _ message: String, type: String = "invalid_request_error", code: String? = nil,
        param: String? = nil, headers: [(name: String, value: String)] = []
    ) -> UpstreamBehaviour.Fault {
        let error: JSON = [
            "error": [
                "message": .string(use.message ?? message), "type": .string(type),
                "param": param.map { .string($0) } ?? .null, "code": code.map { .string($0) } ?? .null,
            ]
        ]
        return fault(status, error, headers)
    }

    // MARK: Anthropic

    private var anthropicFault: UpstreamBehaviour.Fault? {
        switch trouble {
        case .badRequest: anthropic(400, "invalid_request_error", "temperature: range: 0..1")
        case .contextWindow:
            anthropic(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum")
        case .contentPolicy:
            anthropic(400, "invalid_request_error", "Output blocked by content filtering policy")
        case .upstreamRateLimit:
            anthropic(
                429, "rate_limit_error", "Number of requests has exceeded your per-minute rate limit",
                headers: [("retry-after", seconds(3))])
        case .overloaded: anthropic(529, "overloaded_error", "Overloaded")
        case .upstreamError: anthropic(500, "api_error", "Internal server error")
        default: nil
        }
    }

    private func anthropic(
        _ status: Int, _ type: String, _ message: String, headers: [(name: String, value: String)] = []
    ) -> UpstreamBehaviour.Fault {
        let id = "req_011CSHoEeqs5C35K2UUqR7Fy"
        let error: JSON = [
            "type": "error", "error": ["type": .string(type), "message": .string(use.message ?? message)],
            "request_id": .string(id),
        ]
        return fault(status, error, headers + [("request-id", id)])
    }

    private func fault(
        _ status: Int, _ body: JSON, _ headers: [(name: String, value: String)]
    ) -> UpstreamBehaviour.Fault {
        .status(
            status, body: body.text(.python), contentType: "application/json; charset=utf-8", headers: headers)
    }

    /// What the upstream says of when to come back.
    private func seconds(_ usual: Int) -> String {
        use.retryAfter.map { $0.wholeSeconds } ?? String(usual)
    }
}
