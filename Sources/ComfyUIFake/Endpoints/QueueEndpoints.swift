internal import JSONTree
internal import SocketServer

// The queue, the history and what stops a run (upstream's server.py).
extension FakeComfyUI {
    func queueListing() -> Answer {
        .json([
            "queue_running": .array(server.queue.running.map(\.json)),
            "queue_pending": .array(server.queue.pending.map(\.json)),
        ])
    }

    func changeQueue(_ call: Call) async throws -> Answer {
        let body = try await call.members("clear", "delete")
        if body["clear"]?.isTruthy ?? false {
            server.queue.clear()
            server.tellQueue()
        }
        if let ids = body["delete"] {
            for id in try elements(of: ids) {
                for _ in 0..<server.queue.delete(id.string ?? "") { server.tellQueue() }
            }
        }
        return .empty()
    }

    /// With an id only a running prompt of that id is interrupted; whatever runs otherwise.
    func interrupt(_ call: Call) async throws -> Answer {
        let text = try await call.text()
        var wanted: JSON?
        if let body = JSON.found(in: text, options: .python) {
            guard let object = body.object else { throw ServerTrouble() }
            wanted = object["prompt_id"]
        }
        if let wanted, wanted.isTruthy {
            if server.queue.running.contains(where: { .string($0.id) == wanted }) { server.isInterrupted = true }
        } else {
            server.isInterrupted = true
        }
        return .empty()
    }

    func freeMemory(_ call: Call) async throws -> Answer {
        let body = try await call.object()
        if body["free_memory"]?.isTruthy ?? false { server.shallFree = true }
        if body["unload_models"]?.isTruthy ?? false { server.shallUnload = true }
        wake()
        return .empty()
    }

    func historyPage(_ call: Call) throws -> Answer {
        .json(bytes: server.history.page(most: try number("max_items", call), offset: try number("offset", call)))
    }

    func historyEntry(_ call: Call) -> Answer {
        .json(bytes: server.history.page(of: call["id"]))
    }

    func changeHistory(_ call: Call) async throws -> Answer {
        let body = try await call.members("clear", "delete")
        if body["clear"]?.isTruthy ?? false { server.history.clear() }
        if let ids = body["delete"] {
            for id in try elements(of: ids) { server.history.delete(id.string ?? "") }
        }
        return .empty()
    }

    /// A whole number of the query; what is none makes the real handler raise.
    private func number(_ name: String, _ call: Call) throws -> Int? {
        guard let text = call.query[name] else { return nil }
        guard let number = try PythonConversion.int(.string(text)).int else { throw ServerTrouble() }
        return number
    }

    /// What Python iterates over.
    private func elements(of value: JSON) throws -> [JSON] {
        switch value {
        case .array(let values): values
        case .object(let object): object.keys.map { .string($0) }
        case .string(let text): text.map { .string(String($0)) }
        default: throw ServerTrouble()
        }
    }
}
