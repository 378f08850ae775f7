public import JSONTree

/// What stands behind deployments instead of a provider: the fake never calls anything, it is told what would come.
///
/// An upstream is described in YAML, beside the proxy's configuration; `Tests/Recordings/litellm/upstream.yaml` shows
/// every field. Whatever a description leaves open is generated from the seed and the request, so that a deployment
/// with no description at all gives believable answers.
public struct Upstream: Sendable {
    /// Deployments whose `api_base` begins with this are served by it; empty serves all that nobody else does.
    public var base: String
    /// Nothing listens there.
    public var isRefused = false
    /// Response headers before `content-type`, in their order.
    public var headers: [(name: String, value: String)] = []
    /// The `server` header.
    public var server = "cloudflare"
    /// How request ids look: `%06d` is replaced by a count; nil makes them up.
    public var requestID: String?
    /// The request id of answers in Anthropic's form.
    public var anthropicID: String?
    /// Names of models, as the upstream sees them, that behave in their own way.
    public var behaviours: [String: UpstreamBehaviour] = [:]
    /// Seconds between two tokens of a stream; nil leaves it to the configuration.
    public var betweenTokens: Double?
    /// Described answers by kind: `chat`, `completion`, `embedding`, `image`, `speech`, `transcription`, `moderation`,
    /// `rerank`, `response`, `message`, `file`, `batch`.
    public var answers: [String: JSON] = [:]

    /// The upstream of deployments for which nobody has described one.
    static let undescribed = Upstream()

    /// An upstream that makes everything up.
    public init(base: String = "") {
        self.base = base
    }

    /// Reads the list in a description.
    ///
    /// - Throws: ``ConfigurationError`` when an entry has no `base` or a behaviour says nothing that is known.
    public static func list(_ tree: JSON) throws(ConfigurationError) -> [Upstream] {
        var result: [Upstream] = []
        for entry in tree.array ?? [] {
            guard let base = entry["base"]?.string else {
                throw ConfigurationError("upstreams: expected a base, such as http://127.0.0.1:4020, in each entry")
            }
            var upstream = Upstream(base: base)
            upstream.isRefused = entry["refused"]?.bool ?? false
            upstream.headers = (entry["headers"]?.object ?? [:]).map { (name: $0.key, value: $0.value.pythonStr) }
            upstream.server = entry["server"]?.string ?? upstream.server
            upstream.requestID = entry["request_id"]?.string
            upstream.anthropicID = entry["anthropic_id"]?.string
            upstream.betweenTokens = entry["between_tokens"]?.double
            for (name, described) in entry["models"]?.object ?? [:] {
                upstream.behaviours[name] = try UpstreamBehaviour(described, of: name)
            }
            for (kind, described) in entry["answers"]?.object ?? [:] { upstream.answers[kind] = described }
            result.append(upstream)
        }
        return result
    }
}

/// How one model of an upstream differs from the rest.
public struct UpstreamBehaviour: Sendable {
    /// What comes instead of an answer.
    public enum Fault: Sendable {
        /// An error status with a body; a JSON error object or something else.
        case status(Int, body: String, contentType: String, headers: [(name: String, value: String)])
        /// Status 200 with a body that is no answer.
        case body(String, contentType: String)
        /// The connection is torn before a byte has come.
        case drop
    }

    /// What breaks a stream, and after how many pieces of text; -1 is before anything.
    public struct Break: Sendable {
        /// How it breaks.
        public enum Kind: Sendable {
            /// An error object as an event.
            case error(String)
            /// The connection is torn.
            case drop
            /// The stream ends without a finish reason.
            case end
            /// An event that is no JSON.
            case garbage(String)
            /// Silence for so many seconds.
            case stall(Double)
        }

        public var kind: Kind
        public var after: Int
    }

    public var fault: Fault?
    /// The fault comes only for every second, third, … call, beginning with the first.
    public var faultEvery = 1
    /// Seconds before anything comes.
    public var delay: Double = 0
    public var finishReason: String?
    /// The finish reason of streams, where it is another.
    public var streamFinishReason: String?
    /// Pieces of `reasoning_content`.
    public var reasoning: [String] = []
    /// The call that is made when the request has tools: `{id, name, pieces}`.
    public var toolCall: JSON?
    /// Pieces of text in place of the usual ones.
    public var pieces: [String]?
    public var streamBreak: Break?
    public var betweenTokens: Double?

    /// Reads one entry of `models`.
    init(_ tree: JSON, of name: String) throws(ConfigurationError) {
        let headers = (tree["headers"]?.object ?? [:]).map { (name: $0.key, value: $0.value.pythonStr) }
        if let status = tree["status"]?.int {
            if let html = tree["html"]?.string {
                fault = .status(status, body: html, contentType: "text/html; charset=utf-8", headers: headers)
            } else {
                let body = tree["body"] ?? ["error": tree["error"] ?? [:]]
                fault = .status(
                    status, body: body.text(.python), contentType: "application/json; charset=utf-8", headers: headers)
            }
        } else if tree["drop"]?.bool == true {
            fault = .drop
        } else if let text = tree["html"]?.string {
            fault = .body(text, contentType: "text/html; charset=utf-8")
        } else if let text = tree["json"]?.string {
            fault = .body(text, contentType: "application/json; charset=utf-8")
        }
        faultEvery = tree["every"]?.int ?? 1
        delay = tree["delay"]?.double ?? 0
        finishReason = tree["finish_reason"]?.string
        streamFinishReason = tree["stream_finish_reason"]?.string
        reasoning = tree["reasoning"]?.array?.compactMap(\.string) ?? []
        toolCall = tree["tool_call"]
        pieces = tree["pieces"]?.array?.compactMap(\.string)
        if let pattern = tree["repeat"]?["piece"]?.string, let count = tree["repeat"]?["count"]?.int {
            pieces = (0..<count).map { pattern.replacing("%d", with: String($0)) }
        }
        betweenTokens = tree["between_tokens"]?.double
        if let broken = tree["stream"] {
            let kind: Break.Kind
            if let message = broken["error"]?.string {
                kind = .error(message)
            } else if let text = broken["garbage"]?.string {
                kind = .garbage(text)
            } else if let seconds = broken["stall"]?.double {
                kind = .stall(seconds)
            } else if broken["drop"]?.bool == true {
                kind = .drop
            } else if broken["end"]?.bool == true {
                kind = .end
            } else {
                throw ConfigurationError(
                    "upstream model \(name): expected error, garbage, stall, drop or end in its stream")
            }
            streamBreak = Break(kind: kind, after: broken["after"]?.int ?? 0)
        }
    }

    /// Nothing special.
    init() {}
}
