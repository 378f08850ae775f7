internal import JSONTree
internal import SocketServer

/// On which route a deployment was called: each tells the same failure a little differently.
enum CallStyle: Sendable {
    /// Chat completions: the upstream's message, its `param`, and timeouts with numbers.
    case chat
    /// Text completions: `Error code: 429 - ` before the message.
    case text
    case embedding
    /// Images, speech, transcriptions.
    case media
    /// Responses and messages: the upstream's whole JSON text.
    case raw
    /// Google's: a chat behind another face, with less patience.
    case google
}

extension CallFailure {
    /// An error status with a body.
    static func status(
        _ status: Int, body: String, of deployment: Deployment, style: CallStyle, streams: Bool
    ) -> CallFailure {
        if deployment.isAnthropic, style != .text {
            return anthropic(status, body: body, streams: streams && style == .chat)
        }
        let error = JSON.found(in: body)?["error"]
        let message = error?["message"]?.string
        if deployment.isAnthropic {
            // Translated twice: what the prompt is too long for, or has offended, is a bad request like any other.
            let (kind, shown) = kind(of: status, code: nil, message: "")
            return CallFailure(kind, status: shown, provider: "OpenAIException", body)
        }
        if style == .raw, error?["code"]?.string == "content_policy_violation" {
            return policy("ContentPolicyViolationError: \(deployment.exceptionName) - \(body)")
        }
        let told: String
        switch style {
        case .raw: told = body
        case .chat, .media, .google: told = message ?? "Error code: \(status)"
        case .text, .embedding: told = "Error code: \(status)" + (message.map { " - \($0)" } ?? "")
        }
        let (kind, shown) = kind(of: status, code: error?["code"]?.string, message: message ?? "")
        // The handler of these routes does not name the class of a 404 again.
        if style == .raw, kind == .notFound {
            return CallFailure(kind, status: shown, "\(deployment.exceptionName) - \(told)")
        }
        var failure = CallFailure(kind, status: shown, provider: deployment.exceptionName, told)
        if style == .chat, kind != .contextWindow { failure.param = error?["param"]?.string }
        return failure
    }

    private static func kind(of status: Int, code: String?, message: String) -> (Kind, Int) {
        switch status {
        case 400:
            let overflows = code == "context_length_exceeded" || message.contains("maximum context length")
            return (overflows ? .contextWindow : .badRequest, 400)
        case 401: return (.authentication, 401)
        case 403: return (.api, 403)
        case 404: return (.notFound, 404)
        case 408: return (.timeout, 408)
        case 413 where message.contains("Request too large"), 429: return (.rateLimit, 429)
        case 422: return (.badRequest, 422)
        case 500: return (.internalServer, 500)
        case 502: return (.badGateway, 502)
        case 503: return (.serviceUnavailable, 503)
        case 504: return (.timeout, 408)
        default: return (.api, status)
        }
    }

    private static func anthropic(_ status: Int, body: String, streams: Bool) -> CallFailure {
        // The body of a streamed call has not been decoded when the exception is made.
        let told = streams ? "b'\(body)'" : body
        switch status {
        case 400 where body.contains("prompt is too long"):
            return CallFailure(.contextWindow, status: 400, "litellm.BadRequestError: AnthropicError - \(told)")
        case 400 where body.contains("content filtering policy"): return policy("AnthropicError - \(told)")
        case 400: return CallFailure(.badRequest, status: 400, "AnthropicException - \(told)")
        case 401: return CallFailure(.authentication, status: 401, "AnthropicException - \(told)")
        case 404: return CallFailure(.notFound, status: 404, "AnthropicException - \(told)")
        case 429: return CallFailure(.rateLimit, status: 429, "AnthropicException - \(told)")
        case 529: return CallFailure(.internalServer, status: 500, "AnthropicError - \(told)")
        default:
            return CallFailure(
                .internalServer, status: 500,
                "AnthropicException - \(told). Handle with `litellm.InternalServerError`.")
        }
    }

    /// A refusal of the provider's safety system, a bad request to the proxy.
    private static func policy(_ text: String) -> CallFailure {
        var failure = CallFailure(.badRequest, status: 400, "litellm.ContentPolicyViolationError: \(text)")
        failure.isOfPolicy = true
        return failure
    }

    /// Nobody listens, or the connection was torn.
    static func unreachable(_ deployment: Deployment, style: CallStyle) -> CallFailure {
        switch style {
        case .media:
            return CallFailure(.connection, status: 500, provider: deployment.exceptionName, "Connection error.")
        case .raw:
            let authority = deployment.shownBase.split(separator: "/").dropFirst().first ?? ""
            let parts = authority.split(separator: ":")
            let (host, port) = (parts.first ?? "", parts.count > 1 ? parts[1] : "443")
            return CallFailure(
                .internalServer, status: 500, provider: deployment.exceptionName,
                "Cannot connect to host \(authority) ssl:<ssl.SSLContext object at 0x7febe2a3e180> "
                    + "[Connect call failed ('\(host)', \(port))]")
        case .chat, .text, .embedding, .google:
            return CallFailure(.internalServer, status: 500, provider: deployment.exceptionName, "Connection error.")
        }
    }

    /// Nothing came in `seconds`.
    static func timedOut(
        _ seconds: Double, of deployment: Deployment, style: CallStyle, streams: Bool
    ) -> CallFailure {
        let value = seconds.pythonRepr
        switch style {
        case .raw:
            return CallFailure(
                .timeout, status: 408,
                "Timeout Error: \(deployment.exceptionName) - litellm.Timeout: Read timed out. Timeout passed=\(value), "
                    + "time taken=\(value) seconds")
        case .chat, .google:
            var failure = CallFailure(
                .timeout, status: 408,
                "APITimeoutError - Request timed out. Error_str: Request timed out."
                    + (streams ? "" : " - timeout value=\(value), time taken=\(value) seconds"))
            failure.tellsDeployment = true
            return failure
        case .text, .embedding, .media:
            return CallFailure(
                .timeout, status: 408, "APITimeoutError - Request timed out. Error_str: Request timed out.")
        }
    }

    /// Status 200 with something that is no answer.
    static func unreadable(_ body: String, of deployment: Deployment, style: CallStyle) -> CallFailure {
        let told: String
        if body.utf8.first == UInt8(ascii: "{") {
            told = pythonJSONError(body)
        } else if style != .text, style != .embedding, style != .media {
            told =
                "Empty or invalid response from LLM endpoint. Received: \(body.pythonRepr). "
                + "Check the reverse proxy or model server configuration."
        } else {
            told = "'str' object has no attribute 'model_dump'"
        }
        return CallFailure(.internalServer, status: 500, provider: deployment.exceptionName, told)
    }

    /// What Python's parser says of a text that is not JSON.
    static func pythonJSONError(_ text: String) -> String {
        do throws(JSONError) {
            _ = try JSON(parsing: text)
            return "Expecting value: line 1 column 1 (char 0)"
        } catch {
            return error.python.description
        }
    }
}
