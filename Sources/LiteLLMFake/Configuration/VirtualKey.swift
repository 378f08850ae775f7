internal import Encodings
public import JSONTree

/// A virtual key: what a database behind the proxy would know of it.
public struct VirtualKey: Sendable {
    /// The key itself, `sk-…`.
    public var key: String
    /// `key_alias`.
    public var alias: String?
    /// Names of models that it may use; empty means all.
    public var models: [String]
    /// Spent so far, in dollars.
    public var spend: Double
    public var maxBudget: Double?
    /// Tokens a minute.
    public var tokenLimit: Int?
    /// Requests a minute.
    public var requestLimit: Int?
    /// Requests at one time.
    public var parallelLimit: Int?
    /// When it ends, as `2020-01-01T00:00:00Z`.
    public var expires: String?
    public var isBlocked: Bool
    /// `metadata`; `allow_client_mock_response: true` lets requests bring their own answer.
    public var metadata: JSONObject

    public init(
        key: String, alias: String? = nil, models: [String] = [], spend: Double = 0, maxBudget: Double? = nil,
        tokenLimit: Int? = nil, requestLimit: Int? = nil, parallelLimit: Int? = nil, expires: String? = nil,
        isBlocked: Bool = false, metadata: JSONObject = [:]
    ) {
        self.key = key
        self.alias = alias
        self.models = models
        self.spend = spend
        self.maxBudget = maxBudget
        self.tokenLimit = tokenLimit
        self.requestLimit = requestLimit
        self.parallelLimit = parallelLimit
        self.expires = expires
        self.isBlocked = isBlocked
        self.metadata = metadata
    }

    /// Reads one entry of `understudy.keys`; the fields are named as `/key/generate` names them.
    init(_ tree: JSON) throws(ConfigurationError) {
        guard let key = tree["key"]?.string else {
            throw ConfigurationError("understudy.keys: expected a key in \(tree)")
        }
        self.init(
            key: key, alias: tree["key_alias"]?.string, models: tree["models"]?.array?.compactMap(\.string) ?? [],
            spend: tree["spend"]?.double ?? 0, maxBudget: tree["max_budget"]?.double,
            tokenLimit: tree["tpm_limit"]?.int, requestLimit: tree["rpm_limit"]?.int,
            parallelLimit: tree["max_parallel_requests"]?.int, expires: tree["expires"]?.string,
            isBlocked: tree["blocked"]?.bool ?? false, metadata: tree["metadata"]?.object ?? [:])
    }

    /// `sk-...` and the last four letters, as the proxy shows it.
    var shownName: String { "sk-..." + key.suffix(4) }
    /// The SHA-256 under which the proxy stores it.
    var token: String { SHA256.hex(key) }
}
