internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// `POST /v1/chat/completions` and its aliases.
extension FakeLiteLLM {
    private static let path = "/chat/completions"

    @inline(never)
    func chat(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        try await chat(try await begin(exchange, visit))
    }

    func chat(_ call: Call) async throws(ProxyError) -> Reply {
        try require("messages", in: call, route: .chat, path: Self.path)
        return try await limited(call, route: .chat) { (call) throws(ProxyError) in
            if let group = call.group, group.utf8.contains(UInt8(ascii: ",")), !self.router.knows(group) {
                try self.refuseMockTesting(call, route: .chat)
                return try await self.chatWithSeveral(call, group)
            }
            try self.requireModel(call, route: .chat, path: Self.path)
            try self.refuseMockTesting(call, route: .chat)
            return try await self.chatWithOne(call)
        }
    }

    /// Admits a call, and settles it when it fails.
    @inline(__always)
    func limited(
        _ call: Call, route: FailureFields.Route, _ answer: (Call) async throws(ProxyError) -> Reply
    ) async throws(ProxyError) -> Reply {
        try limitAsDirected(call, route: route)
        var call = call
        if call.caller.key != nil { try admit(&call, prompt: promptTokens(call), route: route) }
        do throws(ProxyError) {
            return try await answer(call)
        } catch {
            settle(call, used: 0, cost: .nothing)
            throw error
        }
    }

    /// Tokens of the request's text, without what a chat adds to it.
    func promptTokens(_ call: Call) -> Int {
        var count = 0
        for message in call.document["messages"]?.array ?? [] {
            count += message["content"]?.string.map { TokenCount.of($0) } ?? 0
        }
        for field in ["prompt", "input"] { count += call.document.text(field).map { TokenCount.of($0) } ?? 0 }
        return count
    }

    /// What a deployment has to say to a chat.
    enum ChatOutcome: Sendable {
        case mock(String)
        case upstream(Reached)
    }

    /// Calls a deployment for a chat.
    @inline(__always)
    func outcome(
        of deployment: Deployment, _ call: Call, style: CallStyle, streams: Bool
    ) async throws(CallFailure) -> ChatOutcome {
        if style == .chat, let failure = MockFault.malformed(call.document["messages"]) { throw failure }
        guard
            let text = call.isDirected
                ? nil : clientMock(call) ?? (isMocked(deployment, call) ? deployment.mockText : nil)
        else {
            let reached = try await reach(deployment, call, style: style, streams: streams)
            if let failure = CallFailure.tooManyChoices(call.document, of: deployment, style: style, streams: streams) {
                throw failure
            }
            return .upstream(reached)
        }
        if deployment.mocksTimeout {
            try await pause(patience(deployment, call, style: style, streams: false))
            throw MockFault.timeout(style: style)
        }
        if let failure = MockFault.failure(of: text, style: style, streams: streams) { throw failure }
        if style == .chat {
            if deployment.mockDelay > 0 { try await pause(deployment.mockDelay) }
            if let number = call.document["n"], !number.isNull, number.int == nil, !call.document.exceedsChoices {
                throw CallFailure(
                    .connection, status: 500, provider: "OpenAIException",
                    "Mock completion response failed - '\(number.pythonType)' object cannot be interpreted as an integer"
                )
            }
        }
        return .mock(text)
    }

    @inline(__always)
    private func chatWithOne(_ call: Call) async throws(ProxyError) -> Reply {
        if let hit = cached(call, shape: .chat, route: "chat") { return hit }
        let (outcome, made) = try await attempt(call, route: .chat, style: .chat) { (deployment) throws(CallFailure) in
            if let failure = self.unsupported(call, deployment) { throw failure }
            let outcome = try await self.outcome(of: deployment, call, style: .chat, streams: call.streams)
            if call.streams, case .upstream(let reached) = outcome, let broken = reached.behaviour.streamBreak,
                broken.after < 0
            {
                throw self.breakFailure(broken.kind, deployment, cameLate: true)
            }
            return outcome
        }
        switch outcome {
        case .mock(let text): return call.streams ? mockStream(call, made, text) : mockReply(call, made, text)
        case .upstream(let reached):
            var made = made
            made.upstreamFields = reached.fields
            return call.streams ? upstreamStream(call, made, reached) : await upstreamReply(call, made, reached)
        }
    }

