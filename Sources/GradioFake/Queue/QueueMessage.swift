import JSONTree

/// A message on the stream of a session.
enum QueueMessage: Sendable {
    case estimation(EventQueue.Estimate)
    case starts(eta: Double?)
    case progress(ProgressUnit)
    case log(LogMessage)
    /// The next values of a generator: whole, and as the edits that most clients get.
    case generating(Output, edits: [JSON]?, isStream: Bool)
    case completed(Completion)
    case heartbeat
    case closeStream
    case unexpectedError(String, sessionNotFound: Bool)

    /// What a function gave at one step.
    struct Output: Sendable {
        var data: [JSON]
        var isGenerating: Bool
        /// Seconds of this step, and the mean of all steps of the function.
        var duration: Double
        var averageDuration: Double
    }

    /// The end of an event.
    enum Completion: Sendable {
        case success(Output)
        /// Whether values had been sent before.
        case failure(AppFailure, isLate: Bool)
        case cancelled
    }

    /// Whether it is the last message of its event.
    var isCompletion: Bool { if case .completed = self { true } else { false } }
}

/// How a version writes its messages.
struct MessageDialect: Sendable {
    let major: GradioMajor
    /// Whether the text of an exception that is no `gr.Error` is sent.
    let showsErrors: Bool

    /// A message as JSON, keys in the order of the real server.
    func json(_ message: QueueMessage, event: String?) -> JSON {
        var object = JSONObject()
        func begin(_ name: String) {
            object["msg"] = .string(name)
            if major > .three { object["event_id"] = event.map { .string($0) } ?? .null }
        }
        switch message {
        case .estimation(let estimate):
            begin("estimation")
            object["rank"] = .int(estimate.rank)
            object["queue_size"] = .int(estimate.size)
            object["rank_eta"] = estimate.eta.map { .double($0) } ?? .null
        case .starts(let eta):
            begin("process_starts")
            if major > .three { object["eta"] = eta.map { .double($0) } ?? .null }
        case .progress(let unit):
            begin("progress")
            object["progress_data"] = [
                [
                    "index": unit.index, "length": unit.length, "unit": unit.unit, "progress": unit.progress,
                    "desc": unit.text,
                ]
            ]
        case .log(let log):
            begin("log")
            object["log"] = .string(log.text)
            object["level"] = .string(log.level.rawValue)
            if major > .three {
                object["duration"] = log.duration
                object["visible"] = .bool(log.visible)
            }
            if major >= .five { object["title"] = .string(log.title) }
        case .generating(let values, let edits, let isStream):
            begin(isStream ? "process_streaming" : "process_generating")
            object["output"] = output(values, data: edits)
            object["success"] = true
            if major >= .five { object["time_limit"] = .null }
        case .completed(let completion):
            begin("process_completed")
            complete(&object, completion)
        case .heartbeat: begin("heartbeat")
        case .closeStream: begin("close_stream")
        case .unexpectedError(let text, let sessionNotFound):
            begin("unexpected_error")
            object["message"] = .string(text)
            if major >= .five { object["session_not_found"] = .bool(sessionNotFound) }
            object["success"] = false
        }
        return .object(object)
    }

    /// `output` of a success, also the whole answer of `/run`.
    func output(_ output: QueueMessage.Output, data: [JSON]? = nil) -> JSON {
        var object: JSONObject = [
            "data": .array(data ?? output.data), "is_generating": .bool(output.isGenerating),
            "duration": .double(output.duration), "average_duration": .double(output.averageDuration),
        ]
        if major > .three {
            object["render_config"] = .null
            object["changed_state_ids"] = []
        }
        if major == .six { object["used_cache"] = .null }
        return .object(object)
    }

    /// `output` of a failure, also the body of a failed `/run`.
    func error(_ failure: AppFailure) -> JSON {
        switch failure {
        case .error(let error):
            if major == .three {
                // Its text in quotes, as `str` of the exception has it.
                return ["error": .string(error.message.pythonRepr)]
            }
            var object: JSONObject = [
                "error": .string(major == .four ? error.message.pythonRepr : error.message),
                "duration": error.duration, "visible": .bool(error.visible),
            ]
            if major >= .five { object["title"] = .string(error.title) }
            return .object(object)
        case .hidden: return ["error": nil]
        case .exception(_, let message):
            guard showsErrors else { return ["error": nil] }
            return major >= .four ? ["error": .string(message), "visible": true] : ["error": .string(message)]
        }
    }

    private func complete(_ object: inout JSONObject, _ completion: QueueMessage.Completion) {
        var title: JSON = .null
        var cacheDuration: JSON = .null
        var averageTime: JSON = .null
        switch completion {
        case .success(let values):
            object["output"] = output(values)
            cacheDuration = .double(values.duration)
            averageTime = .double(values.averageDuration)
        case .cancelled: object["output"] = [:]
        case .failure(let failure, let isLate):
            object["output"] = error(failure)
            if isLate {
                // The real server puts the error's duration here when values had been sent before.
                if case .error(let error) = failure {
                    cacheDuration = error.duration.double.map { .double($0) } ?? .null
                }
            } else {
                if case .error(let error) = failure { title = .string(error.title) } else { title = "Error" }
            }
        }
        if case .failure = completion { object["success"] = false } else { object["success"] = true }
        if major >= .five { object["title"] = title }
        if major == .six {
            object["used_cache"] = .null
            object["cache_duration"] = cacheDuration
            object["avg_time"] = averageTime
        }
    }
}
