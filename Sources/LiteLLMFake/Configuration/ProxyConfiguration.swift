public import JSONTree

/// What a real proxy's `config.yaml` says, as far as a client can notice it.
///
/// `model_list` is read as it is; of the settings those are taken that change an answer. What is unknown is kept out
/// of the way, as the real proxy does.
public struct ProxyConfiguration: Sendable {
    /// One entry of `model_list`.
    public struct Model: Sendable {
        /// `model_name`: what clients ask for. Several entries may share it.
        public var name: String
        /// `litellm_params`, in the order of the file.
        public var parameters: JSONObject
        /// `model_info`.
        public var info: JSONObject

        public init(name: String, parameters: JSONObject, info: JSONObject = [:]) {
            self.name = name
            self.parameters = parameters
            self.info = info
        }
    }

    /// Which names take over when one has failed, in the order of the file.
    public struct Fallback: Sendable {
        public var name: String
        public var targets: [String]

        public init(name: String, targets: [String]) {
            self.name = name
            self.targets = targets
        }
    }

    /// `model_list`.
    public var models: [Model]
    /// `general_settings.master_key`; nil leaves the proxy open to everybody.
    public var masterKey: String?
    /// `num_retries` of `router_settings` or `litellm_settings`: how often a failed call is made again.
    public var retries: Int = 2
    /// `router_settings.allowed_fails`: how many failures in ``cooldownSeconds`` a deployment may have before it cools
    /// down, where it has others beside it; nil lets kinds and rates of failures decide.
    public var allowedFails: Int?
    /// `router_settings.cooldown_time` in seconds.
    public var cooldownSeconds: Double = 5
    /// `router_settings.disable_cooldowns`.
    public var disablesCooldowns: Bool = false
    /// `fallbacks`.
    public var fallbacks: [Fallback] = []
    /// `context_window_fallbacks`.
    public var contextWindowFallbacks: [Fallback] = []
    /// `default_fallbacks`.
    public var defaultFallbacks: [String] = []
    /// `router_settings.model_group_alias`.
    public var aliases: [String: String] = [:]
    /// `litellm_settings.cache`: answers are remembered.
    public var caches: Bool = false
    /// `litellm_settings.callbacks`.
    public var callbacks: [String] = []
    /// `litellm_settings.budget_exceeded_status_code`.
    public var budgetExceededStatus: Int = 422
    /// `router_settings.optional_pre_call_checks` holds `enforce_model_rate_limits`.
    public var enforcesModelRateLimits: Bool = false
    /// `litellm_settings.drop_params`: parameters that a provider lacks are dropped instead of refused.
    public var dropsParameters: Bool = false
    /// `litellm_settings.request_timeout` in seconds.
    public var requestTimeout: Double = 6000
    /// `general_settings.dangerously_allow_mock_testing_request_params`.
    public var allowsMockTesting: Bool = false
    /// `general_settings.allow_client_side_credentials`.
    public var allowsClientCredentials: Bool = false
    /// `files_settings`: where uploads go; nil without one.
    public var filesBase: String?

    /// A proxy with these models and nothing else set.
    public init(models: [Model], masterKey: String? = nil) {
        self.models = models
        self.masterKey = masterKey
    }

    /// Reads a parsed `config.yaml`.
    ///
    /// - Throws: ``ConfigurationError`` when a model has no name or no `litellm_params.model`.
    public init(_ tree: JSON) throws(ConfigurationError) {
        models = []
        for (index, entry) in (tree["model_list"]?.array ?? []).enumerated() {
            guard let name = entry["model_name"]?.string else {
                throw ConfigurationError("model_list[\(index)]: expected a model_name")
            }
            guard let parameters = entry["litellm_params"]?.object, parameters["model"]?.string != nil else {
                throw ConfigurationError("model_list[\(index)] (\(name)): expected litellm_params with a model")
            }
            models.append(Model(name: name, parameters: parameters, info: entry["model_info"]?.object ?? [:]))
        }
        let general = tree["general_settings"] ?? [:]
        let settings = tree["litellm_settings"] ?? [:]
        let router = tree["router_settings"] ?? [:]
        masterKey = general["master_key"]?.string.flatMap { TextFile.resolved($0) }
        retries = router["num_retries"]?.int ?? settings["num_retries"]?.int ?? retries
        // Of these the real router looks at its own settings only.
        allowedFails = router["allowed_fails"]?.int
        cooldownSeconds = router["cooldown_time"]?.double.map(\.withinDay) ?? cooldownSeconds
        disablesCooldowns = router["disable_cooldowns"]?.bool ?? false
        fallbacks = Self.fallbacks(router["fallbacks"] ?? settings["fallbacks"])
        contextWindowFallbacks = Self.fallbacks(
            router["context_window_fallbacks"] ?? settings["context_window_fallbacks"])
        defaultFallbacks =
            (router["default_fallbacks"] ?? settings["default_fallbacks"])?.array?.compactMap(\.string) ?? []
        for (alias, target) in router["model_group_alias"]?.object ?? [:] {
            aliases[alias] = target.string ?? target["model"]?.string
        }
        caches = settings["cache"]?.bool ?? false
        callbacks =
            settings["callbacks"]?.array?.compactMap(\.string) ?? settings["callbacks"]?.string.map { [$0] } ?? []
        budgetExceededStatus = settings["budget_exceeded_status_code"]?.int ?? budgetExceededStatus
        enforcesModelRateLimits =
            router["optional_pre_call_checks"]?.array?.contains("enforce_model_rate_limits") ?? false
        dropsParameters = settings["drop_params"]?.bool ?? false
        requestTimeout = settings["request_timeout"]?.double ?? requestTimeout
        allowsMockTesting = general["dangerously_allow_mock_testing_request_params"]?.bool ?? false
        allowsClientCredentials = general["allow_client_side_credentials"]?.bool ?? false
        filesBase = tree["files_settings"]?[0]?["api_base"]?.string
    }

    /// `[{"a": ["b"]}]`.
    private static func fallbacks(_ tree: JSON?) -> [Fallback] {
        (tree?.array ?? []).flatMap { entry in
            (entry.object ?? [:]).map { Fallback(name: $0.key, targets: $0.value.array?.compactMap(\.string) ?? []) }
        }
    }

    /// Whether the prometheus callback is on.
    var hasMetrics: Bool { callbacks.contains("prometheus") }
}
