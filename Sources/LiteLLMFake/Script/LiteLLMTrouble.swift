internal import Scenarios

/// The troubles of the real proxy that scenarios ask for by name.
enum LiteLLMTrouble: String, Sendable, CaseIterable {
    // Of the caller's key.
    case authentication
    case expiredKey = "expired_key"
    case blockedKey = "blocked_key"
    case budget
    case permission
    // Of the proxy.
    case modelNotFound = "model_not_found"
    case rateLimit = "rate_limit"
    case tokensLimit = "tokens_limit"
    case noDeployments = "no_deployments"
    case notReady = "not_ready"
    // Of the provider behind it.
    case badRequest = "bad_request"
    case contextWindow = "context_window"
    case contentPolicy = "content_policy"
    case upstreamRateLimit = "upstream_rate_limit"
    case upstreamTimeout = "upstream_timeout"
    case upstreamError = "upstream_error"
    case upstreamUnreachable = "upstream_unreachable"
    case overloaded
    case midStreamError = "mid_stream_error"

    init?(_ use: NativeErrorUse?) {
        guard let use else { return nil }
        self.init(rawValue: use.name)
    }

    /// Whether the deployment's upstream has it, and not the proxy.
    var isOfUpstream: Bool {
        switch self {
        case .badRequest, .contextWindow, .contentPolicy, .upstreamRateLimit, .upstreamTimeout, .upstreamError,
            .upstreamUnreachable, .overloaded, .midStreamError:
            true
        default: false
        }
    }

    /// What a client sees.
    var summary: String {
        switch self {
        case .authentication: "401 token_not_found_in_db: the key is unknown."
        case .expiredKey: "401 expired_key."
        case .blockedKey: "401 auth_error: the key is blocked."
        case .budget: "422 budget_exceeded, or the status that the configuration names."
        case .permission: "403 key_model_access_denied: the key may not use this model."
        case .modelNotFound: "400: no deployment has this name."
        case .rateLimit: "429 of the proxy: the key's requests of this minute are used up; retry-after."
        case .tokensLimit: "429 of the proxy: the key's tokens of this minute are used up; retry-after."
        case .noDeployments: "429 all_deployments_in_cooldown; retry-after."
        case .notReady: "503 with the page of the balancer in front of a proxy that is still starting."
        case .badRequest: "400 BadRequestError: the provider refuses a parameter."
        case .contextWindow: "400 ContextWindowExceededError: the prompt is too long."
        case .contentPolicy: "400: the provider's safety system refuses the prompt."
        case .upstreamRateLimit: "429 RateLimitError: the provider's own limit; its retry-after is not passed on."
        case .upstreamTimeout: "408 Timeout: the provider did not answer in time."
        case .upstreamError: "500 InternalServerError of the provider."
        case .upstreamUnreachable: "500 InternalServerError: nobody listens at the provider's address."
        case .overloaded: "503 ServiceUnavailableError, for Anthropic 500: the provider is overloaded."
        case .midStreamError: "An error event in the middle of a stream, then its end."
        }
    }
}

extension Route {
    /// Whether it calls a deployment, so that what befalls deployments can befall it.
    var isInference: Bool {
        switch self {
        case .chat, .completion, .embedding, .image, .imageEdit, .speech, .transcription, .moderation, .rerank, .queue,
            .responses, .cursorChat, .messages, .generateContent:
            true
        default: false
        }
    }

    /// Whether a stream of it can be broken.
    var canBreak: Bool {
        switch self {
        case .chat, .completion, .queue, .responses, .cursorChat, .messages: true
        default: false
        }
    }

    /// Whether anybody may ask, without a key.
    var isPublic: Bool {
        switch self {
        case .liveness, .livenessOptions, .readiness, .page, .openAPI, .routeList: true
        default: false
        }
    }
}

extension LiteLLMTrouble {
    /// Whether it can befall a route.
    func befalls(_ route: Route) -> Bool {
        switch self {
        case .notReady: true
        case .authentication, .expiredKey, .blockedKey, .budget: !route.isPublic
        case .midStreamError: route.canBreak
        default: route.isInference
        }
    }
}
