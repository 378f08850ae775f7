/// What an app says about itself: `/config` and the description of its API (protocol of Gradio, sections 3, 4 and 13).
struct GradioApp: Sendable {
    /// How outputs reach the client.
    enum Delivery: String, Sendable {
        /// Version 3: a WebSocket for each call.
        case webSocket = "ws"
        /// One stream a session; later outputs come whole.
        case wholeValues = "sse_v1"
        /// One stream a session; later outputs come as edits.
        case edits = "sse_v2"
        case markedFiles = "sse_v2.1"
        /// As before, and the stream ends when the server says so.
        case closing = "sse_v3"

        var hasEdits: Bool { self != .webSocket && self != .wholeValues }
    }

    let version: String
    let title: String
    let delivery: Delivery
    /// What precedes most paths: `/gradio_api`, or nothing.
    let prefix: String
    /// The largest file that it takes, in bytes.
    let maximumFileBytes: Int?
    let endpoints: [GradioEndpoint]
    /// Whether it wants to hear of its sessions that they live.
    let hasHeartbeat: Bool

    init(config: JSONView, info: JSONView) throws(ConnectivityError) {
        version = try config.member("version").text
        title = try config.optional("title")?.text ?? ""
        prefix = try config.optional("api_prefix")?.text ?? ""
        maximumFileBytes = try config.optional("max_file_size")?.integer
        let word = try config.optional("protocol")?.text ?? "ws"
        guard let delivery = Delivery(rawValue: word) else {
            throw try config.member("protocol").unexpected("ws, sse_v1, sse_v2, sse_v2.1 or sse_v3")
        }
        self.delivery = delivery
        let wantsHeartbeat = try config.optional("connect_heartbeat")?.bool ?? true
        hasHeartbeat = delivery != .webSocket && wantsHeartbeat

        let hidden = try Self.hiddenComponents(config)
        let described = try info.member("named_endpoints")
        var endpoints: [GradioEndpoint] = []
        for (place, dependency) in try config.member("dependencies").elements.enumerated() {
            guard let name = dependency.value["api_name"]?.string,
                let description = described.optional("/" + name)
            else { continue }
            endpoints.append(try GradioEndpoint(name, place, dependency, description, hidden))
        }
        self.endpoints = endpoints
    }

    /// The inputs that no caller gives: states, mostly.
    private static func hiddenComponents(_ config: JSONView) throws(ConnectivityError) -> Set<Int> {
        var hidden: Set<Int> = []
        for component in try config.member("components").elements {
            let isHidden = component.value["skip_api"]?.bool ?? (component.value["type"]?.string == "state")
            if isHidden { hidden.insert(try component.member("id").integer) }
        }
        return hidden
    }
}

extension GradioEndpoint {
    fileprivate init(
        _ name: String, _ place: Int, _ dependency: JSONView, _ description: JSONView, _ hidden: Set<Int>
    ) throws(ConnectivityError) {
        self.name = name
        index = try dependency.optional("id")?.integer ?? place
        isQueued = dependency.value["queue"]?.bool
        var parameters: [Parameter] = []
        for parameter in try description.member("parameters").elements { parameters.append(try Parameter(parameter)) }
        self.parameters = parameters
        var returns: [String] = []
        for value in try description.member("returns").elements {
            returns.append(try value.optional("label")?.text ?? "")
        }
        self.returns = returns
        var next = 0
        var inputs: [Int?] = []
        for input in try dependency.member("inputs").elements {
            if hidden.contains(try input.integer) {
                inputs.append(nil)
            } else {
                inputs.append(next)
                next += 1
            }
        }
        guard next == parameters.count else {
            throw try dependency.member("inputs").unexpected("\(parameters.count) inputs that callers give")
        }
        self.inputs = inputs
    }
}

extension GradioEndpoint.Parameter {
    fileprivate init(_ view: JSONView) throws(ConnectivityError) {
        name = try view.optional("parameter_name")?.text ?? ""
        label = try view.optional("label")?.text ?? ""
        component = try view.optional("component")?.text ?? ""
        defaultValue = view.value["parameter_has_default"] == true ? view.value["parameter_default"] ?? .null : nil
        schema = view.value["type"] ?? [:]
    }
}
