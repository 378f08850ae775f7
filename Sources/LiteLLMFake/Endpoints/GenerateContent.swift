internal import Fakes
internal import JSONTree
internal import SocketServer

/// Google's `models/{model}:generateContent`, `:streamGenerateContent` and `:countTokens`.
extension FakeLiteLLM {
    func generateContent(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        if visit.request.path.hasSuffix(":countTokens") { return try googleCount(call) }
        let streams = visit.request.path.hasSuffix(":streamGenerateContent")
        return try await limited(call, route: .google) { (call) throws(ProxyError) in
            try self.requireModel(call, route: .google, path: "agenerate_content")
            let (outcome, made) = try await self.attempt(
                call, route: .google, style: .google
            ) { (deployment) throws(CallFailure) in
                try await self.outcome(of: deployment, call, style: .google, streams: streams)
            }
            return streams ? self.googleStream(call, made, outcome) : await self.googleReply(call, made, outcome)
        }
    }

    private func googleReply(_ call: Call, _ made: Made, _ outcome: ChatOutcome) async -> Reply {
        switch outcome {
        case .mock(let text):
            let usage = Usage(prompt: MockAnswer.promptTokens, completion: MockAnswer.completionTokens)
            let cost = Cost(prompt: usage.prompt, completion: usage.completion, of: made.deployment.known)
            let fields = successFields(.google, call, made, cost: cost)
            settle(call, used: usage.total, cost: cost)
            var answer: JSONObject = ["text": .string(text)]
            answer.merge(Self.content(text, finish: "STOP", usage: usage))
            return .json(JSON.object(answer).bytes(), fields: fields, crossOrigin: call.crossOrigin)
        case .upstream(let reached):
            let chat = compose(ChatRequest(call.document.chatOfGoogle), call, made.deployment, reached)
            await generate(chat.usage.completion, call, made)
            let fields = successFields(.googleUpstream, call, made)
            settle(call, used: chat.usage.total, cost: .nothing)
            let answer = Self.content(
                chat.choices[0].text ?? "", finish: Self.finish(chat.choices[0].finish), usage: chat.usage)
            return .json(JSON.object(answer).bytes(), fields: fields, crossOrigin: call.crossOrigin)
        }
    }

    private func googleStream(_ call: Call, _ made: Made, _ outcome: ChatOutcome) -> Reply {
        let fields = successFields(.googleUpstream, call, made)
        let pieces: [String]
        var finish = "STOP"
        let usage: Usage
        var pace = TokenPace()
        let request = ChatRequest(call.document.chatOfGoogle)
        switch outcome {
        case .mock(let text):
            pieces = text.mockPieces.map { String($0) }
            usage = Usage(prompt: TokenCount.of(messages: request.messages), completion: TokenCount.of(text))
        case .upstream(let reached):
            let chat = compose(request, call, made.deployment, reached)
            pieces = chat.choices[0].pieces ?? []
            finish = Self.finish(chat.choices[0].streamFinish)
            usage = chat.usage
            pace = self.pace(reached, call, made.deployment)
        }
        settle(call, used: usage.total, cost: .nothing)
        let events =
            pieces.map { JSON.object(Self.content($0, finish: nil, usage: nil)) }
            + [JSON.object(Self.content(nil, finish: finish, usage: usage))]
        return .events(fields, crossOrigin: call.crossOrigin) { [pace] writer in
            try await pace.answer(in: self.environment) {
                for (index, event) in events.enumerated() {
                    if index > 0, !pace.isNone { try await pace.wait(in: self.environment) }
                    try await writer.write(Array("data: ".utf8) + event.bytes(.python) + Array("\n\n".utf8))
                }
            }
        }
    }

    private static func content(_ text: String?, finish: String?, usage: Usage?) -> JSONObject {
        var content: JSONObject = [
            "candidates": [
                [
                    "content": ["parts": text.map { [["text": .string($0)]] } ?? [], "role": "model"],
                    "finishReason": finish.map { .string($0) } ?? .null, "index": 0, "safetyRatings": [],
                ]
            ]
        ]
        if let usage {
            content["usageMetadata"] = [
                "promptTokenCount": .int(usage.prompt), "candidatesTokenCount": .int(usage.completion),
                "totalTokenCount": .int(usage.total),
            ]
        }
        return content
    }

    private static func finish(_ reason: String) -> String { reason == "length" ? "MAX_TOKENS" : "STOP" }

    private func googleCount(_ call: Call) throws(ProxyError) -> Reply {
        if let deployment = likely(call), deployment.isMock {
            let error: JSON = [
                "error": [
                    "code": 401, "message": .string(Self.uncountable(deployment)), "status": "UNAUTHENTICATED",
                ]
            ]
            return .json(error.bytes(), status: 401, crossOrigin: call.crossOrigin)
        }
        let total = TokenCount.of(messages: ChatRequest(call.document.chatOfGoogle).messages)
        let answer: JSON = ["totalTokens": .int(total), "promptTokensDetails": []]
        return .json(answer.bytes(), crossOrigin: call.crossOrigin)
    }
}
