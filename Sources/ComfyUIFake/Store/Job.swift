internal import JSONTree

/// A prompt as `/api/jobs` shows it (upstream's comfy_execution/jobs.py).
struct Job {
    /// In the order in which error messages list them.
    enum Status: String, CaseIterable {
        case pending
        case inProgress = "in_progress"
        case completed, failed, cancelled
    }

    let item: QueueItem
    let status: Status
    /// What is known once it has run.
    private let entry: History.Entry?

    init(waiting item: QueueItem) { (self.item, status, entry) = (item, .pending, nil) }

    init(running item: QueueItem) { (self.item, status, entry) = (item, .inProgress, nil) }

    init(finished entry: History.Entry) {
        item = entry.item
        status =
            entry.status.succeeded
            ? .completed : entry.status.message("execution_interrupted") != nil ? .cancelled : .failed
        self.entry = entry
    }

    var createTime: Double { item.createTime?.double ?? 0 }

    /// Milliseconds from start to end, 0 while it is not over.
    var duration: Double {
        guard let start = startTime?.double, let end = endTime?.double else { return 0 }
        return end - start
    }

    private var startTime: JSON? { entry?.status.message("execution_start")?["timestamp"] }

    private var endTime: JSON? {
        entry?.status.message("execution_success", "execution_error", "execution_interrupted")?["timestamp"]
    }

    /// As the list shows it; members without a value are left out.
    var summary: JSONObject {
        var job: JSONObject = [
            "id": .string(item.id), "status": .string(status.rawValue), "priority": .number(item.number),
        ]
        job["create_time"] = item.createTime
        if let entry {
            job["execution_start_time"] = startTime
            job["execution_end_time"] = endTime
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

    /// As `/api/jobs/{id}` shows it.
    var detail: JSONObject {
        var job = summary
        guard let entry else { return job }
        job["outputs"] = .object(entry.outputs)
        job["execution_status"] = entry.status.json
        job["workflow"] = ["prompt": .object(item.prompt), "extra_data": .object(item.extraData)]
        return job
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
