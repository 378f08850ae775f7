internal import Fakes
internal import JSONTree
internal import Scenarios

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
        let generated = generated(request, words: &words)
        choice.pieces = generated.pieces
        choice.whole = generated.text.map { String(utf8: $0) }
        choice.finish = generated.finish
        choice.streamFinish = generated.finish
        return choice
    }

    /// The answer in pieces, and in one where that is at hand.
    private func generated(
        _ request: ChatRequest, words: inout SeededRandom
    ) -> (pieces: [String], text: [UInt8]?, finish: String) {
        if request.format != nil {
            var sample = SchemaSample(request.schema ?? Self.plainSchema, luck: words)
            return (Prose.pieces(of: sample.value().text()), nil, "stop")
        }
        let pieces: [String]
        var text: [UInt8]?
        switch answers {
        case .sentences:
            var prose = Prose(SeededRandom(seed: words.next(), parts: [model, request.lastText]))
            (pieces, text) = prose.passage()
        case .echo: pieces = Prose.pieces(of: request.lastText)
        case .fixed(let answer): pieces = Prose.pieces(of: answer)
        }
        return Self.bounded(pieces, text: text, stops: request.stops, limit: request.maxTokens)
    }

    /// Cuts pieces, and the text that they make where it is at hand, at the first stop sequence and at the greatest
    /// number of tokens.
    static func bounded(
        _ pieces: [String], text: [UInt8]? = nil, stops: [String], limit: Int?
    ) -> (pieces: [String], text: [UInt8]?, finish: String) {
        var pieces = pieces
        var text = text
        if !stops.isEmpty {
            let whole = text ?? pieces.joinedBytes
            if let end = stops.compactMap({ place(of: Array($0.utf8), in: whole) }).min() {
                text = Array(whole[..<end])
                pieces = Prose.pieces(of: String(decoding: whole[..<end], as: UTF8.self))
            }
        }
        guard let limit, limit > 0, pieces.count > limit else { return (pieces, text, "stop") }
        pieces.removeLast(pieces.count - limit)
        let length = pieces.reduce(0) { $0 + $1.utf8.count }
        return (pieces, text.map { Array($0.prefix(length)) }, "length")
    }

    /// Where a stop sequence begins. Bytes are compared, not characters: a line feed stops a CRLF, too.
    private static func place(of stop: [UInt8], in text: [UInt8]) -> Int? {
        guard let first = stop.first, stop.count <= text.count else { return nil }
        var start = 0
        while start <= text.count - stop.count {
            if text[start] == first, text[start..<start + stop.count].elementsEqual(stop) { return start }
            start += 1
        }
        return nil
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
