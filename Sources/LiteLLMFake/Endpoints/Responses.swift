internal import Encodings
internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// `POST /v1/responses` and its aliases.
extension FakeLiteLLM {
    func responses(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        try await responses(try await begin(exchange, visit))
    }

    /// Cursor's route takes a chat as well as a request of the Responses API.
    func cursorChat(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        return call.document.contains(key: "messages") ? try await chat(call) : try await responses(call)
    }

    private func responses(_ call: Call) async throws(ProxyError) -> Reply {
        try require("input", in: call, route: .responses, path: "/responses")
        return try await limited(call, route: .responses) { (call) throws(ProxyError) in
            try self.requireModel(call, route: .responses, path: "/responses")
            try self.refuseMockTesting(call, route: .responses)
            if !call.streams, !call.isDirected, let hit = self.cachedResponse(call) { return hit }
            let (reached, done) = try await self.attempt(
                call, route: .responses, style: .raw
            ) { (deployment) throws(CallFailure) -> Reached? in
                if self.mockText(call, deployment) != nil { return nil }
                return try await self.reach(deployment, call, style: .raw, streams: call.streams)
            }
            guard let reached else { return self.mockResponse(call, done) }
            var made = done
            made.upstreamFields = reached.fields
            return call.streams
                ? self.responseStream(call, made, reached) : await self.wholeResponse(call, made, reached)
        }
    }

    /// The text of a mock. Here an empty one does not count, and no text is special.
    func mockText(_ call: Call, _ deployment: Deployment) -> String? {
        if call.isDirected { return nil }
        let own = isMocked(deployment, call) ? deployment.mockText : nil
        guard let text = clientMock(call) ?? own, !text.isEmpty else { return nil }
        return text
    }

    private func mockResponse(_ call: Call, _ made: Made) -> Reply {
        // The proxy's canned object, whatever the request: a stream of it fails.
        let cost = Cost.responsesMock
        let fields = successFields(.responses, call, made, cost: cost)
        settle(call, used: 123, cost: cost)
        if call.streams {
            var luck = call.luck
            let failed: JSON = [
                "type": "response.failed",
                "response": [
                    "id": .string("resp_" + luck.hex(32)), "created_at": .int(call.now.wholeSeconds),
                    "error": [
                        "code": "server_error", "message": "'ResponsesAPIResponse' object has no attribute '__aiter__'",
                    ], "object": "response", "output": [], "status": "failed",
                ], "sequence_number": 0,
            ]
            return .events(fields, crossOrigin: call.crossOrigin) { writer in
                try await writer.write("event: response.failed\ndata: \(failed.text())\n\n")
                try await writer.write(EventLine.done)
            }
        }
        let answer = ResponseAnswer(
            upstreamID: "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b", created: 1_741_476_542,
            model: call.bodyModel ?? made.deployment.name, text: mockText(call, made.deployment) ?? "",
            itemID: "msg_67ccd2bf17f0819081ff3bb2cf6508e60bb6a6b452d3795b", isMock: true,
            usage: Usage(prompt: 36, completion: 87))
        return .json(
            answer.whole(id: wrapped(answer.upstreamID, call, made)).bytes(), fields: fields,
            crossOrigin: call.crossOrigin)
    }

    private func wholeResponse(_ call: Call, _ made: Made, _ reached: Reached) async -> Reply {
        let answer = responseAnswer(call, made, reached)
        await generate(answer.usage.completion, call, made)
        let cost = Cost(prompt: answer.usage.prompt, completion: answer.usage.completion, of: made.deployment.known)
        let fields = successFields(.responses, call, made, cost: cost)
        settle(call, used: answer.usage.total, cost: cost)
        let id = wrapped(answer.upstreamID, call, made)
        let whole = answer.whole(id: id)
        if settings.proxy.caches, !AnswerCache.isBypassed(call.document) {
            cache.store(
                .response(whole, upstreamID: answer.upstreamID), under: AnswerCache.key("responses", call.document))
        }
        tellLoss(
            of: "responses", storedResponses.store(whole, input: call.document["input"] ?? .null, id: id))
        return .json(whole.bytes(), fields: fields, crossOrigin: call.crossOrigin)
    }