    private func mockReply(_ call: Call, _ made: Made, _ text: String) -> Reply {
        var luck = call.luck
        let id = luck.uuid()
        let deployment = made.deployment
        let choices = call.document.choices
        if call.caller.key == nil, choices == 1, !call.crossOrigin, made.retries == 0, made.fallbacks == 0,
            call.bodyModel == deployment.name, call.document["mock_response"] == nil, !settings.proxy.caches,
            call.document["api_key"] == nil,
            call.document["custom_llm_provider"] == nil
        {
            let answer = mocks[deployment.index] ?? MockAnswer(deployment, text: text)
            mocks[deployment.index] = answer
            call.direction.charge?(MockAnswer.promptTokens + MockAnswer.completionTokens)
            return answer.reply(
                id: id, callID: call.id, created: call.now.wholeSeconds,
                milliseconds: (environment.loop.clock.now - call.started) / .milliseconds(1))
        }
        // A key with a budget has its prompts counted; nobody else has.
        let hasBudget = call.caller.key.map { keys.entries[$0].key.maxBudget != nil } ?? false
        let prompt =
            hasBudget && deployment.known != nil
            ? TokenCount.of(messages: call.document["messages"]?.array ?? []) : MockAnswer.promptTokens
        var body: [UInt8] = []
        MockAnswer.write(
            id: id, created: call.now.wholeSeconds, model: call.bodyModel ?? deployment.name, text: text,
            toolCalls: call.document["mock_response"] == nil ? deployment.mockToolCalls : [], choices: choices,
            prompt: prompt, into: &body)
        let cost = Cost(prompt: prompt, completion: MockAnswer.completionTokens, of: deployment.known)
        let fields = successFields(.chat, call, made, cost: cost)
        settle(call, used: prompt + MockAnswer.completionTokens, cost: cost)
        remember(body, call, made, isMock: true)
        return .json(body, fields: fields, crossOrigin: call.crossOrigin)
    }

    private func upstreamReply(_ call: Call, _ made: Made, _ reached: Reached) async -> Reply {
        let deployment = made.deployment
        let request = ChatRequest(call.document)
        let answer = compose(request, call, deployment, reached)
        await generate(answer.usage.completion, call, made)
        let form: ChatAnswer.Form =
            deployment.isAnthropic
            ? .anthropic
            : deployment.isBridged ? .bridged : deployment.provider == "text-completion-openai" ? .bare : .openAI
        let cost = Cost(prompt: answer.usage.prompt, completion: answer.usage.completion, of: deployment.known)
        let shape: HeadShape = form == .bare ? .textCompletion : form == .bridged ? .responses : .chat
        let fields = successFields(shape, call, made, cost: cost)
        settle(call, used: answer.usage.total, cost: cost)
        let shown = made.fallbacks > 0 ? nil : call.bodyModel
        guard settings.proxy.caches else {
            return .json(fields: fields, crossOrigin: call.crossOrigin) { answer.bytes(shown: shown, form: form) }
        }
        let body = answer.bytes(shown: shown, form: form)
        remember(body, call, made, isMock: false)
        return .json(body, fields: fields, crossOrigin: call.crossOrigin)
    }

    /// The answer of a deployment's upstream to a chat request, in the dialect of its provider.
    func compose(_ request: ChatRequest, _ call: Call, _ deployment: Deployment, _ reached: Reached) -> ChatAnswer {
        var answer = ChatComposer(
            upstream: reached.upstream, behaviour: reached.behaviour, model: deployment.upstreamModel,
            answers: answers(of: deployment, to: call), now: call.now,
            words: environment.random("chat", deployment.upstreamModel, request.lastText)
        ).answer(to: request, luck: call.luck)
        guard deployment.isAnthropic || deployment.isBridged || deployment.provider == "text-completion-openai" else {
            return answer
        }
        var luck = call.luck
        answer.fingerprint = nil
        answer.serviceTier = nil
        answer.created = call.now.wholeSeconds
        let kind = deployment.isAnthropic ? "message" : deployment.isBridged ? "response" : "completion"
        let script = reached.upstream.answers[kind]
        if let text = script?["text"]?.string ?? script?["pieces"]?.array?.compactMap(\.string).joined() {
            answer.choices[0].wording = Wording(text, pieces: script?["pieces"]?.array?.compactMap(\.string) ?? [])
        }
        if deployment.isAnthropic {
            answer.id = "chatcmpl-" + luck.uuid()
            let prompt = script?["input_tokens"]?.int ?? answer.usage.prompt
            let completion = script?["output_tokens"]?.int ?? answer.usage.completion
            answer.usage = Usage(
                prompt: prompt, completion: completion,
                completionDetails: ["reasoning_tokens": 0, "text_tokens": .int(completion)],
                promptDetails: [
                    "cache_write_tokens": 0, "cached_tokens": 0, "text_tokens": .int(prompt),
                    "cache_creation_tokens": 0,
                ], isAnthropic: true)
        } else if deployment.isBridged {
            answer.id = script?["id"]?.string ?? "resp_" + luck.hex(48)
            answer.usage = Usage(
                prompt: script?["input_tokens"]?.int ?? answer.usage.prompt,
                completion: script?["output_tokens"]?.int ?? answer.usage.completion,
                completionDetails: ["reasoning_tokens": 0], promptDetails: ["cached_tokens": 0])
        } else {
            answer.id = script?["id"]?.string ?? answer.id
            answer.choices[0].finish = script?["finish_reason"]?.string ?? "stop"
            answer.usage = Usage(
                prompt: script?["prompt_tokens"]?.int ?? answer.usage.prompt,
                completion: script?["completion_tokens"]?.int ?? answer.usage.completion)
        }
        return answer
    }
}
