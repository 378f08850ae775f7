internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// `POST /queue/chat/completions`: the same answers with every null in place, and hardly a header.
extension FakeLiteLLM {
    func queue(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        guard let messages = call.document["messages"], !messages.isNull else {
            throw ProxyError(
                400, "PythonCore.schedule_acompletion() missing 1 required positional argument: 'messages'")
        }
        guard let priority = call.document["priority"]?.int else {
            throw ProxyError(
                400,
                "litellm.BadRequestError: priority is required to queue a request, send one or set "
                    + "router_settings.default_priority",
                param: "priority")
        }
        return try await limited(call, route: .bare) { (call) throws(ProxyError) in
            guard let group = call.group, self.router.knows(group), call.trouble != .modelNotFound else {
                let name = call.shownGroup
                throw ProxyError(
                    400,
                    "litellm.BadRequestError: You passed in model=\(name). There are no healthy deployments for this model"
                        + "\n\nLiteLLM: model group '\(name)' failed with the error above. No fallback was attempted.")
            }
            let (outcome, made) = try await self.attempt(
                call, route: .bare, style: .chat
            ) { (deployment) throws(CallFailure) in
                try await self.outcome(of: deployment, call, style: .chat, streams: call.streams)
            }
            let fields: HeaderFields = ["x-litellm-priority": String(priority)]
            return self.queueReply(call, made, outcome, fields)
        }
    }

    private func queueReply(_ call: Call, _ made: Made, _ outcome: ChatOutcome, _ fields: HeaderFields) -> Reply {
        if call.streams {
            let reply =
                switch outcome {
                case .mock(let text): mockStream(call, made, text)
                case .upstream(let reached): upstreamStream(call, made, reached)
                }
            var headers = fields
            headers.append("content-type", "text/event-stream; charset=utf-8")
            headers.close(crossOrigin: call.crossOrigin)
            return Reply(headers: headers, body: reply.body)
        }
        var body: [UInt8] = []
        switch outcome {
        case .mock(let text):
            var luck = call.luck
            MockAnswer.write(
                id: luck.uuid(), created: call.now.wholeSeconds, model: call.bodyModel ?? made.deployment.name,
                text: text,
                toolCalls: made.deployment.mockToolCalls, choices: call.document.choices,
                prompt: MockAnswer.promptTokens, keepsNulls: true, into: &body)
        case .upstream(let reached):
            let answer = compose(ChatRequest(call.document), call, made.deployment, reached)
            answer.write(into: &body, shown: nil, form: .full)
        }
        settle(call, used: 0, cost: .nothing)
        return .json(body, fields: fields, crossOrigin: call.crossOrigin)
    }
}
