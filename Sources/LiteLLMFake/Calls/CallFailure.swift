internal import JSONTree
internal import SocketServer

/// A call of a deployment that failed, in the words of litellm's exceptions.
///
/// ```
/// litellm.<Class>: <Class>: <Provider>Exception - <upstream's message>[<deployment info>]<group suffix>
/// ```
struct CallFailure: Error {
    /// The exception's class.
    enum Kind: String {
        case badRequest = "BadRequestError"
        case authentication = "AuthenticationError"
        case notFound = "NotFoundError"
        case rateLimit = "RateLimitError"
        case internalServer = "InternalServerError"
        case serviceUnavailable = "ServiceUnavailableError"
        case badGateway = "BadGatewayError"
        case api = "APIError"
        case timeout = "Timeout"
        case contextWindow = "ContextWindowExceededError"
        case unsupportedParams = "UnsupportedParamsError"
        case connection = "APIConnectionError"
        case midStreamFallback = "MidStreamFallbackError"
    }

    var kind: Kind
    var status: Int
    /// What stands behind `litellm.<Class>: `.
    var text: String
    var param: String?
    /// The upstream's own headers, when it answered.
    var upstreamFields: HeaderFields?
    /// `retry-after` of the upstream in seconds.
    var retryAfter: Double?
    /// The provider's safety system refused: the router tells of fallbacks for that.
    var isOfPolicy = false
    /// Whether this deployment's timeouts are told behind the message.
    var tellsDeployment = false
    /// The proxy refused the call itself: no time was given to it.
    var isLocal = false
    /// The failure came when the stream had been promised already: headers say so.
    var cameLate = false

    init(_ kind: Kind, status: Int, _ text: String) {
        self.kind = kind
        self.status = status
        self.text = text
    }

    /// A failure that a provider's client tells: the class is named again, but for bad requests.
    init(_ kind: Kind, status: Int, provider: String, _ message: String) {
        switch kind {
        case .badRequest: self.init(kind, status: status, "\(provider) - \(message)")
        case .contextWindow:
            self.init(
                kind, status: status, "litellm.BadRequestError: ContextWindowExceededError: \(provider) - \(message)")
        default: self.init(kind, status: status, "\(kind.rawValue): \(provider) - \(message)")
        }
    }

    /// The exception alone, as it stands in the middle of a stream and in health checks.
    var bareMessage: String { "litellm.\(kind.rawValue): \(text)" }

    /// Whether the proxy makes the call again. A credential that is refused may be another one elsewhere.
    ///
    /// - Parameter deployments: how many the group has.
    func isWorthRetrying(of deployments: Int) -> Bool {
        switch status {
        case 401, 403: deployments > 1
        default: status == 408 || status == 409 || status == 429 || status >= 500
        }
    }

    /// The message with what the router adds to it.
    ///
    /// - Parameters:
    ///   - group: the name that was asked for.
    ///   - deployment: the one that was called.
    ///   - proxy: where the fallbacks are configured.
    func message(group: String, deployment: Deployment?, proxy: ProxyConfiguration) -> String {
        var message = bareMessage
        if kind == .contextWindow {
            message += "\nmodel=\(group). context_window_fallbacks=\(Self.python(proxy.contextWindowFallbacks)). "
            message += "fallbacks=\(Self.python(proxy.fallbacks)).\n\n"
            message += "Set 'context_window_fallback' - https://docs.litellm.ai/docs/routing#fallbacks"
        }
        if isOfPolicy {
            message += "\nmodel=\(group). content_policy_fallback=None. fallbacks=\(Self.python(proxy.fallbacks)).\n\n"
            message += "Set 'content_policy_fallback' - https://docs.litellm.ai/docs/routing#fallbacks"
        }
        if tellsDeployment, let deployment {
            message += "\n\nDeployment Info: request_timeout: None\ntimeout: \(Self.python(deployment.timeout))"
            message += "\nstream_timeout: \(Self.python(deployment.streamTimeout))"
        }
        message += "\n\nLiteLLM: model group '\(group)' failed with the error above"
        let configured = proxy.fallbacks.map(\.name)
        if configured.isEmpty || configured.contains(group) {
            message += ". No fallback was attempted."
        } else {
            message +=
                " and no fallback model group was found for it, so the request was not retried on another model. "
            message += "Fallbacks are configured for: \(configured.joined(separator: ", ")). Add a fallbacks entry for "
            message +=
                "that model group (Router fallbacks or proxy router_settings.fallbacks) to retry on another model."
        }
        return message
    }

    private static func python(_ fallbacks: [ProxyConfiguration.Fallback]) -> String {
        guard !fallbacks.isEmpty else { return "None" }
        return JSON.array(fallbacks.map { [$0.name: .array($0.targets.map { .string($0) })] }).pythonRepr
    }

    private static func python(_ seconds: Double?) -> String {
        seconds?.pythonRepr ?? "None"
    }
}
