/// What the messages about one call mean, one after the other (protocol of Gradio, sections 6 and 13). Pure.
struct CallReading: Sendable {
    enum Step: Sendable {
        case event(GradioEvent)
        case failed(ConnectivityError)
        case nothing
    }

    let hasEdits: Bool
    private var outputs: [JSONValue]?
    private(set) var isOver = false

    init(hasEdits: Bool) {
        self.hasEdits = hasEdits
    }

    mutating func take(_ view: JSONView) throws(ConnectivityError) -> Step {
        guard !isOver else { return .nothing }
        switch try view.member("msg").text {
        case "estimation":
            // Version 3 has its own name for the time (section 13.1).
            return .event(
                .queued(
                    place: try view.optional("rank")?.integer ?? 0, size: try view.optional("queue_size")?.integer ?? 0,
                    seconds: try (view.optional("rank_eta") ?? view.optional("queue_eta"))?.number))
        case "process_starts": return .event(.started)
        case "progress":
            return .event(.progress(try view.member("progress_data").elements.map { GradioProgress($0.value) }))
        case "log":
            return .event(
                .log(
                    GradioLog(
                        level: try view.optional("level")?.text ?? "info", title: try view.optional("title")?.text,
                        text: try view.member("log").text)))
        case "process_generating": return try generating(view, hasEdits: hasEdits)
        case "process_streaming": return try generating(view, hasEdits: false)
        case "process_completed": return try completed(view)
        default: return .nothing
        }
    }

    private mutating func generating(_ view: JSONView, hasEdits: Bool) throws(ConnectivityError) -> Step {
        guard view.value["success"]?.bool ?? true else { return fail(view) }
        let data = try view.member("output").member("data").elements.map(\.value)
        guard hasEdits, let before = outputs else {
            outputs = data
            return .event(.generating(data))
        }
        guard before.count == data.count else {
            throw try view.member("output").unexpected("edits of \(before.count) values")
        }
        var values: [JSONValue] = []
        for (value, edits) in zip(before, data) {
            do throws(EditScript.Misfit) {
                values.append(try EditScript.apply(edits, to: value))
            } catch {
                // Real servers send edits that do not fit, of lists that shrink inside lists (section 6): the
                // completion brings the true value.
                return .nothing
            }
        }
        outputs = values
        return .event(.generating(values))
    }

    private mutating func completed(_ view: JSONView) throws(ConnectivityError) -> Step {
        guard try view.member("success").bool else { return fail(view) }
        let output = try view.member("output")
        isOver = true
        guard output.value["data"] != nil else {
            // What was cancelled completes with an empty output (section 9).
            return .failed(
                view.source.peer.error(.cancelled, expected: "an output", came: "the call was cancelled"))
        }
        return .event(.completed(try output.member("data").elements.map(\.value)))
    }

    private mutating func fail(_ view: JSONView) -> Step {
        isOver = true
        let output = view.value["output"] ?? .null
        let error = GradioAppError(
            message: output["error"]?.string, title: view.value["title"]?.string ?? output["title"]?.string)
        return .failed(
            view.source.peer.error(
                .jobFailed, expected: "an output",
                came: error.message.map { "the app says: \($0)" } ?? "the app failed and hides why", underlying: error))
    }
}
