internal import JSONTree

/// The special texts of `mock_response`, and what they raise.
enum MockFault {
    /// The failure that a text stands for; nil for an ordinary text.
    ///
    /// - Parameter style: on text completions the provider is named as the translating one.
    static func failure(of text: String, style: CallStyle, streams: Bool) -> CallFailure? {
        switch text {
        case "litellm.RateLimitError":
            return CallFailure(.rateLimit, status: 429, "this is a mock rate limit error")
        case "litellm.ContextWindowExceededError":
            return CallFailure(
                .contextWindow, status: 400, "litellm.BadRequestError: this is a mock context window exceeded error")
        case "litellm.InternalServerError":
            return CallFailure(.internalServer, status: 500, "this is a mock internal server error")
        default: break
        }
        guard text.hasPrefix("Exception: ") else { return nil }
        let provider = style == .text && !streams ? "Text-completion-openaiException" : "OpenAIException"
        if text.hasPrefix("Exception: content_filter_policy") {
            return CallFailure(.badRequest, status: 400, "\(provider) - litellm.MockException: \(text)")
        }
        if text.hasPrefix("Exception: mock_streaming_error") {
            var failure = CallFailure(
                .api, status: 529,
                "APIError: \(provider) - litellm.MockException: This is a mock error raised mid-stream")
            failure.cameLate = streams
            return failure
        }
        return nil
    }

    /// `mock_timeout`, once the time is over.
    static func timeout(style: CallStyle) -> CallFailure {
        var failure = CallFailure(.timeout, status: 408, "This is a mock timeout error")
        failure.tellsDeployment = style == .chat
        return failure
    }

    /// What Python says when it walks along messages that are none.
    static func malformed(_ messages: JSON?) -> CallFailure? {
        let text: String
        switch messages {
        case .string(let value) where !value.isEmpty: text = "'str' object has no attribute 'get'"
        case .object(let value) where !value.isEmpty: text = "'str' object has no attribute 'get'"
        case .array(let values):
            guard let wrong = values.first(where: { $0.object == nil }) else { return nil }
            text = "'\(wrong.pythonType)' object has no attribute 'get'"
        case .number, .bool: text = "'\(messages?.pythonType ?? "int")' object is not iterable"
        default: return nil
        }
        return CallFailure(.connection, status: 500, provider: "OpenAIException", text)
    }
}
