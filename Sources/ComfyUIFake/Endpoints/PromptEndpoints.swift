internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

// POST /prompt (`post_prompt` in upstream's server.py).
extension FakeComfyUI {
    func queueLength() -> Answer { .json(["exec_info": ["queue_remaining": .int(server.queue.remaining)]]) }

    func postPrompt(_ call: Call) async throws -> Answer {
        let text = try await call.text()
        server.log("got prompt")
        guard let body = JSON.found(in: text, options: .python) else { throw ServerTrouble() }
        let number = try number(of: body)
        // Lists and strings have no members; to the real server they are merely bodies without a prompt.
        guard let request = body.object, let sent = request["prompt"] else { return refuse(.noPrompt) }
        guard let sent = sent.object else { throw ServerTrouble() }
        let id = try promptID(of: request, sentAs: text)
        let targets = try partialTargets(of: request)
        if let refusal = try refusal(of: sent, targets: targets, for: call.direction.error) { return refusal }
        switch try validate(sent, targets: targets) {
        case .refused(let fault, let nodeErrors):
            if request["client_id"] != nil, let extra = request["extra_data"], extra.object == nil {
                throw ServerTrouble()
            }
            return refuse(fault, nodeErrors)
        case .accepted(let prompt, let outputs, let nodeErrors):
            let item = QueueItem(
                number: number, id: id, prompt: prompt,
                extraData: try extraData(of: request, call.request.headers["comfy-usage-source"]), outputs: outputs,
                script: call.direction.runScript)
            enqueue(item)
            return .json([
                "prompt_id": .string(id), "number": .number(number), "node_errors": .object(nodeErrors),
            ])
        }
    }

    /// Judges a prompt as `POST /prompt` does.
    ///
    /// - Parameter listing: the files that there are; nil takes the server's own.
    func validate(
        _ sent: JSONObject, targets: [JSON]? = nil, listing: FileListing? = nil
    ) throws -> PromptValidation.Verdict {
        if sent.contains(where: { $0.value.object == nil }) { throw ServerTrouble() }
        let files = server.files
        let validation = PromptValidation(
            table: server.table, listing: listing ?? server.listing,
            checks: .core { name in
                let name = AnnotatedName(name)
                return name.name.normalisedInside.map { files[name.folder ?? .input, $0] != nil } ?? false
            })
        return try validation.judge(
            NodeReplacements.core.apply(to: sent, knownTo: server.table), targets: targets)
    }

    func refuse(_ fault: PromptFault, _ nodeErrors: JSONObject = [:]) -> Answer {
        .json(["error": fault.json, "node_errors": .object(nodeErrors)], status: 400)
    }

    /// The place in the queue. The counter grows with every body that brings no number, also with refused ones.
    private func number(of body: JSON) throws -> JSONNumber {
        switch body {
        case .object(let request):
            if let number = request["number"] {
                return JSONNumber(try PythonConversion.float(number))
            }
            return server.queue.nextNumber(front: request["front"]?.isTruthy ?? false)
        // `"number" in body` looks for the word among the elements or letters.
        case .array(let values) where values.contains("number") || values.contains("prompt"): throw ServerTrouble()
        case .string(let text) where text.contains("number") || text.contains("prompt"): throw ServerTrouble()
        case .array, .string: return server.queue.nextNumber(front: false)
        case .null, .bool, .number: throw ServerTrouble()
        }
    }

    private func promptID(of request: JSONObject, sentAs text: [UInt8]) throws -> String {
        guard let id = request["prompt_id"], !id.isNull else {
            return mintID(for: request["client_id"]?.string ?? "", text)
        }
        guard let text = id.string, CanonicalUUID.isValid(text) else {
            throw Refusal(answer: refuse(.invalidPromptID))
        }
        return text
    }

    /// A new id that follows from seed, client, what it sent and how often it sent the same.
    func mintID(for client: String, _ sent: [UInt8]) -> String {
        var random = environment.random("prompt", client, server.repetitions.name(client, sent))
        return random.uuid()
    }

    private func partialTargets(of request: JSONObject) throws -> [JSON]? {
        guard let targets = request["partial_execution_targets"], !targets.isNull else { return nil }
        guard let list = targets.array else { throw ServerTrouble() }
        return list
    }

    private func extraData(of request: JSONObject, _ usageSource: String?) throws -> JSONObject {
        guard var extra = (request["extra_data"] ?? [:]).object else { throw ServerTrouble() }
        if let client = request["client_id"] { extra["client_id"] = client }
        if let usageSource, extra["comfy_usage_source"] == nil { extra["comfy_usage_source"] = .string(usageSource) }
        for secret in ["auth_token_comfy_org", "api_key_comfy_org"] { extra[secret] = nil }
        extra["create_time"] = .int(environment.now().milliseconds)
        return extra
    }
}

/// `6f1c2d3e-4a5b-4c6d-8e9f-001122334455`: lower case, with hyphens.
enum CanonicalUUID {
    static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 36
            && bytes.enumerated().allSatisfy { place, byte in
                [8, 13, 18, 23].contains(place)
                    ? byte == UInt8(ascii: "-")
                    : (48...57).contains(byte) || (97...102).contains(byte)
            }
    }
}
