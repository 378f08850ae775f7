internal import JSONTree

/// The messages of one prompt's run, in their order (protocol, section 3; upstream's execution.py, main.py and
/// comfy_execution/progress.py).
///
/// Pure: each step of the run is told to it, and it answers what is to be sent. It also keeps what the history
/// will tell.
struct PromptLifecycle {
    /// A preview image that a step brought along.
    struct Preview {
        let image: [UInt8]
        let kind: BinaryFrame.ImageKind
    }

    let promptID: String
    /// Told to the history, with times.
    private(set) var told: [(type: String, data: JSONObject)] = []
    /// What nodes showed, in the order in which they did, and who they are.
    private(set) var outputs = JSONObject()
    private(set) var meta = JSONObject()
    private var board: ProgressBoard

    init(promptID: String) {
        self.promptID = promptID
        board = ProgressBoard(promptID: promptID)
    }

    /// - Parameter now: milliseconds since 1970, here and below.
    mutating func start(now: Int) -> [ServerMessage] { [tell("execution_start", [:], now)] }

    mutating func cached(_ nodes: [String], now: Int) -> [ServerMessage] {
        [tell("execution_cached", ["nodes": .array(nodes.map { .string($0) })], now)]
    }

    mutating func begin(_ node: String, in graph: PromptGraph) -> [ServerMessage] {
        board.start(node, in: graph)
        return [
            progressState,
            .event(
                "executing",
                [
                    "node": .string(node), "display_node": .string(graph.display(of: node)),
                    "prompt_id": .string(promptID),
                ], to: .client),
        ]
    }

    /// A step of a node. Where the preview stands depends on what the client announced.
    mutating func step(
        _ node: String, value: JSON, max: JSON, preview: Preview?, takesMetadata: Bool, in graph: PromptGraph
    ) -> [ServerMessage] {
        board.report(node, value: value, max: max, in: graph)
        let progress = ServerMessage.event(
            "progress",
            ["value": value, "max": max, "prompt_id": .string(promptID), "node": .string(node)], to: .clientOrAll)
        guard let preview else { return [progressState, progress] }
        if !takesMetadata {
            return [
                progressState, progress, .frame(BinaryFrame.preview(preview.image, preview.kind), to: .clientOrAll),
            ]
        }
        let metadata: JSONObject = [
            "node_id": .string(node), "prompt_id": .string(promptID),
            "display_node_id": .string(graph.display(of: node)),
            "parent_node_id": graph.parent(of: node).map { .string($0) } ?? .null,
            "real_node_id": .string(graph.real(of: node)),
        ]
        let frame = BinaryFrame.preview(preview.image, preview.kind, metadata: metadata)
        return [progressState, .frame(frame, to: .clientOrAll), progress]
    }

    /// A node showed something.
    mutating func show(_ node: String, _ output: JSONObject, in graph: PromptGraph) -> [ServerMessage] {
        remember(node, output, in: graph)
        return [executed(node, .object(output), graph)]
    }

    mutating func finish(_ node: String, in graph: PromptGraph) -> [ServerMessage] {
        board.finish(node, in: graph)
        return [progressState]
    }

    /// A node whose results were there already and that is wanted for itself.
    mutating func replay(_ node: String, _ output: JSONObject?, in graph: PromptGraph) -> [ServerMessage] {
        if let output { remember(node, output, in: graph) }
        board.finish(node, in: graph)
        return [executed(node, output.map { .object($0) } ?? .null, graph), progressState]
    }

    mutating func succeed(now: Int) -> [ServerMessage] { [tell("execution_success", [:], now)] }

    mutating func interrupt(_ node: String, type: String, executed: [String], now: Int) -> [ServerMessage] {
        let data: JSONObject = [
            "node_id": .string(node), "node_type": .string(type), "executed": .array(executed.map { .string($0) }),
        ]
        return [tell("execution_interrupted", data, now, to: .clientOrAll)]
    }

    /// - Parameter error: members of the message after `executed`.
    mutating func fail(
        _ node: String, type: String, executed: [String], error: JSONObject, now: Int
    ) -> [ServerMessage] {
        var data: JSONObject = [
            "node_id": .string(node), "node_type": .string(type), "executed": .array(executed.map { .string($0) }),
        ]
        data.merge(error)
        return [tell("execution_error", data, now)]
    }

    /// A node got a blocked value with a text. The run goes on, the history knows nothing of it.
    func block(_ node: String, type: String, executed: [String], text: String) -> ServerMessage {
        let data: JSON = [
            "prompt_id": .string(promptID), "node_id": .string(node), "node_type": .string(type),
            "executed": .array(executed.map { .string($0) }),
            "exception_message": .string("Execution Blocked: \(text)"), "exception_type": "ExecutionBlocked",
            "traceback": [], "current_inputs": [], "current_outputs": [],
        ]
        return .event("execution_error", data, to: .client)
    }

    /// The last message of a run, after the history has it.
    var end: ServerMessage { .event("executing", ["node": .null, "prompt_id": .string(promptID)], to: .client) }

    // MARK: Parts

    private var progressState: ServerMessage {
        ServerMessage(content: .progressState(board), receiver: .clientOrAll)
    }

    private func executed(_ node: String, _ output: JSON, _ graph: PromptGraph) -> ServerMessage {
        .event(
            "executed",
            [
                "node": .string(node), "display_node": .string(graph.display(of: node)), "output": output,
                "prompt_id": .string(promptID),
            ], to: .client)
    }

    private mutating func remember(_ node: String, _ output: JSONObject, in graph: PromptGraph) {
        outputs[node] = .object(output)
        meta[node] = [
            "node_id": .string(node), "display_node": .string(graph.display(of: node)),
            "parent_node": graph.parent(of: node).map { .string($0) } ?? .null,
            "real_node_id": .string(graph.real(of: node)),
        ]
    }

    private mutating func tell(
        _ type: String, _ data: JSONObject, _ now: Int, to receiver: ServerMessage.Receiver = .client
    ) -> ServerMessage {
        var message = JSONObject()
        // execution_cached alone has its nodes before the prompt's id.
        if let nodes = data["nodes"] { message["nodes"] = nodes }
        message["prompt_id"] = .string(promptID)
        message.merge(data)
        message["timestamp"] = .int(now)
        told.append((type, message))
        return .event(type, .object(message), to: receiver)
    }
}
