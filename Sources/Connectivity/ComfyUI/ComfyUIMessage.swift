/// What the server says on its WebSocket (protocol of ComfyUI, sections 2.4 and 4). Pure.
enum ComfyUIMessage: Sendable, Equatable {
    /// `id` is there in the greeting only.
    case status(remaining: Int, id: String?)
    case started(job: String)
    case cached(job: String, nodes: [String])
    /// The greeting of a connection whose job runs has no job's id.
    case executing(job: String?, node: String)
    /// The end of a run.
    case ended(job: String)
    case progress(job: String?, node: String?, value: Double, maximum: Double)
    case executed(job: String, node: String, output: JSONValue)
    case succeeded(job: String)
    case raised(job: String, JobFailure)
    case interrupted(job: String)
    case preview(job: String?, PreviewImage)
    case text(node: String, String)
    /// Of a known form that means nothing for jobs, or a type that this client does not know.
    case other(type: String)

    /// Whose job it is about, where it says so.
    var job: String? {
        switch self {
        case .status, .text, .other: nil
        case .started(let job), .cached(let job, _), .ended(let job), .executed(let job, _, _), .succeeded(let job),
            .raised(let job, _), .interrupted(let job):
            job
        case .executing(let job, _), .progress(let job, _, _, _), .preview(let job, _): job
        }
    }

    /// Nil if the message is not of the server's making: no JSON, or JSON of another shape.
    init?(_ message: WebSocketMessage) {
        switch message {
        case .text(let text):
            guard let value = try? JSONValue(parsing: text), let type = value["type"]?.string else { return nil }
            self.init(type: type, data: value["data"] ?? .null)
        case .binary(let bytes): self.init(binary: bytes[...])
        }
    }

    private init?(type: String, data: JSONValue) {
        let job = data["prompt_id"]?.string
        switch type {
        case "status":
            guard let remaining = data["status"]?["exec_info"]?["queue_remaining"]?.integer else { return nil }
            self = .status(remaining: remaining, id: data["sid"]?.string)
        case "execution_start":
            guard let job else { return nil }
            self = .started(job: job)
        case "execution_cached":
            guard let job, let nodes = data["nodes"]?.array else { return nil }
            self = .cached(job: job, nodes: nodes.compactMap(\.string))
        case "executing":
            if let node = data["node"]?.string {
                self = .executing(job: job, node: data["display_node"]?.string ?? node)
            } else {
                guard let job, data["node"]?.isNull == true else { return nil }
                self = .ended(job: job)
            }
        case "progress":
            guard let value = data["value"]?.number, let maximum = data["max"]?.number else { return nil }
            self = .progress(job: job, node: data["node"]?.string, value: value, maximum: maximum)
        case "executed":
            guard let job, let node = data["node"]?.string, let output = data["output"] else { return nil }
            self = .executed(job: job, node: node, output: output)
        case "execution_success":
            guard let job else { return nil }
            self = .succeeded(job: job)
        case "execution_error":
            guard let job else { return nil }
            self = .raised(job: job, JobFailure(executionError: data))
        case "execution_interrupted":
            guard let job else { return nil }
            self = .interrupted(job: job)
        default: self = .other(type: type)
        }
    }

    private init?(binary bytes: ArraySlice<UInt8>) {
        var rest = bytes
        guard let type = rest.popNumber() else { return nil }
        switch type {
        case 1:
            guard let format = rest.popNumber(), format == 1 || format == 2 else { return nil }
            let mediaType = format == 1 ? "image/jpeg" : "image/png"
            self = .preview(job: nil, PreviewImage(node: nil, mediaType: mediaType, bytes: Array(rest)))
        case 3:
            guard let node = rest.popLengthAndBytes(), let text = String(validating: rest, as: UTF8.self) else {
                return nil
            }
            self = .text(node: String(decoding: node, as: UTF8.self), text)
        case 4:
            guard let header = rest.popLengthAndBytes(), let about = try? JSONValue(parsing: header) else { return nil }
            self = .preview(
                job: about["prompt_id"]?.string,
                PreviewImage(
                    node: about["display_node_id"]?.string ?? about["node_id"]?.string,
                    mediaType: about["image_type"]?.string ?? "image/jpeg", bytes: Array(rest)))
        default: self = .other(type: "binary \(type)")
        }
    }
}

extension ArraySlice<UInt8> {
    /// Takes a number of four bytes off the front, the highest first.
    fileprivate mutating func popNumber() -> Int? {
        guard count >= 4 else { return nil }
        defer { removeFirst(4) }
        return prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    fileprivate mutating func popLengthAndBytes() -> ArraySlice<UInt8>? {
        guard let length = popNumber(), count >= length else { return nil }
        defer { removeFirst(length) }
        return prefix(length)
    }
}

extension JobFailure {
    /// From an `execution_error`, on the WebSocket or in the history.
    init(executionError data: JSONValue) {
        let message = data["exception_message"]?.string ?? "the server gave no reason"
        self.init(
            message: String(message.reversed().drop { $0 == "\n" }.reversed()), node: data["node_id"]?.string,
            nodeType: data["node_type"]?.string, exceptionType: data["exception_type"]?.string, code: .jobFailed)
    }

    /// From the 400 of a prompt that was not taken (section 5.1).
    init?(refusal: JSONValue) {
        guard let error = refusal["error"], let message = error["message"]?.string else { return nil }
        let details = error["details"]?.string ?? ""
        self.init(
            message: details.isEmpty ? message : "\(message): \(details)",
            node: error["extra_info"]?["node_id"]?.string,
            exceptionType: error["type"]?.string, nodeErrors: Self.nodeErrors(refusal["node_errors"]), code: .rejected)
    }

    /// The member `node_errors`, which also stands beside a prompt that was taken in part.
    static func nodeErrors(_ value: JSONValue?) -> [NodeError] {
        (value?.object ?? [:]).sorted { $0.key < $1.key }.flatMap { node, about in
            (about["errors"]?.array ?? []).map { error in
                NodeError(
                    node: node, type: error["type"]?.string ?? "", message: error["message"]?.string ?? "",
                    details: error["details"]?.string ?? "")
            }
        }
    }
}
