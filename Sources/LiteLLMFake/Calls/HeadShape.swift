internal import JSONTree
internal import SocketServer

/// Which of the proxy's fields a route writes on success, in their one order.
///
/// Section 14 of the protocol has the catalogue; no two routes write the same.
struct HeadShape: Sendable {
    /// The cost fields.
    enum Costs: Sendable {
        case none
        /// Only `x-litellm-response-cost`.
        case total
        /// All eight.
        case all
        /// The seven parts, all zero: a stream's.
        case zero
    }

    /// The upstream's rate limits.
    enum Limits: Sendable {
        case none
        /// Requests, then tokens, limit before remaining.
        case pairs
        /// As the upstream sent them, resets included.
        case asSent
    }

    var name = true
    var base = true
    var costs = Costs.all
    /// How long it took, and the cache's key.
    var duration = true
    var overhead = true
    var callback = true
    var limits = Limits.pairs
    /// `llm_provider-*` and `request-id`.
    var provider = true
    var group = true
    var keyLimits = true

    static let chat = HeadShape()
    static let chatStream = HeadShape(costs: .zero, limits: .asSent, keyLimits: false)
    static let embedding = HeadShape()
    /// Vectors are remembered one by one, and so far away from the router that little of the hit is told.
    static let cachedEmbedding = HeadShape(base: false, duration: false, overhead: false, callback: false)
    static let responses = HeadShape(limits: .asSent)
    static let responseStream = HeadShape(costs: .zero, limits: .asSent, keyLimits: false)
    /// A completion of a provider that speaks the text protocol, and of a mock.
    static let textCompletion = HeadShape(overhead: false, limits: .none, provider: false)
    /// A completion through a chat provider.
    static let chatCompletion = HeadShape(costs: .none, overhead: false, limits: .none, provider: false)
    static let completionStream = HeadShape(
        base: false, costs: .none, overhead: false, callback: false, limits: .none, provider: false, keyLimits: false)
    static let media = HeadShape(
        name: false, costs: .none, overhead: false, limits: .none, provider: false, group: false, keyLimits: false)
    static let transcription = HeadShape(name: false, costs: .none, overhead: false, limits: .asSent)
    static let rerank = HeadShape(name: false, costs: .total, limits: .none, provider: false)
    static let messages = HeadShape(base: false, callback: false, limits: .none, provider: false)
    static let nativeMessageStream = HeadShape(costs: .zero, limits: .none, keyLimits: false)
    static let messageStream = HeadShape(
        base: false, costs: .zero, callback: false, limits: .none, provider: false, keyLimits: false)
    static let google = HeadShape(
        name: false, base: false, overhead: false, callback: false, limits: .none, provider: false)
    static let googleUpstream = HeadShape(
        name: false, base: false, costs: .none, overhead: false, callback: false, limits: .none, provider: false)
}

extension HeaderFields {
    /// The fields of a success, from the call's id on.
    ///
    /// - Parameters:
    ///   - keyFields: `x-litellm-key-*-limit` of the caller's key.
    ///   - spend: what the key has spent with this call.
    ///   - milliseconds: how long the call took.
    init(
        _ shape: HeadShape, _ call: Call, _ made: Made, cost: Cost, keyFields: HeaderFields, spend: Double,
        milliseconds: Double, limitFields: HeaderFields
    ) {
        self.init(roomFor: 48)
        append("x-litellm-call-id", call.id)
        append("x-litellm-model-id", made.deployment.id)
        if shape.name { append("x-litellm-model-name", made.deployment.model) }
        if shape.duration, let key = made.cacheKey { append("x-litellm-cache-key", key) }
        if shape.base { append("x-litellm-model-api-base", made.deployment.shownBase) }
        append("x-litellm-version", FixedFields.version)
        appendCosts(shape.costs, cost)
        append(contentsOf: keyFields)
        append("x-litellm-key-spend", spend.pythonRepr)
        if shape.duration { append("x-litellm-response-duration-ms", milliseconds.pythonRepr) }
        let calledUpstream = made.upstreamFields != nil || made.cacheKey != nil
        if shape.overhead, calledUpstream {
            append("x-litellm-overhead-duration-ms", ((milliseconds * 1e4).rounded() / 1e4).pythonRepr)
        }
        if shape.callback { append("x-litellm-callback-duration-ms", "0.0") }
        if let upstream = made.upstreamFields {
            appendLimits(shape.limits, of: upstream)
            if shape.provider { appendProvider(upstream, of: made.deployment) }
        }
        if shape.group {
            append("x-litellm-model-group", made.group)
            append("x-litellm-attempted-retries", String(made.retries))
            if made.retries > 0 { append("x-litellm-max-retries", String(made.maxRetries)) }
            append("x-litellm-attempted-fallbacks", String(made.fallbacks))
        }
        append(contentsOf: limitFields)
    }

    private mutating func appendCosts(_ costs: HeadShape.Costs, _ cost: Cost) {
        switch costs {
        case .none: break
        case .total: append("x-litellm-response-cost", cost.total.pythonRepr)
        case .zero: append(contentsOf: FixedFields.zeroCosts)
        case .all:
            let total = cost.total.pythonRepr
            append("x-litellm-response-cost", total)
            append("x-litellm-response-cost-original", total)
            append("x-litellm-response-cost-discount-amount", "0.0")
            append("x-litellm-response-cost-margin-amount", "0.0")
            append("x-litellm-response-cost-margin-percent", "0.0")
            append("x-litellm-response-cost-input", cost.input.pythonRepr)
            append("x-litellm-response-cost-output", cost.output.pythonRepr)
            append("x-litellm-response-cost-tool-usage", "0.0")
        }
    }

    mutating func appendLimits(_ limits: HeadShape.Limits, of upstream: HeaderFields) {
        switch limits {
        case .none: break
        case .pairs:
            for name in FixedFields.limitNames {
                if let value = upstream[name] { append(name, value) }
            }
        case .asSent:
            for field in upstream where field.name.hasPrefix("x-ratelimit-") { append(field.name, field.value) }
        }
    }

    private mutating func appendProvider(_ upstream: HeaderFields, of deployment: Deployment) {
        append(contentsOf: upstream, prefix: "llm_provider-")
        if let id = upstream["x-request-id"] {
            append("llm_provider-request-id", id)
            append("request-id", id)
        } else if let id = upstream["request-id"] {
            append("request-id", id)
        }
    }
}
