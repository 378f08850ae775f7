public import JSONTree
public import YAMLNodes

/// Everything that a fake LiteLLM proxy can be told.
///
/// On the command line it comes from one file, `--config FILE`: a real proxy's own `config.yaml`, which may have one
/// more section that the real proxy ignores:
///
/// ```yaml
/// include: [deployments.yaml]       # as the real proxy: other files, merged
/// model_list: [...]
/// general_settings: {master_key: sk-...}
/// understudy:
///   upstreams: upstream.yaml        # what deployments answer: a file beside this one, or a list here
///   keys: [{key: sk-..., rpm_limit: 1}]   # virtual keys; stands for a connected database
///   allow_client_mock_response: true      # a request may carry its own mock_response
///   provider_credentials: true      # the files and batches provider has its key
///   answers: sentences              # or echo, a text, turns, fixtures: what deployments without a description say (``Answers``)
///   profile: small                  # or first_token, between_tokens, at_once: how fast (``Pacing``)
///   models: {gpt-4o: {profile: large, answers: echo}}   # those that differ from the others (``ModelSettings``)
/// ```
///
/// Flags: `--config FILE` (``init(file:)``), `--master-key KEY` (``ProxyConfiguration/masterKey``),
/// `--profile NAME`, `--first-token TIME` and `--between-tokens TIME` (``pacing``), `--answers MODE` (``answers``).
public struct LiteLLMConfiguration: Sendable {
    /// What the real proxy's configuration says.
    public var proxy: ProxyConfiguration
    /// What stands behind deployments that have no `mock_response`. Those that none is for get generated answers.
    public var upstreams: [Upstream]
    /// The virtual keys; nil when no database is connected, so that only the master key works.
    public var keys: [VirtualKey]?
    /// Whether every request may bring its own `mock_response`. The real proxy removes it in silence unless the key's
    /// metadata has `allow_client_mock_response`; at the desk it is let through for everybody.
    public var allowsClientMockResponse: Bool
    /// Whether `/v1/completions` takes `messages` in place of `prompt`, as the story's client sends them.
    public var acceptsMessagesAsPrompt: Bool
    /// Whether the provider of files and batches has its credentials.
    public var hasProviderCredentials: Bool
    public var pacing: Pacing
    public var answers: Answers
    /// Models that differ from the others in these; the first that fits counts.
    public var models: [ModelSettings]

    public init(
        proxy: ProxyConfiguration, upstreams: [Upstream] = [], keys: [VirtualKey]? = nil,
        allowsClientMockResponse: Bool = false, acceptsMessagesAsPrompt: Bool = true,
        hasProviderCredentials: Bool = true, pacing: Pacing = .none, answers: Answers = .sentences,
        models: [ModelSettings] = []
    ) {
        self.proxy = proxy
        self.upstreams = upstreams
        self.keys = keys
        self.allowsClientMockResponse = allowsClientMockResponse
        self.acceptsMessagesAsPrompt = acceptsMessagesAsPrompt
        self.hasProviderCredentials = hasProviderCredentials
        self.pacing = pacing
        self.answers = answers
        self.models = models
    }

    /// What `make mocks-up` starts: believable models, no key needed, generated answers, and a request may ask for
    /// its own.
    public static let desk = LiteLLMConfiguration(
        proxy: ProxyConfiguration(models: DeskModels.all), allowsClientMockResponse: true)

    /// Reads a real proxy's `config.yaml`, with what it includes and with the `understudy` section.
    ///
    /// - Throws: ``ConfigurationError`` with the file's name and what was expected there.
    public init(file path: String) throws(ConfigurationError) {
        let tree = try Self.tree(of: path, depth: 0)
        do {
            try self.init(tree) { name throws(ConfigurationError) in
                try Self.tree(of: TextFile.sibling(name, of: path), depth: 1)
            }
        } catch {
            throw ConfigurationError("\(path): \(error.description)")
        }
    }

    /// Reads a parsed configuration.
    ///
    /// - Parameter load: reads a further file that the configuration names.
    init(
        _ tree: JSON,
        load: (String) throws(ConfigurationError) -> JSON = { name throws(ConfigurationError) in
            throw ConfigurationError("\(name) cannot be read from here")
        }
    ) throws(ConfigurationError) {
        let own = try ConfigurationError.fields(
            of: tree["understudy"] ?? [:], at: "understudy", known: Self.fields + Pacing.fields)
        self.init(proxy: try ProxyConfiguration(tree))
        if let upstreams = own["upstreams"] {
            let described = if let name = upstreams.string { try load(name)["upstreams"] ?? [] } else { upstreams }
            self.upstreams = try Upstream.list(described)
        }
        if let keys = own["keys"] {
            self.keys = try (keys.array ?? []).map { entry throws(ConfigurationError) in try VirtualKey(entry) }
        }
        allowsClientMockResponse = own["allow_client_mock_response"]?.bool ?? false
        acceptsMessagesAsPrompt = own["messages_as_prompt"]?.bool ?? true
        hasProviderCredentials = own["provider_credentials"]?.bool ?? true
        try describe(own, at: "understudy")
    }

    private static let fields = [
        "upstreams", "keys", "allow_client_mock_response", "messages_as_prompt", "provider_credentials", "answers",
        "models",
    ]

    /// What ``describe(_:at:)`` knows.
    public static let describingFields = ["model_list", "answers", "models"] + Pacing.fields

    /// Takes over what a file of the user's says of models: which there are (`model_list`, as in the real proxy's file),
    /// what they say and how fast.
    ///
    /// - Parameter place: what stands before the fields' names in errors.
    /// - Throws: ``ConfigurationError`` that says what was expected at which place.
    public mutating func describe(_ fields: JSONObject, at place: String) throws(ConfigurationError) {
        if let list = fields["model_list"] { proxy.models = try ProxyConfiguration(["model_list": list]).models }
        pacing = try Pacing(fields, at: place, else: pacing)
        if let tree = fields["answers"] { answers = try Answers(tree, at: place + ".answers") }
        let entries = try ConfigurationError.fields(of: fields["models"] ?? [:], at: place + ".models", known: nil)
        var described: [ModelSettings] = []
        for (name, tree) in entries {
            described.append(try ModelSettings(name, tree, at: "\(place).models.\(name)", else: pacing))
        }
        models = described + models
    }

    /// A part of a user's YAML as ``describe(_:at:)`` takes it.
    public static func fields(of node: YAMLNode) -> JSONObject { YAMLTree.value(of: node).object ?? [:] }

    /// One file with what it includes: lists are joined, objects merged, as the real proxy does.
    private static func tree(of path: String, depth: Int) throws(ConfigurationError) -> JSON {
        guard depth < 8 else { throw ConfigurationError("\(path): more than eight files include each other") }
        let text = try TextFile.read(path)
        var tree: JSON
        do {
            tree = try YAMLTree.read(text)
        } catch {
            throw ConfigurationError("\(path):\(error)")
        }
        for name in tree["include"]?.array?.compactMap(\.string) ?? [] {
            let other = try Self.tree(of: TextFile.sibling(name, of: path), depth: depth + 1)
            for (key, value) in other.object ?? [:] {
                switch (tree[key], value) {
                case (.array(let own), .array(let more)): tree[key] = .array(own + more)
                case (.object(var own), .object(let more)):
                    own.merge(more)
                    tree[key] = .object(own)
                default: tree[key] = value
                }
            }
        }
        tree["include"] = nil
        return tree
    }
}
