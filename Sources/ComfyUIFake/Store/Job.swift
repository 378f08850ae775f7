internal import JSONTree

/// A prompt as `/api/jobs` shows it (upstream's comfy_execution/jobs.py).
struct Job {
    /// In the order in which error messages list them.
    enum Status: String, CaseIterable {
        case pending
        case inProgress = "in_progress"
        case completed, failed, cancelled
    }

    let id: String
    let status: Status
    /// Milliseconds since 1970.
    let createTime: Double
    /// Milliseconds from start to end, 0 while it is not over.
    let duration: Double
    /// The frontend's own id of the workflow.
    let workflowID: String?
    /// The entry of the history as text, once it is over.
    let text: [UInt8]
    /// What it is about, before that.
    private let item: QueueItem?

    init(waiting item: QueueItem) { self.init(item, .pending) }

    init(running item: QueueItem) { self.init(item, .inProgress) }

    private init(_ item: QueueItem, _ status: Status) {
        (id, self.status, self.item, text, duration) = (item.id, status, item, [], 0)
        (createTime, workflowID) = (item.createTime?.double ?? 0, item.workflowID?.pythonStr)
    }

    init(finished entry: History.Entry) {
        (id, item, text) = (entry.item.id, nil, entry.json.bytes(.python).trimmed)
        status =
            entry.status.succeeded
            ? .completed : entry.status.message("execution_interrupted") != nil ? .cancelled : .failed
        (createTime, workflowID) = (entry.item.createTime?.double ?? 0, entry.item.workflowID?.pythonStr)
        if let start = entry.startTime?.double, let end = entry.endTime?.double {
            duration = end - start
        } else {
            duration = 0
        }
    }

    /// What came of it; `nil` while it is not over.
    var entry: History.Entry? { text.isEmpty ? nil : History.Entry(text) }

    /// As the list shows it; members without a value are left out.
    var summary: JSONObject { summary(of: entry) }

    /// As `/api/jobs/{id}` shows it.
    var detail: JSONObject {
        guard let entry else { return summary }
        var job = summary(of: entry)
        job["outputs"] = .object(entry.outputs)
        job["execution_status"] = entry.status.json
        job["workflow"] = ["prompt": .object(entry.item.prompt), "extra_data": .object(entry.item.extraData)]
        return job
    }

    private func summary(of entry: History.Entry?) -> JSONObject {
        guard let item = entry?.item ?? item else { return [:] }
        var job: JSONObject = [
            "id": .string(id), "status": .string(status.rawValue), "priority": .number(item.number),
        ]
        job["create_time"] = item.createTime
        if let entry {
            job["execution_start_time"] = entry.startTime
            job["execution_end_time"] = entry.endTime
            if status == .failed, let error = entry.status.message("execution_error") {
                job["execution_error"] = .object(error)
            }
            let shown = JobOutputs(entry.outputs)
            job["outputs_count"] = .int(shown.count)
            job["preview_output"] = shown.preview
        } else {
            job["outputs_count"] = 0
        }
        job["workflow_id"] = item.workflowID
        return job
    }
}

extension History.Entry {
    fileprivate var startTime: JSON? { status.message("execution_start")?["timestamp"] }

    fileprivate var endTime: JSON? {
        status.message("execution_success", "execution_error", "execution_interrupted")?["timestamp"]
    }
}

/// Counts what a run put out and picks what to show of it.
struct JobOutputs {
    private(set) var count = 0
    /// The first item of type `output`, else the first that can be shown.
    private(set) var preview: JSON?
    private var isFinal = false

    /// The most characters of a text that are shown.
    private static let mostCharacters = 1024
    private static let shown: Set<String> = ["images", "video", "audio", "3d", "text"]

    init(_ outputs: JSONObject) {
        for (node, output) in outputs {
            for (kind, items) in output.object ?? [:] where kind != "animated" {
                for item in items.array ?? [] { add(item, kind: kind, node: node) }
            }
        }
    }

    private mutating func add(_ item: JSON, kind: String, node: String) {
        count += 1
        if isFinal { return }
        if case .object(var file) = item {
            let isOutput = file["type"] == "output"
            guard isOutput || preview == nil, canBeShown(file, kind) else { return }
            file["nodeId"] = .string(node)
            file["mediaType"] = .string(kind)
            (preview, isFinal) = (.object(file), isOutput)
        } else if kind == "text", preview == nil, let text = item.string {
            var shown: JSONObject = ["content": .string(String(text.unicodeScalars.prefix(JobOutputs.mostCharacters)))]
            if text.unicodeScalars.count > JobOutputs.mostCharacters { shown["truncated"] = true }
            shown["nodeId"] = .string(node)
            shown["mediaType"] = "text"
            preview = .object(shown)
        }
    }

    private func canBeShown(_ file: JSONObject, _ kind: String) -> Bool {
        if JobOutputs.shown.contains(kind) { return true }
        let format = file["format"]?.string ?? ""
        return format.hasPrefix("video/") || format.hasPrefix("audio/")
    }
}

extension [UInt8] {
    /// The same bytes in no more memory than they need: what grew while it was written has room to grow on.
    fileprivate var trimmed: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        bytes += self
        return bytes
    }
}
