internal import JSONTree
internal import SocketServer

/// The fields that stand before length and type when an inference route fails.
///
/// Text completions, images, audio and rerank tell only the call's id; chat says nothing of its version, which
/// embeddings, responses and messages do.
struct FailureFields {
    /// The routes, by what they tell.
    enum Route: Sendable {
        case chat
        case embedding
        case responses
        case messages
        /// Google's: nothing of the deployment.
        case google
        /// Only the id.
        case terse
        /// Nothing at all.
        case bare

        var tellsVersion: Bool { self != .chat && self != .terse && self != .bare }
        var tellsName: Bool { self != .messages }
        var tellsUpstream: Bool { self != .messages }
    }

    let route: Route
    let call: Call
    /// `x-litellm-key-*-limit` of the caller's key.
    let keyFields: HeaderFields
    let spend: Double

    /// - Parameters:
    ///   - deployment: the one that was called or would have been.
    ///   - failure: how it failed; nil when it was not called.
    ///   - timeout: seconds that the call would have had.
    func fields(_ deployment: Deployment?, failure: CallFailure? = nil, timeout: Double? = nil) -> HeaderFields {
        var fields = HeaderFields()
        if route == .bare { return fields }
        if route == .terse {
            fields.append("x-litellm-call-id", call.id)
            return fields
        }
        if let upstream = failure?.upstreamFields, route.tellsUpstream {
            for field in upstream { fields.append("llm_provider-\(field.name)", field.value) }
            fields.appendLimits(.pairs, of: upstream)
            if let id = upstream["x-request-id"] ?? upstream["request-id"] { fields.append("request-id", id) }
        }
        fields.append("x-litellm-call-id", call.id)
        if let deployment, route != .google {
            fields.append("x-litellm-model-id", deployment.id)
            if route.tellsName { fields.append("x-litellm-model-name", deployment.model) }
        }
        if route.tellsVersion { fields.append("x-litellm-version", FixedFields.version) }
        fields.append("x-litellm-response-cost", "0")
        if failure?.cameLate == true { fields.append(contentsOf: FixedFields.zeroCosts) }
        fields.append(contentsOf: keyFields)
        fields.append("x-litellm-key-spend", spend.pythonRepr)
        if let timeout, failure?.cameLate != true { fields.append("x-litellm-timeout", timeout.pythonRepr) }
        return fields
    }
}
