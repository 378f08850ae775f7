internal import ComfyUIFake
internal import JSONTree
internal import LiteLLMFake
internal import Words
internal import YAMLNodes

extension Settings {
    /// What `understudy.yaml` says.
    ///
    /// ```yaml
    /// only: [comfyui, litellm]
    /// ports: { comfyui: 8189, litellm: [8001, 4001] }   # or: random
    /// seed: 7
    /// speed: 10x
    /// tls: { cert: cert.pem, key: key.pem }
    /// comfyui: { profile: strict }
    /// litellm: { profile: small, models: { gpt-4o: { answers: echo } } }
    /// ```
    ///
    /// A word that is not known is refused, with its place and the nearest word that is.
    ///
    /// - Parameter file: the name of the file, for errors.
    public init(yaml text: String, file: String) throws(SuiteError) {
        self.init()
        let root: YAMLNode?
        do {
            root = try YAMLNode.document(of: text)
        } catch {
            throw .usage("\(file):\(error)")
        }
        // A file of comments alone says nothing, and `~` or `null` no more than that.
        guard let root, !["", "~", "null"].contains(root.scalar?.text) else { return }
        var reader = SettingsReader(file: file)
        try reader.read(root, into: &self)
    }
}

/// Walks the file's nodes; each error names line and column.
private struct SettingsReader {
    let file: String

    private static let words = [
        "only", "apps", "ports", "seed", "speed", "host", "tls", "log-format", "verbose", "ports-file", "comfyui",
        "litellm", "gradio", "control", "token", "scenario",
    ]

    mutating func read(_ root: YAMLNode, into settings: inout Settings) throws(SuiteError) {
        for (key, node) in try entries(of: root, known: Self.words) {
            let place = place(of: node)
            switch key {
            case "only": settings.only = try strings(node)
            case "apps": settings.apps = try strings(node)
            case "ports": settings.ports = try ports(node)
            case "seed": settings.seed = try Settings.seed(string(node), place: place)
            case "speed":
                do {
                    settings.speed = try Speed(text: string(node))
                } catch { throw .usage("\(place): \(error.message)") }
            case "host": settings.host = try string(node)
            case "tls":
                for (key, node) in try entries(of: node, known: ["cert", "key"]) {
                    if key == "cert" { settings.tlsCertificate = try string(node) }
                    if key == "key" { settings.tlsKey = try string(node) }
                }
            case "log-format": settings.logFormat = try LogFormat(text: string(node), place: place)
            case "verbose": settings.isVerbose = try Settings.bool(string(node), place: place)
            case "ports-file": settings.portsFile = try string(node)
            case "control": settings.control = try ControlChoice(text: string(node), place: place)
            case "token": settings.token = try string(node)
            case "scenario": settings.scenario = try string(node)
            case "comfyui":
                for (key, node) in try entries(of: node, known: ["profile", "nodes", "cors", "frontend", "models"]) {
                    if key == "profile" { settings.comfyUI.profile = try string(node) }
                    if key == "nodes" { settings.comfyUI.nodes = try strings(node) }
                    if key == "cors" { settings.comfyUI.corsOrigin = try string(node) }
                    if key == "frontend" { settings.comfyUI.frontend = try string(node) }
                    if key == "models" {
                        var models: [String: [String]] = [:]
                        for (folder, node) in try entries(of: node, known: ModelFolders.names) {
                            models[folder] = try strings(node)
                        }
                        settings.comfyUI.models = models
                    }
                }
            case "litellm":
                settings.liteLLM = try liteLLM(node)
            case "gradio":
                for (key, node) in try entries(of: node, known: ["frontend"]) where key == "frontend" {
                    settings.gradio.frontend = try string(node)
                }
            default: preconditionFailure("a known word without a meaning: \(key)")
            }
        }
    }

    private func liteLLM(_ node: YAMLNode) throws(SuiteError) -> LiteLLMSettings {
        var settings = LiteLLMSettings()
        var described = LiteLLMConfiguration.fields(of: node)
        for (key, node) in try entries(of: node, known: ["config", "loops"] + LiteLLMConfiguration.describingFields) {
            switch key {
            case "config": settings.config = try string(node)
            case "loops": settings.loops = try Settings.loops(string(node), place: place(of: node))
            default: continue
            }
            described[key] = nil
        }
        if !described.isEmpty {
            settings.described = LiteLLMDescription(place: "\(place(of: node)): litellm", fields: described)
        }
        return settings
    }

    private func ports(_ node: YAMLNode) throws(SuiteError) -> PortAssignments {
        if node.mapping == nil {
            return try PortAssignments(text: string(node), place: place(of: node))
        }
        var assignments = PortAssignments()
        for (id, node) in try entries(of: node, known: nil) {
            let text = try strings(node).joined(separator: ",")
            assignments.named[id] = try PortAssignments(text: text, place: place(of: node)).nameless
        }
        return assignments
    }

    private func entries(of node: YAMLNode, known: [String]?) throws(SuiteError) -> [(String, YAMLNode)] {
        guard let mapping = node.mapping else {
            throw .usage("\(place(of: node)): expected words with a colon and a value")
        }
        var entries: [(String, YAMLNode)] = []
        for (keyNode, value) in mapping {
            let key = try string(keyNode)
            if let known, !known.contains(key) {
                throw .usage("\(place(of: keyNode)): unknown word \"\(key)\": \(advice(for: key, among: known))")
            }
            entries.append((key, value))
        }
        return entries
    }

    private func strings(_ node: YAMLNode) throws(SuiteError) -> [String] {
        guard let sequence = node.sequence else { return [try string(node)] }
        var strings: [String] = []
        for element in sequence { strings.append(try string(element)) }
        return strings
    }

    private func string(_ node: YAMLNode) throws(SuiteError) -> String {
        guard let scalar = node.scalar else { throw .usage("\(place(of: node)): expected a single value") }
        return scalar.text
    }

    private func place(of node: YAMLNode) -> String {
        "\(file):\(node.mark.line):\(node.mark.column)"
    }
}
