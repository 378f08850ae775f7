/// What of a job is known, and which events its messages are. Pure.
///
/// Servers and networks lose messages, double them and change their order; so each state is entered once, the end
/// comes once, and what comes after the end is nothing.
struct JobProgress: Sendable {
    enum Stage: Int, Sendable, Comparable {
        /// Kept by the client: the server need not know of it.
        case waiting
        /// The server has taken it.
        case taken
        case running
        /// The server says that all went well; its outputs are still to be fetched.
        case succeeded
        case over

        static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    private(set) var stage = Stage.waiting
    /// The node at work, to which previews without a name belong.
    private(set) var node: String?
    /// What nodes have shown, should the history not be had in the end.
    private(set) var outputs: [String: JSONValue] = [:]
    private var hasCached = false

    /// The server has taken the job, or still knows it.
    mutating func take() -> [JobEvent] { enter(.taken) }

    /// It runs, as the server's queue says.
    mutating func run() -> [JobEvent] { enter(.running) }

    /// It must be sent again, since the server has lost it: what it had done counts for nothing.
    mutating func startOver() {
        guard stage < .over else { return }
        stage = .waiting
        node = nil
        outputs = [:]
        hasCached = false
    }

    /// It has ended.
    mutating func end(_ event: JobEvent) -> [JobEvent] {
        guard stage < .over else { return [] }
        stage = .over
        return [event]
    }

    mutating func take(_ message: ComfyUIMessage) -> [JobEvent] {
        guard stage < .succeeded else { return [] }
        switch message {
        case .started: return enter(.running)
        case .cached(_, let nodes):
            guard !hasCached else { return enter(.running) }
            hasCached = true
            return enter(.running) + [.cached(nodes: nodes)]
        case .executing(_, let node):
            guard node != self.node else { return [] }
            self.node = node
            return enter(.running) + [.executing(node: node)]
        case .progress(_, let node, let value, let maximum):
            return enter(.running) + [.progress(node: node ?? self.node ?? "", value: value, maximum: maximum)]
        case .preview(_, var image):
            image.node = image.node ?? node
            return enter(.running) + [.preview(image)]
        case .text(let node, let text): return enter(.running) + [.text(node: node, text)]
        case .executed(_, let node, let output):
            guard outputs[node] != output else { return [] }
            outputs[node] = output
            return enter(.running) + [.executed(node: node, output: output)]
        case .succeeded:
            let events = enter(.running)
            stage = .succeeded
            return events
        case .raised(_, let failure): return enter(.running) + end(.failed(failure))
        case .interrupted: return enter(.taken) + end(.interrupted)
        case .ended, .status, .other: return []
        }
    }

    private mutating func enter(_ next: Stage) -> [JobEvent] {
        var events: [JobEvent] = []
        if stage < .taken, next >= .taken {
            stage = .taken
            events.append(.queued)
        }
        if stage < .running, next >= .running {
            stage = .running
            events.append(.started)
        }
        return events
    }
}
