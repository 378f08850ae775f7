/// Who answers at an address, as far as the answer tells. The port never does.
struct Recognition: Sendable, Hashable {
    var kind: ServiceKind
    /// The title of a Gradio app.
    var app: String?
    var version: String?
    /// What it can do, or does it with: devices, endpoints.
    var capabilities: [String] = []

    /// The same for people: `ComfyUI 0.27.1`, `the Gradio app "Wan2GP"`.
    var description: String {
        if let app { return "the \(kind) app \"\(app)\"" }
        return version.map { "\(kind) \($0)" } ?? "\(kind)"
    }

    /// Whether this is the service that is looked for.
    func fits(_ service: Service) -> Bool {
        guard kind == service.kind else { return false }
        guard kind == .gradio, !service.marks.isEmpty else { return true }
        let words = (capabilities + [app ?? ""]).map(Self.plain)
        return service.marks.contains { mark in words.contains { $0.contains(mark) } }
    }

    private static func plain(_ text: String) -> String {
        text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}

/// What came in answer to a probe.
struct ProbeAnswer: Sendable {
    var status: Int
    /// The media type, in small letters.
    var mediaType: String
    var body: [UInt8]
}

// MARK: By answer

extension Recognition {
    /// Recognises an answer to any of the probes; nil for a stranger's.
    init?(_ answer: ProbeAnswer) {
        // No JSON: a stranger.
        guard answer.status == 200, let value = try? JSONValue(parsing: answer.body) else { return nil }
        if let recognition = Self.comfyUI(value) ?? Self.gradio(value) ?? Self.liteLLM(value) ?? Self.story(value) {
            self = recognition
        } else {
            return nil
        }
    }

    /// `GET /system_stats` (server.py of ComfyUI).
    private static func comfyUI(_ value: JSONValue) -> Self? {
        guard let system = value["system"], let devices = value["devices"]?.array, system["python_version"] != nil
        else { return nil }
        return Self(
            kind: .comfyui, version: system["comfyui_version"]?.string,
            capabilities: devices.compactMap { $0["name"]?.string })
    }

    /// `GET /config` (routes.py of Gradio).
    private static func gradio(_ value: JSONValue) -> Self? {
        guard let version = value["version"]?.string, value["components"]?.array != nil,
            let endpoints = value["dependencies"]?.array
        else { return nil }
        return Self(
            kind: .gradio, app: value["title"]?.string ?? "Gradio", version: version.filter { $0 != "\n" },
            capabilities: endpoints.compactMap { $0["api_name"]?.string })
    }

    /// `GET /health/liveliness` and `GET /health` (health_endpoints of the LiteLLM proxy).
    private static func liteLLM(_ value: JSONValue) -> Self? {
        if value.string == "I'm alive!" { return Self(kind: .litellm) }
        guard let healthy = value["healthy_endpoints"]?.array, value["unhealthy_endpoints"] != nil else { return nil }
        return Self(kind: .litellm, capabilities: healthy.compactMap { $0["model"]?.string })
    }

    /// What the story's own servers answer: `{"status": "healthy", "app": …}` from Gradio apps, and on ComfyUI's WebSocket
    /// `{"type": "stats", "version": …, "models": […]}`.
    private static func story(_ value: JSONValue) -> Self? {
        if value["type"]?.string == "stats", value["vram_free"] != nil || value["models"] != nil {
            return Self(
                kind: .comfyui, version: value["version"]?.string,
                capabilities: value["models"]?.array?.compactMap(\.string) ?? [])
        }
        guard let app = value["app"]?.string, value["status"] != nil else { return nil }
        return Self(kind: .gradio, app: app, version: value["version"]?.string)
    }
}

extension ProbeAnswer {
    /// The version that a LiteLLM proxy names.
    var version: String? {
        guard status == 200, let value = try? JSONValue(parsing: body) else { return nil }  // no JSON: no version
        return value["litellm_version"]?.string
    }

    /// What a stranger's answer looks like, for people.
    var appearance: String {
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        if let start = text.firstRange(of: "<title>"), let end = text[start.upperBound...].firstRange(of: "</title>") {
            return "a web page titled \"\(text[start.upperBound..<end.lowerBound].prefix(60))\""
        }
        let type = mediaType.isEmpty ? "no media type" : mediaType
        return body.isEmpty ? "an empty answer (\(status))" : "an answer \(status) of \(type)"
    }
}
