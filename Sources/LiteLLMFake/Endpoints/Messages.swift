internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// `POST /v1/messages` and `/v1/messages/count_tokens`: Anthropic's API in front of any deployment.
extension FakeLiteLLM {
    private static let path = "anthropic_messages"

    func messages(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        for field in ["messages", "max_tokens"] { try require(field, in: call, route: .messages, path: Self.path) }
        return try await limited(call, route: .messages) { (call) throws(ProxyError) in
            try self.requireModel(call, route: .messages, path: Self.path)
            let (reached, done) = try await self.attempt(
                call, route: .messages, style: .raw
            ) { (deployment) throws(CallFailure) -> Reached? in
                if let text = self.mockText(call, deployment) {
                    if let failure = MockFault.failure(of: text, style: .raw, streams: false) { throw failure }
                    return nil
                }
                return try await self.reach(deployment, call, style: .raw, streams: call.streams)
            }
            guard let reached else { return self.mockMessage(call, done) }
            var made = done
            made.upstreamFields = reached.fields
            return call.streams ? self.messageStream(call, made, reached) : await self.wholeMessage(call, made, reached)
        }
    }

    /// The proxy's canned message; a stream is not made of it.
    private func mockMessage(_ call: Call, _ made: Made) -> Reply {
        let text = mockText(call, made.deployment) ?? ""
        let answer: JSON = [
            "content": [["text": .string(text), "type": "text"]], "id": "msg_013Zva2CMHLNnXjNJJKqJ2EF",
            "model": .string(call.bodyModel ?? made.deployment.name), "role": "assistant", "stop_reason": "end_turn",
            "stop_sequence": nil, "type": "message", "usage": ["input_tokens": 2095, "output_tokens": 503],
        ]
        let cost = Cost(prompt: 2095, completion: 503, of: made.deployment.known)
        let fields = successFields(.messages, call, made, cost: cost)
        settle(call, used: 2598, cost: cost)
        return .json(answer.bytes(), fields: fields, crossOrigin: call.crossOrigin)
    }

    private func wholeMessage(_ call: Call, _ made: Made, _ reached: Reached) async -> Reply {
        let message = message(call, made, reached)
        await generate(message.usage.completion, call, made)
        let cost = Cost(prompt: message.usage.prompt, completion: message.usage.completion, of: made.deployment.known)
        let fields = successFields(.messages, call, made, cost: cost)
        settle(call, used: message.usage.total, cost: cost)
        return .json(message.whole.bytes(), fields: fields, crossOrigin: call.crossOrigin)
    }

    private func messageStream(_ call: Call, _ made: Made, _ reached: Reached) -> Reply {
        let message = message(call, made, reached)
        let fields = successFields(message.isNative ? .nativeMessageStream : .messageStream, call, made)
        let cost = Cost(prompt: message.usage.prompt, completion: message.usage.completion, of: made.deployment.known)
        let pace = pace(reached, call, made.deployment)
        let events = message.events(broken: StreamBreak(call, made.deployment))
        return .events(fields, crossOrigin: call.crossOrigin) { writer in
            do {
                try await pace.answer(in: self.environment) {
                    if let begin = events.first { try await writer.write(begin) }
                    try await pace.write(events.dropFirst(), to: writer, in: self.environment)
                }
            } catch {
                await self.settleIfKeyed(call, used: message.usage.total, cost: cost)
                throw error
            }
            await self.settleIfKeyed(call, used: message.usage.total, cost: cost)
        }
    }

    /// The message that an upstream gives.
    private func message(_ call: Call, _ made: Made, _ reached: Reached) -> Message {
        let deployment = made.deployment
        let model = made.fallbacks > 0 ? deployment.upstreamModel : call.bodyModel ?? deployment.name
        var luck = call.luck
        let script = reached.upstream.answers[deployment.isAnthropic ? "message" : "response"]
        if let script {
            let pieces = script["pieces"]?.array?.compactMap(\.string) ?? []
            let own = script["id"]?.string ?? "msg_1"
            return Message(
                id: deployment.isAnthropic ? own : Self.plainlyWrapped(own, deployment), streamID: "msg_" + luck.uuid(),
                model: model, pieces: pieces, toolCalls: [],
                usage: Usage(
                    prompt: script["input_tokens"]?.int ?? 0, completion: script["output_tokens"]?.int ?? pieces.count),
                stop: "end_turn", isNative: deployment.isAnthropic)
        }
        let chat = compose(ChatRequest(call.document.chatOfMessages), call, deployment, reached)
        let choice = chat.choices[0]
        let id =
            deployment.isAnthropic
            ? "msg_01" + ChatComposer.token(22, &luck) : Self.plainlyWrapped("resp_" + luck.hex(48), deployment)
        let stop =
            switch choice.finish {
            case "tool_calls": "tool_use"
            case "length": "max_tokens"
            default: "end_turn"
            }
        return Message(
            id: id, streamID: "msg_" + luck.uuid(), model: model, pieces: choice.pieces ?? [],
            toolCalls: choice.toolCalls, usage: chat.usage, stop: stop, isNative: deployment.isAnthropic)
    }

    // MARK: Counting

