/// The server and its machine (`GET /system_stats`).
public struct SystemStats: Sendable, Hashable {
    public struct Device: Sendable, Hashable {
        public var name: String
        /// `cuda`, `cpu`, …
        public var type: String
        /// In bytes.
        public var memory: Int
        public var freeMemory: Int
    }

    public var version: String
    public var devices: [Device]
    public var json: JSONValue

    init(_ view: JSONView) throws(ConnectivityError) {
        version = try view.member("system").optional("comfyui_version")?.text ?? ""
        var devices: [Device] = []
        for device in try view.member("devices").elements {
            devices.append(
                Device(
                    name: try device.member("name").text, type: try device.optional("type")?.text ?? "",
                    memory: try device.optional("vram_total")?.integer ?? 0,
                    freeMemory: try device.optional("vram_free")?.integer ?? 0))
        }
        self.devices = devices
        json = view.value
    }
}

/// The ids of the jobs that the server has before it (`GET /queue`).
public struct JobQueue: Sendable, Hashable {
    public var running: [String]
    /// In the order of the server's heap: the first is the next.
    public var pending: [String]

    init(_ view: JSONView) throws(ConnectivityError) {
        running = try Self.ids(view.member("queue_running"))
        pending = try Self.ids(view.member("queue_pending"))
    }

    private static func ids(_ view: JSONView) throws(ConnectivityError) -> [String] {
        var ids: [String] = []
        for item in try view.elements {
            guard let id = item.value[1]?.string else { throw item.unexpected("a job with its id in second place") }
            ids.append(id)
        }
        return ids
    }
}

/// What the server remembers of a job (`GET /history/{id}`).
public struct HistoryEntry: Sendable, Hashable {
    public enum Ending: Sendable, Hashable {
        case success
        case failure(JobFailure)
        case interrupted
    }

    public var id: String
    public var ending: Ending
    public var outputs: [String: JSONValue]

    init(_ id: String, _ view: JSONView) throws(ConnectivityError) {
        self.id = id
        outputs = try view.member("outputs").members.reduce(into: [:]) { $0[$1.name] = $1.view.value }
        let status = view.optional("status")
        var ending = Ending.success
        for message in try status?.optional("messages")?.elements ?? [] {
            switch message.value[0]?.string {
            case "execution_error": ending = .failure(JobFailure(executionError: message.value[1] ?? .null))
            case "execution_interrupted": ending = .interrupted
            default: continue
            }
        }
        if ending == .success, let word = status?.value["status_str"]?.string, word != "success" {
            ending = .failure(JobFailure(message: "the server gave no reason", code: .jobFailed))
        }
        self.ending = ending
    }

    var event: JobEvent {
        switch ending {
        case .success: .finished(JobResult(outputs: outputs))
        case .failure(let failure): .failed(failure)
        case .interrupted: .interrupted
        }
    }
}

/// A file that the server has taken (`POST /upload/image`).
public struct UploadedFile: Sendable, Hashable {
    /// The name that it has there, which need not be the one that it was sent with.
    public var name: String
    public var subfolder: String
    public var type: String

    init(_ view: JSONView) throws(ConnectivityError) {
        name = try view.member("name").text
        subfolder = try view.optional("subfolder")?.text ?? ""
        type = try view.optional("type")?.text ?? "input"
    }
}
