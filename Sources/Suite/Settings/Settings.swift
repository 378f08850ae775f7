public import JSONTree

/// What one source says about the suite: the flags, the environment or a file. What it does not mention stays nil.
///
/// Precedence is flag, environment, file, default: `flags.over(environment).over(file)`, then
/// ``SuiteConfiguration/init(_:)`` fills in the rest.
public struct Settings: Sendable, Equatable {
    /// The fakes that shall come up, by name.
    public var only: [String]?
    /// The user's own Gradio apps: files, or names of built-in apps that are not up by themselves.
    public var apps: [String]?
    public var ports = PortAssignments()
    public var seed: UInt64?
    public var speed: Speed?
    /// The address to listen on.
    public var host: String?
    public var tlsCertificate: String?
    public var tlsKey: String?
    public var logFormat: LogFormat?
    /// Whether each exchange is logged.
    public var isVerbose: Bool?
    /// The file that shall get the ready line.
    public var portsFile: String?
    /// Where the control server listens, if it shall.
    public var control: ControlChoice?
    /// What clients of the control server must show.
    public var token: String?
    /// What is played from the beginning: the name of a scenario that comes with the suite, or a file.
    public var scenario: String?
    public var comfyUI = ComfyUISettings()
    public var liteLLM = LiteLLMSettings()
    /// What only the fake Gradio apps have.
    public var gradio = GradioSettings()

    /// Says nothing.
    public init() {}

    /// What this says, and where it says nothing, what `lower` says.
    public func over(_ lower: Settings) -> Settings {
        var both = self
        both.only = only ?? lower.only
        both.apps = apps ?? lower.apps
        both.ports = ports.over(lower.ports)
        both.seed = seed ?? lower.seed
        both.speed = speed ?? lower.speed
        both.host = host ?? lower.host
        both.tlsCertificate = tlsCertificate ?? lower.tlsCertificate
        both.tlsKey = tlsKey ?? lower.tlsKey
        both.logFormat = logFormat ?? lower.logFormat
        both.isVerbose = isVerbose ?? lower.isVerbose
        both.portsFile = portsFile ?? lower.portsFile
        both.control = control ?? lower.control
        both.token = token ?? lower.token
        both.scenario = scenario ?? lower.scenario
        both.comfyUI = comfyUI.over(lower.comfyUI)
        both.liteLLM = liteLLM.over(lower.liteLLM)
        both.gradio = gradio.over(lower.gradio)
        return both
    }
}

/// What only the fake ComfyUI has.
public struct ComfyUISettings: Sendable, Equatable {
    /// `standard` answers the story's own messages; `strict` ignores them, as the real server does; `gpu` is as slow as a card.
    public var profile: String?
    /// Files of node classes, in the form of `/object_info`, besides those that are built in.
    public var nodes: [String]?
    /// The origin that `--enable-cors-header` allows; `*` for any.
    public var corsOrigin: String?
    /// Names of model files by folder, in place of those that are there by default: `["loras": ["mine.safetensors"]]`.
    public var models: [String: [String]]?
    /// The folder of the web interface to serve: an unpacked or installed `comfyui-frontend-package`.
    public var frontend: String?

    /// Says nothing.
    public init() {}

    func over(_ lower: ComfyUISettings) -> ComfyUISettings {
        var both = self
        both.profile = profile ?? lower.profile
        both.nodes = nodes ?? lower.nodes
        both.corsOrigin = corsOrigin ?? lower.corsOrigin
        both.frontend = frontend ?? lower.frontend
        both.models = models ?? lower.models
        return both
    }
}

/// What only the fake LiteLLM proxy has.
public struct LiteLLMSettings: Sendable, Equatable {
    /// A proxy configuration, in the real proxy's YAML.
    public var config: String?
    /// How many threads it has: one for its state, the others for its connections.
    public var loops: Int?
    /// What the file says of models beside that.
    public var described: LiteLLMDescription?

    /// Says nothing.
    public init() {}

    func over(_ lower: LiteLLMSettings) -> LiteLLMSettings {
        var both = self
        both.config = config ?? lower.config
        both.loops = loops ?? lower.loops
        both.described = described ?? lower.described
        return both
    }
}

/// Models, what they say and how fast, as a settings file has them.
public struct LiteLLMDescription: Sendable, Equatable {
    /// Where it stands, for errors.
    public var place: String
    public var fields: JSONObject
}

/// What only the fake Gradio apps have.
public struct GradioSettings: Sendable, Equatable {
    /// The folder of the web interface to serve: where the package `gradio` is installed or unpacked.
    public var frontend: String?

    /// Says nothing.
    public init() {}

    func over(_ lower: GradioSettings) -> GradioSettings {
        var both = self
        both.frontend = frontend ?? lower.frontend
        return both
    }
}
