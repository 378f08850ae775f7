extension Settings {
    /// What the variables `UNDERSTUDY_…` say: `ONLY`, `APPS`, `PORTS`, `SEED`, `SPEED`, `HOST`, `TLS_CERT`, `TLS_KEY`,
    /// `LOG_FORMAT`, `VERBOSE`, `PORTS_FILE`, `COMFYUI_PROFILE`, `COMFYUI_NODES`, `COMFYUI_CORS`, `COMFYUI_FRONTEND`,
    /// `LITELLM_CONFIG`, `GRADIO_FRONTEND`, `CONTROL`, `TOKEN`, `SCENARIO`.
    ///
    /// Lists are separated by commas; `PORTS` is `random` or `comfyui=8189 litellm=8001,4001`. An empty variable counts
    /// as none.
    public init(environment: (String) -> String?) throws(SuiteError) {
        func variable(_ name: String) -> String? {
            environment("UNDERSTUDY_" + name).flatMap { $0.isEmpty ? nil : $0 }
        }

        self.init()
        only = variable("ONLY").map(Settings.list)
        apps = variable("APPS").map(Settings.list)
        if let text = variable("PORTS") { ports = try PortAssignments(text: text, place: "UNDERSTUDY_PORTS") }
        if let text = variable("SEED") { seed = try Settings.seed(text, place: "UNDERSTUDY_SEED") }
        if let text = variable("SPEED") { speed = try Speed(text: text) }
        host = variable("HOST")
        tlsCertificate = variable("TLS_CERT")
        tlsKey = variable("TLS_KEY")
        if let text = variable("LOG_FORMAT") { logFormat = try LogFormat(text: text, place: "UNDERSTUDY_LOG_FORMAT") }
        if let text = variable("VERBOSE") { isVerbose = try Settings.bool(text, place: "UNDERSTUDY_VERBOSE") }
        portsFile = variable("PORTS_FILE")
        if let text = variable("CONTROL") { control = try ControlChoice(text: text, place: "UNDERSTUDY_CONTROL") }
        token = variable("TOKEN")
        scenario = variable("SCENARIO")
        comfyUI.profile = variable("COMFYUI_PROFILE")
        comfyUI.nodes = variable("COMFYUI_NODES").map(Settings.list)
        comfyUI.corsOrigin = variable("COMFYUI_CORS")
        comfyUI.frontend = variable("COMFYUI_FRONTEND")
        liteLLM.config = variable("LITELLM_CONFIG")
        if let text = variable("LITELLM_LOOPS") {
            liteLLM.loops = try Settings.loops(text, place: "UNDERSTUDY_LITELLM_LOOPS")
        }
        gradio.frontend = variable("GRADIO_FRONTEND")
    }

    /// The words between commas, without the spaces around them.
    static func list(_ text: String) -> [String] {
        text.split { $0 == "," || $0 == " " }.map(String.init)
    }

    /// Reads a seed: a whole number, not negative.
    static func seed(_ text: String, place: String) throws(SuiteError) -> UInt64 {
        guard let seed = UInt64(text) else {
            throw .usage("\(place): expected a whole number that is not negative, got \"\(text)\"")
        }
        return seed
    }

    /// Reads a number of threads.
    static func loops(_ text: String, place: String) throws(SuiteError) -> Int {
        guard let loops = Int(text), (1...64).contains(loops) else {
            throw .usage("\(place): expected a number of threads from 1 to 64, got \"\(text)\"")
        }
        return loops
    }

    /// Reads `true` or `false`, `1` or `0`.
    static func bool(_ text: String, place: String) throws(SuiteError) -> Bool {
        switch text {
        case "1", "true": true
        case "0", "false": false
        default: throw .usage("\(place): expected true or false, got \"\(text)\"")
        }
    }
}
