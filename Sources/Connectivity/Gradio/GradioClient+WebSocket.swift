internal import NIOCore

// Version 3: one WebSocket a call (protocol of Gradio, section 13.1).
extension GradioClient {
    func callOverWebSocket(_ endpoint: GradioEndpoint, _ arguments: [JSONValue]) async throws -> GradioCall {
        if endpoint.isQueued == false { return try await callAtOnce(endpoint, arguments) }
        let id = JobID.random()
        let events = try open(id, hasEdits: false)
        let run = Task { await self.run(id, endpoint, arguments) }
        calls[id]?.carrier = run
        return GradioCall(id: id, events: events) { [weak self] in
            try await self?.reset(id, endpoint)
        }
    }

    private func run(_ id: String, _ endpoint: GradioEndpoint, _ arguments: [JSONValue]) async {
        guard let place = Endpoint(url) else { return }
        var target = WebSocketTarget(url: "\(place.webSocket)/queue/join", peer: peer, headers: cookieHeader)
        target.connectDeadline = settings.transfer.connect
        target.limits = settings.socket
        target.trustRoots = settings.trustRoots
        do {
            let target = target
            // Until the app has been given the arguments, it has begun nothing.
            try await repeated(if: { $0.code == .refused || $0.phase == .connect }) { _ in
                try await WebSocketConnection.with(target) { socket in
                    try await self.talk(socket, id, endpoint, arguments, target.url)
                }
            }
            fail(id, peer.error(.cancelled, expected: "the end of the call", came: "it was cancelled"))
        } catch let error as ConnectivityError {
            fail(id, error)
        } catch {
            fail(id, peer.error(.cancelled, expected: "the end of the call", came: "it was cancelled"))
        }
    }

    private func talk(
        _ socket: WebSocketConnection, _ id: String, _ endpoint: GradioEndpoint, _ arguments: [JSONValue], _ url: String
    ) async throws {
        let about: [String: JSONValue] = ["fn_index": .integer(endpoint.index), "session_hash": .string(session)]
        for try await message in socket.messages {
            guard case .text(let text) = message else { continue }
            let view = try JSONView(parsing: Array(text.utf8), source: .init(peer: peer, what: url))
            switch try view.member("msg").text {
            case "send_hash": try await socket.send(.text(JSONValue.object(about).description))
            case "send_data":
                let whole = about.merging(["data": .array(arguments)]) { $1 }
                try await socket.send(.text(JSONValue.object(whole).description))
            case "queue_full":
                throw peer.error(.serverError, expected: "a place in the queue", came: "it is full", canRetry: true)
            default: take(view, id)
            }
            if calls[id] == nil { return }
        }
        guard calls[id] == nil || Task.isCancelled else {
            throw peer.error(.truncated, expected: "the end of the call on \(url)", came: "the messages ended")
        }
    }

    /// For functions that do not wait in the queue.
    private func callAtOnce(_ endpoint: GradioEndpoint, _ arguments: [JSONValue]) async throws -> GradioCall {
        let request = HTTPCall.json(
            url + "/api/predict/",
            [
                "data": .array(arguments), "fn_index": .integer(endpoint.index), "session_hash": .string(session),
            ])
        let id = JobID.random()
        let events = try open(id, hasEdits: false)
        let run = Task {
            do {
                let body = try await self.repeated(if: { $0.isPlainRefusal }) { left in
                    try await self.fetched(request, left)
                }
                let output = try JSONView(parsing: body, source: self.source(request))
                let completed: JSONValue = ["msg": "process_completed", "success": true, "output": output.value]
                self.take(JSONView(completed, source: output.source), id)
            } catch let error as ConnectivityError {
                self.fail(id, error)
            } catch {
                self.fail(id, self.peer.error(.cancelled, expected: "an output", came: "the call was cancelled"))
            }
        }
        calls[id]?.carrier = run
        return GradioCall(id: id, events: events) { run.cancel() }
    }

    private func reset(_ id: String, _ endpoint: GradioEndpoint) async throws {
        guard calls[id] != nil else { return }
        fail(id, peer.error(.cancelled, expected: "an output", came: "the call was cancelled"))
        let body: JSONValue = ["session_hash": .string(session), "fn_index": .integer(endpoint.index)]
        let request = HTTPCall.json(url + "/reset", body)
        _ = try await repeated { left in try await fetched(request, left) }
    }
}