    private func cachedResponse(_ call: Call) -> Reply? {
        guard settings.proxy.caches, !AnswerCache.isBypassed(call.document), let group = call.group else { return nil }
        let key = AnswerCache.key("responses", call.document)
        guard case .response(var whole, let upstreamID) = cache[key], let deployment = router.group(group).first else {
            return nil
        }
        var made = Made(deployment: deployment, group: group)
        made.cacheKey = key
        whole["id"] = .string(wrapped(upstreamID, call, made))
        settle(call, used: 0, cost: .nothing)
        return .json(whole.bytes(), fields: successFields(.responses, call, made), crossOrigin: call.crossOrigin)
    }

    /// What the upstream's Responses API answers.
    func responseAnswer(_ call: Call, _ made: Made, _ reached: Reached) -> ResponseAnswer {
        let deployment = made.deployment
        let model = made.fallbacks > 0 ? deployment.upstreamModel : call.bodyModel ?? deployment.name
        if deployment.isAnthropic || reached.upstream.answers["response"] == nil {
            let chat = compose(ChatRequest(call.document.chatOfResponses), call, deployment, reached)
            var luck = call.luck
            var answer = ResponseAnswer(
                upstreamID: deployment.isAnthropic ? chat.id : "resp_" + luck.hex(48), created: chat.created,
                model: model,
                text: chat.choices[0].text ?? "",
                itemID: "msg_" + (deployment.isAnthropic ? luck.uuid() : luck.hex(48)),
                usage: chat.usage)
            answer.pieces = chat.choices[0].pieces ?? []
            answer.toolCalls = chat.choices[0].toolCalls
            answer.isTranslated = deployment.isAnthropic
            answer.request = call.document
            return answer
        }
        let script = reached.upstream.answers["response"] ?? [:]
        let pieces = script["pieces"]?.array?.compactMap(\.string) ?? []
        var answer = ResponseAnswer(
            upstreamID: script["id"]?.string ?? "resp_1", created: script["created"]?.int ?? call.now.wholeSeconds,
            model: model, text: pieces.joined(), itemID: script["item_id"]?.string ?? "msg_1",
            usage: Usage(
                prompt: script["input_tokens"]?.int ?? 0, completion: script["output_tokens"]?.int ?? pieces.count))
        answer.pieces = pieces
        return answer
    }

    /// An id that finds the deployment again: readable without a master key, and sealed with one.
    func wrapped(_ upstreamID: String, _ call: Call, _ made: Made) -> String {
        guard settings.proxy.masterKey != nil else { return Self.plainlyWrapped(upstreamID, made.deployment) }
        sealedCount += 1
        var luck = environment.random("sealed", call.id, String(sealedCount))
        let bytes = (0..<37).flatMap { _ in
            let number = luck.next()
            return (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64($0 * 8)) }
        }
        return "resp_" + Base64.encode(bytes, urlSafe: true)
    }

    static func plainlyWrapped(_ upstreamID: String, _ deployment: Deployment) -> String {
        let text =
            "litellm:custom_llm_provider:\(deployment.provider);model_id:\(deployment.id);response_id:\(upstreamID)"
        return "resp_" + Base64.encode(Array(text.utf8))
    }

    // MARK: Stored responses

    /// `GET`, `DELETE`, `…/input_items` and `…/cancel` of a response that was given out before.
    func storedResponse(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        _ = try await body(of: exchange)
        let started = environment.loop.clock.now
        let call = try begin([:], visit, started: started)
        var fields = HeaderFields()
        fields.append("x-litellm-call-id", call.id)
        fields.append("x-litellm-version", FixedFields.version)
        guard let id = visit.parameters["id"], let stored = storedResponses[id] else {
            fields.append("x-litellm-response-cost", "0")
            fields.append(contentsOf: FixedFields.zeroCosts)
            fields.append("x-litellm-key-spend", spend(call.caller).pythonRepr)
            throw ProxyError(
                400,
                "litellm.BadRequestError: You passed in model=None. There are no healthy deployments for this model",
                fields: fields)
        }
        fields.append("x-litellm-key-spend", spend(call.caller).pythonRepr)
        let answer: JSON
        if visit.request.method == "DELETE" {
            storedResponses.remove(id)
            answer = ["id": .string(id), "object": "response", "deleted": true]
        } else if visit.request.path.hasSuffix("/input_items") {
            answer = stored.inputItems
        } else if visit.request.path.hasSuffix("/cancel") {
            var cancelled = stored.whole
            cancelled["status"] = "cancelled"
            answer = cancelled
        } else {
            answer = stored.whole
        }
        return .json(answer.bytes(), fields: fields, crossOrigin: call.crossOrigin)
    }
}
