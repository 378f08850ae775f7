internal import Fakes
internal import JSONTree
internal import Scenarios

/// How a chat answer comes about: from the description where there is one, else from the seed and the request.
struct ChatComposer {
    let upstream: Upstream
    let behaviour: UpstreamBehaviour
    let model: String
    let answers: Answers
    let now: WallTime
    /// What the text follows from: the seed and the question, not how often it was asked.
    let words: SeededRandom

    /// Composes the answer to a request.
    ///
    /// - Parameter luck: of this one call, for what differs when the same is asked again: its ids.
    func answer(to request: ChatRequest, luck: SeededRandom) -> ChatAnswer {
        var luck = luck
        var words = words
        let script = upstream.answers["chat"] ?? [:]
        let count = max(1, request.choices)
        let choices = (0..<count).map { _ in choice(request, script: script, luck: &luck, words: &words) }
        return ChatAnswer(
            id: script["id"]?.string ?? "chatcmpl-" + Self.token(29, &luck),
            created: script["created"]?.int ?? now.wholeSeconds,
            model: script["model"]?.string?.replacing("{model}", with: model) ?? model,
            fingerprint: script["system_fingerprint"]?.string ?? "fp_" + luck.hex(10),
            serviceTier: script["service_tier"]?.string ?? "default",
            choices: choices, usage: usage(script["usage"], request, choices),
            wantedLogprobs: request.wantsLogprobs ? request.topLogprobs : nil,
            logprob: script["logprob"]?.double ?? -0.31)
    }

    private func choice(
        _ request: ChatRequest, script: JSON, luck: inout SeededRandom, words: inout SeededRandom
    ) -> ChatAnswer.Choice {
        var choice = ChatAnswer.Choice(reasoning: behaviour.reasoning)
        if let tool = behaviour.toolCall, !request.tools.isEmpty {
            choice.argumentPieces = tool["pieces"]?.array?.compactMap(\.string) ?? []
            choice.toolCalls = [
                ToolCall(
                    id: tool["id"]?.string ?? "call_1", name: tool["name"]?.string ?? "",
                    arguments: choice.argumentPieces.joined())
            ]
            choice.finish = "tool_calls"
            choice.streamFinish = "tool_calls"
            return choice
        }
        if let pieces = script["pieces"]?.array?.compactMap(\.string) {
            let json = script["json_pieces"]?.array?.compactMap(\.string)
            choice.wording =
                request.format == nil
                ? Wording(pieces.joined(), pieces: behaviour.pieces ?? pieces)
                : Wording((json ?? pieces).joined(), pieces: json ?? pieces)
            choice.finish = behaviour.finishReason ?? "stop"
            choice.streamFinish = behaviour.streamFinishReason ?? choice.finish
            return choice
        }
        if case .fixtures = answers {
            let conversation = Conversation(request.messages, model: model)
            if let fixture = answers.fixture(for: conversation) {
                return self.choice(by: fixture, in: conversation, request, luck: &luck)
            }
        }
        let tools = request.wantedTools
        if !tools.isEmpty {
            for tool in tools {
                var sample = SchemaSample(tool["function"]?["parameters"] ?? [:], luck: words)
                choice.toolCalls.append(
                    ToolCall(
                        id: "call_" + Self.token(24, &luck), name: tool["function"]?["name"]?.string ?? "",
                        arguments: sample.value().text()))
            }
            choice.argumentPieces = Wording.pieces(of: choice.toolCalls[0].arguments)
            choice.finish = "tool_calls"
            choice.streamFinish = "tool_calls"
            return choice
        }
        let (wording, finish) = generated(request, words: &words)
        choice.wording = wording
        choice.finish = finish
        choice.streamFinish = finish
        return choice
    }

    /// What a fixture has for the conversation, whatever the request asks for.
    private func choice(
        by fixture: Fixture, in conversation: Conversation, _ request: ChatRequest, luck: inout SeededRandom
    ) -> ChatAnswer.Choice {
        var choice = ChatAnswer.Choice()
        if let say = fixture.say {
            let (wording, finish) = Wording(say.filled(from: conversation))
                .bounded(stops: request.stops, limit: request.maxTokens)
            choice.wording = wording
            choice.finish = finish
        } else {
            choice.toolCalls = fixture.calls.map {
                ToolCall(id: "call_" + Self.token(24, &luck), name: $0.name, arguments: $0.arguments)
            }
            choice.argumentPieces = Wording.pieces(of: choice.toolCalls[0].arguments)
            choice.finish = "tool_calls"
        }
        choice.streamFinish = choice.finish
        return choice
    }

    private func generated(
        _ request: ChatRequest, words: inout SeededRandom
    ) -> (wording: Wording, finish: String) {
        if request.format != nil {
            var sample = SchemaSample(request.schema ?? Self.plainSchema, luck: words)
            return (Wording(sample.value().text()), "stop")
        }
        let text = request.lastText
        let luck = SeededRandom(seed: words.next(), parts: [model, text])
        return answers.wording(on: text, in: Conversation(request.messages, model: model), luck: luck)
            .bounded(stops: request.stops, limit: request.maxTokens)
    }

    private func usage(_ script: JSON?, _ request: ChatRequest, _ choices: [ChatAnswer.Choice]) -> Usage {
        if let script, let prompt = script["prompt_tokens"]?.int, let completion = script["completion_tokens"]?.int {
            return Usage(
                prompt: prompt, completion: completion, completionDetails: script["completion_tokens_details"],
                promptDetails: script["prompt_tokens_details"])
        }
        let completion = choices.reduce(0) { sum, choice in
            sum + (choice.wording?.tokens ?? 0) + choice.reasoning.count
                + choice.toolCalls.reduce(0) { $0 + TokenCount.of($1.arguments) + TokenCount.of($1.name) + 4 }
        }
        return Usage(
            prompt: TokenCount.of(messages: request.messages, tools: request.tools), completion: completion,
            completionDetails: Usage.zeroCompletionDetails, promptDetails: Usage.zeroPromptDetails)
    }

    private static let plainSchema: JSON = [
        "type": "object",
        "properties": ["answer": ["type": "string"], "confidence": ["type": "number", "maximum": 1]],
    ]

    /// Letters and digits, as OpenAI's ids have them.
    static func token(_ count: Int, _ luck: inout SeededRandom) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var token: [UInt8] = []
        token.reserveCapacity(count)
        for _ in 0..<count { token.append(letters[Int(luck.next() % UInt64(letters.count))]) }
        return String(utf8: token)
    }
}