    func countTokens(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        for field in ["model", "messages"] where call.document[field]?.isTruthy != true {
            throw ProxyError.anthropic(400, "\(field) parameter is required")
        }
        var answer: JSON = ["input_tokens": 0, "litellm_count_source": "provider"]
        if let deployment = likely(call) {
            if deployment.isMock { throw ProxyError.anthropic(401, Self.uncountable(deployment)) }
            let described = deployment.upstream.map { settings.upstreams[$0] }
            if described != nil, deployment.isAnthropic { throw ProxyError.anthropic(404, "404: Not Found") }
            if described == nil { answer["input_tokens"] = .int(Self.promptTokens(ofMessages: call.document)) }
        } else {
            answer = [
                "input_tokens": .int(Self.promptTokens(ofMessages: call.document)),
                "litellm_count_source": "local_estimate",
            ]
        }
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    /// `POST /v1/responses/input_tokens`.
    func inputTokens(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        guard let group = call.group, let deployment = router.group(group).first else {
            throw ProxyError(
                status: 400,
                body: Array(
                    (#"{"error":{"message":"Missing required parameter: 'model'.","type":"invalid_request_error","#
                        + #""param":"model","code":"missing_required_parameter"}}"#).utf8))
        }
        if deployment.isMock {
            let error: JSON = [
                "error": [
                    "message": .string(Self.uncountable(deployment)), "type": "authentication_error", "param": nil,
                    "code": nil,
                ]
            ]
            return .json(error.bytes(), status: 401, crossOrigin: visit.crossOrigin)
        }
        let messages = ChatRequest(call.document.chatOfResponses).messages
        let answer: JSON = ["object": "response.input_tokens", "input_tokens": .int(TokenCount.of(messages: messages))]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    private static func promptTokens(ofMessages document: JSONObject) -> Int {
        let request = ChatRequest(document.chatOfMessages)
        return TokenCount.of(messages: request.messages, tools: request.tools)
    }

    static func uncountable(_ deployment: Deployment) -> String {
        "No OpenAI API key is set for model \(deployment.upstreamModel), so tokens can't be counted. Set api_key or "
            + "workload identity on the deployment, or OPENAI_API_KEY in the proxy environment."
    }
}

/// A message of Anthropic's API.
struct Message: Sendable {
    var id: String
    /// A translated stream has an id of its own.
    var streamID: String
    var model: String
    var pieces: [String]
    var toolCalls: [ToolCall]
    var usage: Usage
    var stop: String
    /// Whether the upstream speaks this API itself, so that its objects come through as they are.
    var isNative: Bool

    var whole: JSON {
        let text = pieces.joined()
        var content: [JSON] = text.isEmpty && !toolCalls.isEmpty ? [] : [["type": "text", "text": .string(text)]]
        content += toolCalls.map { call in
            let input = JSON.found(in: call.arguments) ?? [:]
            return ["type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": input]
        }
        if isNative {
            return [
                "id": .string(id), "type": "message", "role": "assistant", "model": .string(model),
                "content": .array(content), "stop_reason": .string(stop), "stop_sequence": nil, "usage": startUsage,
            ]
        }
        return [
            "id": .string(id), "type": "message", "role": "assistant", "model": .string(model), "stop_sequence": nil,
            "usage": ["input_tokens": .int(usage.prompt), "output_tokens": .int(usage.completion)],
            "content": .array(content), "stop_reason": .string(stop), "stop_details": nil,
        ]
    }

    private var startUsage: JSON {
        [
            "input_tokens": .int(usage.prompt), "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            "output_tokens": .int(usage.completion),
        ]
    }

    /// The events of a stream that is to break, or of a whole one.
    func events(broken: StreamBreak?) -> [[UInt8]] {
        guard let broken else { return events }
        let mark = Array("event: content_block_delta".utf8)
        return broken.cut(events) { $0.starts(with: mark) } + [broken.messagesEvent]
    }

    /// The events of a stream, each with its name and blanks in its JSON.
    var events: [[UInt8]] {
        var events: [[UInt8]] = []
        func add(_ name: String, _ members: [(String, JSON)] = []) {
            let event = JSON.object(JSONObject([("type", .string(name))] + members))
            events.append(Array("event: \(name)\ndata: ".utf8) + event.bytes(.python) + Array("\n\n".utf8))
        }
        if isNative { add("ping") }
        var start: JSONObject = ["id": .string(isNative ? id : streamID), "type": "message", "role": "assistant"]
        if isNative { start["model"] = .string(model) }
        start["content"] = []
        if !isNative { start["model"] = .string(model) }
        start["stop_reason"] = .null
        start["stop_sequence"] = .null
        start["usage"] =
            isNative
            ? startUsage
            : ["input_tokens": 0, "output_tokens": 0, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0]
        add("message_start", [("message", .object(start))])
        var index = 0
        if toolCalls.isEmpty || !pieces.isEmpty {
            add("content_block_start", [("index", 0), ("content_block", ["type": "text", "text": ""])])
            for piece in pieces {
                add("content_block_delta", [("index", 0), ("delta", ["type": "text_delta", "text": .string(piece)])])
            }
            add("content_block_stop", [("index", 0)])
            index = 1
        }
        for call in toolCalls {
            let block: JSON = ["type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": [:]]
            add("content_block_start", [("index", .int(index)), ("content_block", block)])
            for piece in Wording.pieces(of: call.arguments) {
                add(
                    "content_block_delta",
                    [("index", .int(index)), ("delta", ["type": "input_json_delta", "partial_json": .string(piece)])])
            }
            add("content_block_stop", [("index", .int(index))])
            index += 1
        }
        let told: JSON =
            isNative
            ? ["output_tokens": .int(usage.completion)]
            : ["input_tokens": .int(usage.prompt), "output_tokens": .int(usage.completion)]
        add("message_delta", [("delta", ["stop_reason": .string(stop), "stop_sequence": nil]), ("usage", told)])
        add("message_stop")
        return events
    }
}
