internal import Encodings
internal import JSONTree
internal import SocketServer

/// One entry of `model_list`, ready to be called. It never changes, and is handed on by reference.
final class Deployment: Sendable {
    /// Its place in the list.
    let index: Int
    /// `model_name`: the group that it belongs to.
    let name: String
    /// Provider-qualified, such as `openai/up-chat`.
    let model: String
    let provider: String
    /// The model as the upstream knows it.
    let upstreamModel: String
    /// `model_info.id`, or 64 hexadecimal digits that follow from name and parameters.
    let id: String
    let apiBase: String?
    let mode: String?
    let known: KnownModel?
    let parameters: JSONObject
    let info: JSONObject
    /// `mock_response`; nil when the deployment calls an upstream.
    let mockText: String?
    let mockToolCalls: [ToolCall]
    let mocksTimeout: Bool
    let mockDelay: Double
    let timeout: Double?
    let streamTimeout: Double?
    let weight: Double
    let requestLimit: Int?
    /// `cooldown_time` of its own, in seconds.
    let cooldown: Double?
    /// The upstream behind it, by its place in the configuration; nil generates answers.
    let upstream: Int?

    init(_ entry: ProxyConfiguration.Model, index: Int, upstreams: [Upstream]) {
        let parameters = entry.parameters
        let model = parameters["model"]?.string ?? entry.name
        let slash = model.firstIndex(of: "/")
        let provider = parameters["custom_llm_provider"]?.string ?? slash.map { String(model[..<$0]) } ?? "openai"
        let upstreamModel = slash.map { String(model[model.index(after: $0)...]) } ?? model
        let apiBase = parameters["api_base"]?.string.flatMap { TextFile.resolved($0) }
        self.index = index
        name = entry.name
        self.model = model
        self.provider = provider
        self.upstreamModel = upstreamModel
        self.apiBase = apiBase
        self.parameters = parameters
        info = entry.info
        id = entry.info["id"]?.string ?? SHA256.hex(entry.name + JSON.object(parameters).text())
        known = KnownModel.all[upstreamModel]
        mode = entry.info["mode"]?.string ?? known?.mode
        mockText = parameters["mock_response"]?.string
        mockToolCalls = (parameters["mock_tool_calls"]?.array ?? []).map { ToolCall($0) }
        mocksTimeout = parameters["mock_timeout"]?.bool ?? false
        mockDelay = parameters["mock_delay"]?.double ?? 0
        timeout = parameters["timeout"]?.double
        streamTimeout = parameters["stream_timeout"]?.double
        weight = parameters["weight"]?.double ?? 1
        requestLimit = parameters["rpm"]?.int
        cooldown = (entry.info["cooldown_time"]?.double ?? parameters["cooldown_time"]?.double).flatMap {
            $0 >= 0 ? $0.withinDay : nil
        }
        upstream = upstreams.firstIndex { apiBase?.hasPrefix($0.base) ?? $0.base.isEmpty }
    }

    /// A deployment of a wildcard entry, for the name that was asked for.
    convenience init(_ wildcard: Deployment, for asked: String) {
        let bound = wildcard.bound(to: asked)
        let upstreamModel = bound.firstIndex(of: "/").map { String(bound[bound.index(after: $0)...]) } ?? bound
        self.init(wildcard, name: asked, model: bound, upstreamModel: upstreamModel, id: wildcard.id)
    }

    /// The same deployment for a caller with a key of its own.
    convenience init(_ other: Deployment, key: String) {
        self.init(
            other, name: other.name, model: other.model, upstreamModel: other.upstreamModel,
            id: SHA256.hex(other.id + key))
    }

    private init(_ other: Deployment, name: String, model: String, upstreamModel: String, id: String) {
        index = other.index
        self.name = name
        self.model = model
        provider = other.provider
        self.upstreamModel = upstreamModel
        self.id = id
        apiBase = other.apiBase
        known = KnownModel.all[upstreamModel]
        mode = other.mode ?? known?.mode
        parameters = other.parameters
        info = other.info
        mockText = other.mockText
        mockToolCalls = other.mockToolCalls
        mocksTimeout = other.mocksTimeout
        mockDelay = other.mockDelay
        timeout = other.timeout
        streamTimeout = other.streamTimeout
        weight = other.weight
        requestLimit = other.requestLimit
        cooldown = other.cooldown
        upstream = other.upstream
    }

    /// Whether the entry stands for many names.
    var isWildcard: Bool { name.utf8.contains(UInt8(ascii: "*")) }

    /// Whether `asked` fits a name such as `*` or `openai/*`.
    func fits(_ asked: String) -> Bool { isWildcard && name.standsFor(asked) }

    /// The model that a wildcard entry calls: what its star matched, put in place of the star of its model.
    private func bound(to asked: String) -> String {
        let prefix = name.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)[0]
        return model.replacing("*", with: asked.dropFirst(prefix.count))
    }

    /// Whether calls are answered by the proxy itself.
    var isMock: Bool { mockText != nil }

    /// What `x-litellm-model-api-base` says.
    var shownBase: String {
        apiBase ?? (provider == "anthropic" ? "https://api.anthropic.com" : "https://api.openai.com")
    }

    /// How the provider is named in messages: `OpenAIException`.
    var exceptionName: String {
        switch provider {
        case "openai", "text-completion-openai": "OpenAIException"
        case "anthropic": "AnthropicException"
        case "cohere": "CohereException"
        default: provider.prefix(1).uppercased() + provider.dropFirst() + "Exception"
        }
    }

    /// Where the upstream is, without its port.
    var host: String? {
        apiBase?.split(separator: "/").dropFirst().first?.split(separator: ":").first.map { String($0) }
    }

    /// Whether chats go to the upstream's Responses API.
    var isBridged: Bool { mode == "responses" && provider == "openai" }

    var isAnthropic: Bool { provider == "anthropic" }
}

/// A call of a function that a model asks for.
struct ToolCall: Sendable, Equatable {
    var id: String
    var name: String
    var arguments: String

    init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    /// Reads OpenAI's form.
    init(_ tree: JSON) {
        id = tree["id"]?.string ?? "call_mock"
        name = tree["function"]?["name"]?.string ?? ""
        arguments = tree["function"]?["arguments"]?.string ?? "{}"
    }
}

extension String {
    /// Whether a model's name, in which a star stands for anything, means the one that was asked for.
    func standsFor(_ asked: String) -> Bool {
        let parts = split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return self == asked }
        return asked.utf8.count >= parts[0].utf8.count + parts[1].utf8.count
            && asked.hasPrefix(parts[0]) && asked.hasSuffix(parts[1])
    }
}
