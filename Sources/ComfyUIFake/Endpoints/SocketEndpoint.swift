internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

// The WebSocket (`websocket_handler` in upstream's server.py).
extension FakeComfyUI {
    /// The flags of this server, told to clients that announce theirs and at `/features`.
    var featureFlags: JSON {
        [
            "supports_preview_metadata": true,
            "max_upload_size": .int(server.configuration.maximumUploadMegabytes * 1024 * 1024),
            "extension": ["manager": ["supports_v4": true]], "node_replacements": true, "assets": false,
        ]
    }

    func openSocket(_ call: Call) throws -> Answer {
        if let complaint = complaint(about: call.request.headers) {
            var answer = Answer.text(complaint, status: 400)
            answer.isRaised = true
            return answer
        }
        let asked = call.query["clientId"] ?? ""
        let id = asked.isEmpty ? mintSocketID() : asked
        let options = WebSocketOptions(compression: true, maximumMessageBytes: 4 * 1024 * 1024)
        var answer = Answer(body: .webSocket(options) { [weak self] socket in await self?.serve(socket, as: id) })
        answer.isRaised = true
        return answer
    }

    /// What aiohttp finds wrong with a handshake, in its words.
    private func complaint(about headers: HeaderFields) -> String? {
        if !headers.list("upgrade", contains: "websocket") {
            return "No WebSocket UPGRADE hdr: \(headers["upgrade"] ?? "None")\n Can \"Upgrade\" only to \"WebSocket\"."
        }
        if !headers.list("connection", contains: "upgrade") {
            return "No CONNECTION upgrade hdr: \(headers["connection"] ?? "None")"
        }
        let version = headers["sec-websocket-version"] ?? ""
        if !["13", "8", "7"].contains(version) { return "Unsupported version: \(version)" }
        guard let key = headers["sec-websocket-key"], key.utf8.count == 24, key.hasSuffix("==") else {
            return "Handshake error: \((headers["sec-websocket-key"].map { JSON.string($0) } ?? .null).pythonRepr)"
        }
        return nil
    }

    private func mintSocketID() -> String {
        var random = environment.random("socket", server.repetitions.name("", Array("socket".utf8)))
        return random.hex(32)
    }

    /// Serves a socket until it closes.
    private func serve(_ socket: WebSocket, as id: String) async {
        server.clients.register(socket, as: id)
        socket.post(
            ServerMessage.text(
                "status",
                ["status": ["exec_info": ["queue_remaining": .int(server.queue.remaining)]], "sid": .string(id)]))
        // Who owns the running prompt learns where it is, and nothing else of the past.
        if let run = server.running, run.item.clientID == id, let node = run.shownNode {
            socket.post(ServerMessage.text("executing", ["node": .string(node)]))
        }
        var mayAnnounce = true
        while let message = await socket.receive() {
            guard case .text(let text) = message, let object = JSON.found(in: text, options: .python)?.object
            else { continue }
            switch object["type"]?.string {
            case "feature_flags" where mayAnnounce:
                server.clients.announce(object["data"]?.object ?? [:], by: id)
                socket.post(ServerMessage.text("feature_flags", featureFlags))
            case "system_stats" where server.configuration.profile != .strict: socket.post(storyStats.text(.python))
            case "execute" where server.configuration.profile != .strict:
                socket.post(storyStart(of: object["workflow"], for: id).text(.python))
            default: break
            }
            // Any object uses up the chance to announce flags, were it not for the story's own messages.
            if server.configuration.profile == .strict || object["type"] == "feature_flags" { mayAnnounce = false }
        }
        server.clients.unregister(id)
    }
}

// The messages of the story's own client, which real ComfyUI ignores. Answered to the asking socket only: they
// have no `data`, which real clients look into without asking.
extension FakeComfyUI {
    private var storyStats: JSON {
        let models = server.models.files(in: "checkpoints") ?? []
        return [
            "type": "stats", "version": "0.27.1",
            "vram_free": .int(server.freeVRAM / (1024 * 1024)),
            "models": .array(models.map { .string($0.name) }),
        ]
    }

    /// Queues the workflow if it is a prompt that may run; the job's id is its prompt's id.
    private func storyStart(of workflow: JSON?, for client: String) -> JSON {
        let id = mintID(for: client, workflow?.bytes() ?? [])
        // What is wrong with a workflow is told to nobody: the story's answer is the same.
        if let prompt = workflow?.object, case .accepted(let checked, let outputs, _)? = try? validate(prompt) {
            let extra: JSONObject = [
                "client_id": .string(client), "create_time": .int(environment.now().milliseconds),
            ]
            enqueue(
                QueueItem(
                    number: server.queue.nextNumber(front: false), id: id, prompt: checked, extraData: extra,
                    outputs: outputs))
        }
        return ["type": "execution_start", "job_id": .string(id)]
    }
}
