/// One HTTP request and its answer.
public struct ExchangeRecord: Sendable {
    /// The exchange's number within its fake; messages and effects refer to it.
    public var id: Int
    /// Who it was: ComfyUI's client id, LiteLLM's API key, Gradio's session hash; empty if it did not say.
    public var client: String
    /// `http` or `https`.
    public var scheme: String
    public var method: String
    /// As sent: path and query, percent-encoded.
    public var target: String
    /// The path decoded, without the query.
    public var path: String
    /// `HTTP/1.1`.
    public var version: String
    /// The template of the route that answered, `/history/{prompt_id}`; nil when none was there for the request.
    public var route: String?
    public var requestHeaders: HeaderRecord
    /// The body, or as much of its beginning as the journal keeps.
    public var requestBody: [UInt8]
    /// The size of the whole body in bytes.
    public var requestBodySize: Int
    /// 0 when no head was sent.
    public var status: Int
    public var reason: String
    public var responseHeaders: HeaderRecord
    /// The body, or as much of its beginning as the journal keeps; before compression and chunk framing.
    public var responseBody: [UInt8]
    /// The size of the whole body in bytes, as far as it was sent.
    public var responseBodySize: Int
    /// Whether the answer was an event stream.
    public var isStream: Bool
    /// When the request's head had been read, since the journal began.
    public var began: Duration
    /// When the answer's head was written; nil if none was.
    public var head: Duration?
    /// When the last byte of the answer was written, or the exchange broke off.
    public var ended: Duration
    public var outcome: ExchangeOutcome
    /// The native error that was answered, by its name in the scenario language.
    public var nativeError: String?
    /// The rules that had a part in the exchange, in their order.
    public var rules: [String]

    public init(
        id: Int, client: String = "", scheme: String = "http", method: String, target: String, path: String,
        version: String = "HTTP/1.1", route: String? = nil, requestHeaders: HeaderRecord = HeaderRecord(),
        requestBody: [UInt8] = [], requestBodySize: Int? = nil, status: Int = 0, reason: String = "",
        responseHeaders: HeaderRecord = HeaderRecord(), responseBody: [UInt8] = [], responseBodySize: Int? = nil,
        isStream: Bool = false, began: Duration, head: Duration? = nil, ended: Duration,
        outcome: ExchangeOutcome = .complete, nativeError: String? = nil, rules: [String] = []
    ) {
        self.id = id
        self.client = client
        self.scheme = scheme
        self.method = method
        self.target = target
        self.path = path
        self.version = version
        self.route = route
        self.requestHeaders = requestHeaders
        self.requestBody = requestBody
        self.requestBodySize = requestBodySize ?? requestBody.count
        self.status = status
        self.reason = reason
        self.responseHeaders = responseHeaders
        self.responseBody = responseBody
        self.responseBodySize = responseBodySize ?? responseBody.count
        self.isStream = isStream
        self.began = began
        self.head = head
        self.ended = ended
        self.outcome = outcome
        self.nativeError = nativeError
        self.rules = rules
    }
}

/// How an exchange ended.
public enum ExchangeOutcome: Sendable, Hashable {
    /// The answer was written to its end.
    case complete
    /// The client closed the connection, or gave the stream up, before that.
    case clientLeft
    /// A rule broke it off.
    case brokenOff(rule: String)
    /// The connection was reset by nobody's rule.
    case reset

    /// `complete`, `client_left`, `broken_off`, `reset`.
    public var word: String {
        switch self {
        case .complete: "complete"
        case .clientLeft: "client_left"
        case .brokenOff: "broken_off"
        case .reset: "reset"
        }
    }

    static let words = ["complete", "client_left", "broken_off", "reset"]
}
