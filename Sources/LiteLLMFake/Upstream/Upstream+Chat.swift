internal import Fakes
internal import JSONTree

/// How a chat answer comes about: from the description where there is one, else from the seed and the request.
struct ChatComposer {
    let upstream: Upstream
    let behaviour: UpstreamBehaviour
    let model: String
    let answers: LiteLLMConfiguration.Answers
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
            choice.whole = (request.format == nil ? pieces : json ?? pieces).joined()
            choice.pieces = request.format == nil ? behaviour.pieces ?? pieces : json ?? pieces
            choice.finish = behaviour.finishReason ?? "stop"
            choice.streamFinish = behaviour.streamFinishReason ?? choice.finish
            return choice
        }
        if let tool = request.wantedTool {
            var sample = SchemaSample(tool["function"]?["parameters"] ?? [:], luck: words)
            let arguments = sample.value().text()
            choice.toolCalls = [
                ToolCall(
                    id: "call_" + Self.token(24, &luck), name: tool["function"]?["name"]?.string ?? "",
                    arguments: arguments)
            ]
            choice.argumentPieces = Prose.pieces(of: arguments)
            choice.finish = "tool_calls"
            choice.streamFinish = "tool_calls"
            return choice
        }
        let (pieces, finish) = generated(request, words: &words)
        choice.pieces = pieces
        choice.finish = finish
        choice.streamFinish = finish
        return choice
    }

    private func generated(_ request: ChatRequest, words: inout SeededRandom) -> (pieces: [String], finish: String) {
        if request.format != nil {
            var sample = SchemaSample(request.schema ?? Self.plainSchema, luck: words)
            return (Prose.pieces(of: sample.value().text()), "stop")
        }
        let text = request.lastText
        let pieces: [String]
        switch answers {
        case .sentences:
            var prose = Prose(SeededRandom(seed: words.next(), parts: [model, text]))
            pieces = prose.pieces()
        case .echo: pieces = Prose.pieces(of: text)
        case .fixed(let answer): pieces = Prose.pieces(of: answer)
        }
        return Self.bounded(pieces, stops: request.stops, limit: request.maxTokens)
    }

    /// Cuts pieces at the first stop sequence and at the greatest number of tokens.
    static func bounded(_ pieces: [String], stops: [String], limit: Int?) -> (pieces: [String], finish: String) {
        var pieces = pieces
        if !stops.isEmpty {
            let text = pieces.flatMap(\.utf8)
            if let end = stops.compactMap({ place(of: Array($0.utf8), in: text) }).min() {
                pieces = Prose.pieces(of: String(utf8: Array(text[..<end])))
            }
        }
        if let limit, limit > 0, pieces.count > limit { return (Array(pieces.prefix(limit)), "length") }
        return (pieces, "stop")
    }

    /// Where a stop sequence begins. Bytes are compared, not characters: a line feed stops a CRLF, too.
    private static func place(of stop: [UInt8], in text: [UInt8]) -> Int? {
        guard let first = stop.first, stop.count <= text.count else { return nil }
        return (0...text.count - stop.count).first { start in
            text[start] == first && text[start..<start + stop.count].elementsEqual(stop)
        }
    }

    private func usage(_ script: JSON?, _ request: ChatRequest, _ choices: [ChatAnswer.Choice]) -> Usage {
        if let script, let prompt = script["prompt_tokens"]?.int, let completion = script["completion_tokens"]?.int {
            return Usage(
                prompt: prompt, completion: completion, completionDetails: script["completion_tokens_details"],
                promptDetails: script["prompt_tokens_details"])
        }
        let completion = choices.reduce(0) { sum, choice in
            sum + (choice.pieces?.count ?? 0) + choice.reasoning.count
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
