internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// Streamed chat completions (section 9 of the protocol).
extension FakeLiteLLM {
    /// A mock's stream: all chunks at once, in pieces of three characters.
    func mockStream(_ call: Call, _ made: Made, _ text: String) -> Reply {
        var luck = call.luck
        let request = ChatRequest(call.document)
        let stream = MockStream(
            id: luck.uuid(), created: call.now.wholeSeconds, model: call.bodyModel ?? made.deployment.name, text: text,
            choices: request.choices,
            usage: request.includesUsage && !text.isEmpty
                ? MockStream.usage(
                    prompt: TokenCount.of(messages: request.messages), text: text, choices: request.choices,
                    of: made.deployment) : nil,
            tellsUsage: request.includesUsage)
        let fields = successFields(.chatStream, call, made)
        let used = MockAnswer.promptTokens + MockAnswer.completionTokens
        rememberStream(
            .stream(id: stream.id, created: stream.created, fingerprint: nil, text: text, isMock: true), call, made)
        return .events(fields, crossOrigin: call.crossOrigin) { writer in
            do {
                try await stream.write(to: writer)
            } catch {
                await self.settleIfKeyed(call, used: used)
                throw error
            }
            await self.settleIfKeyed(call, used: used)
        }
    }

    /// Settles a stream's call; a caller without a key has nothing to settle, unless a scenario counts.
    nonisolated func settleIfKeyed(_ call: Call, used: Int, cost: Cost = .nothing) async {
        if call.caller.key != nil || call.direction.charge != nil { await settle(call, used: used, cost: cost) }
    }

    /// An upstream's stream, relayed chunk by chunk.
    func upstreamStream(_ call: Call, _ made: Made, _ reached: Reached) -> Reply {
        let deployment = made.deployment
        let request = ChatRequest(call.document)
        let fields = successFields(.chatStream, call, made)
        if reached.isGarbage {
            var luck = call.luck
            let stream = MockStream(
                id: luck.uuid(), created: call.now.wholeSeconds, model: call.bodyModel ?? deployment.name, text: "",
                choices: 1, usage: nil, tellsUsage: false)
            return .events(fields, crossOrigin: call.crossOrigin) { try await stream.write(to: $0) }
        }
        let answer = compose(request, call, deployment, reached)
        if deployment.isAnthropic, answer.choices[0].toolCalls.isEmpty {
            return translatedStream(
                call, made, answer, pace: pace(reached, call, deployment), broken: StreamBreak(call, deployment))
        }
        let cost = Cost(prompt: answer.usage.prompt, completion: answer.usage.completion, of: deployment.known)
        let pace = pace(reached, call, deployment)
        var streamBreak = reached.behaviour.streamBreak
        if let broken = StreamBreak(call, deployment) {
            let choice = answer.choices[0]
            let after = broken.pieces(
                of: choice.wording?.tokens ?? 0, before: 1 + choice.reasoning.count, eventsEach: answer.choices.count)
            streamBreak = UpstreamBehaviour.Break(kind: .error(broken.message), after: after)
        }
        let stream = UpstreamStream(
            answer: answer, created: call.now.wholeSeconds,
            model: made.fallbacks > 0 ? made.group : call.bodyModel ?? answer.model,
            includesUsage: request.includesUsage, streamBreak: streamBreak,
            failure: streamBreak.map { breakFailure($0.kind, deployment, cameLate: true) },
            patience: reached.patience, pace: pace, environment: environment)
        if let text = answer.choices[0].text, streamBreak == nil {
            rememberStream(
                .stream(
                    id: answer.id, created: stream.created, fingerprint: answer.fingerprint, text: text, isMock: false),
                call, made)
        }
        return .events(fields, crossOrigin: call.crossOrigin) { writer in
            do {
                try await pace.answer(in: stream.environment) { try await stream.write(to: writer) }
            } catch {
                await self.settleIfKeyed(call, used: answer.usage.total, cost: cost)
                throw error
            }
            await self.settleIfKeyed(call, used: answer.usage.total, cost: cost)
        }
    }

    /// Anthropic's stream, translated: the chunks are litellm's own, as a mock's are.
    private func translatedStream(
        _ call: Call, _ made: Made, _ answer: ChatAnswer, pace: TokenPace, broken: StreamBreak?
    ) -> Reply {
        let includesUsage = ChatRequest(call.document).includesUsage
        var usage: [UInt8] = []
        answer.usage.write(into: &usage)
        var stream = MockStream(
            id: String(answer.id.dropFirst("chatcmpl-".count)), created: call.now.wholeSeconds,
            model: made.fallbacks > 0 ? made.group : call.bodyModel ?? made.deployment.name, text: "", choices: 1,
            usage: includesUsage ? usage : nil, tellsUsage: includesUsage,
            pieces: answer.choices[0].pieces?.map { $0[...] } ?? [], finish: answer.choices[0].finish,
            pace: pace, environment: environment)
        stream.breakOff(broken)
        let cost = Cost(prompt: answer.usage.prompt, completion: answer.usage.completion, of: made.deployment.known)
        return .events(successFields(.chatStream, call, made), crossOrigin: call.crossOrigin) {
            [stream, environment] writer in
            do {
                try await pace.answer(in: environment) { try await stream.write(to: writer) }
            } catch {
                await self.settleIfKeyed(call, used: answer.usage.total, cost: cost)
                throw error
            }
            await self.settleIfKeyed(call, used: answer.usage.total, cost: cost)
        }
    }

    /// How fast an answer's tokens come: as an upstream's description says, or else as the configuration does.
    func pace(_ reached: Reached, _ call: Call, _ deployment: Deployment) -> TokenPace {
        var pace = ownPace(call, deployment)
        if let seconds = reached.behaviour.betweenTokens ?? reached.upstream.betweenTokens {
            pace.between = .seconds(seconds)
            pace.tempo = nil
        }
        pace.stepDelay = call.direction.stepDelay
        return pace
    }

    /// How fast a deployment is by itself.
    private func ownPace(_ call: Call, _ deployment: Deployment) -> TokenPace {
        let pacing = pacing(of: deployment, for: call)
        if case (.fixed(let first), .fixed(let between), nil) = (pacing.firstToken, pacing.betweenTokens, pacing.atOnce)
        {
            return TokenPace(first: first, between: between)
        }
        let crowd = crowds[deployment.index] ?? Crowd()
        crowds[deployment.index] = crowd
        var luck = call.luck
        return TokenPace(tempo: Tempo(pacing, among: crowd, luck: SeededRandom(seed: luck.next(), "pace")))
    }

    /// Waits as long as the deployment takes for so many tokens, which are then sent at once.
    func generate(_ tokens: Int, _ call: Call, _ made: Made) async {
        let pace = ownPace(call, made.deployment)
        if !pace.isImmediate { await pace.waitForAll(tokens, in: environment) }
    }

    /// What a broken stream is told as.
    func breakFailure(_ kind: UpstreamBehaviour.Break.Kind, _ deployment: Deployment, cameLate: Bool) -> CallFailure {
        let text: String
        switch kind {
        case .error(let message): text = message
        case .drop: text = "Connection error."
        case .end: text = "Stream ended before a finish_reason was received"
        case .garbage(let line): text = CallFailure.pythonJSONError(line)
        case .stall:
            return CallFailure(
                .timeout, status: 408, "APITimeoutError - Request timed out. Error_str: Request timed out.")
        }
        var failure = CallFailure(.connection, status: 500, provider: deployment.exceptionName, text)
        failure.cameLate = cameLate
        return failure
    }
}

/// The chunks of a mock.
struct MockStream: Sendable {
    let id: String
    let created: Int
    let model: String
    let text: String
    let choices: Int
    /// `"usage":{…}`, where the text has any.
    let usage: [UInt8]?
    /// Whether the chunk for the usage comes.
    let tellsUsage: Bool
    /// The pieces, where they are not those of three characters.
    var pieces: [Substring]?
    var finish = "stop"
    var pace = TokenPace()
    var environment: FakeEnvironment?
    /// What is told behind so many pieces, in place of the rest.
    var failure: CallFailure?

    mutating func breakOff(_ broken: StreamBreak?) {
        guard let broken else { return }
        let all = pieces ?? text.mockPieces
        pieces = Array(all.prefix(max(1, broken.pieces(of: all.count, before: 0))))
        failure = broken.chat
    }

    /// Real counts, unlike those of a whole answer, and what they cost.
    static func usage(prompt: Int, text: String, choices: Int, of deployment: Deployment) -> [UInt8] {
        let completion = TokenCount.of(text) * max(1, choices)
        var output: [UInt8] = []
        Usage(
            prompt: prompt, completion: completion,
            completionDetails: ["reasoning_tokens": 0, "text_tokens": .int(completion)]
        ).write(into: &output)
        if deployment.known != nil {
            output.removeLast()
            output.add(#","cost":"#)
            output.add(Cost(prompt: prompt, completion: completion, of: deployment.known).total.orjsonSpelling)
            output.add("}")
        }
        return output
    }

    func write(to writer: ResponseWriter) async throws {
        if choices > 1 {
            try await writeSeveral(to: writer)
        } else if choices == 1 {
            try await writeOne(to: writer)
        }
        if let failure {
            try await writer.write(EventLine.error(failure))
            return try await writer.write(EventLine.done)
        }
        var last: [UInt8] = []
        start(&last)
        last.add(#"[{"index":0,"delta":{},"finish_reason":""#)
        last.add(finish)
        last.add("\"}]}")
        last.add("\n\n")
        try await writer.write(last)
        if tellsUsage {
            last = []
            startUpstreamLike(&last)
            last.add("[]")
            if let usage {
                last.add(",")
                last.append(contentsOf: usage)
            }
            last.add("}\n\n")
            try await writer.write(last)
        }
        try await writer.write(EventLine.done)
    }

    private func writeOne(to writer: ResponseWriter) async throws {
        var prefix: [UInt8] = []
        start(&prefix)
        prefix.add(#"[{"index":0,"delta":{"#)
        let line = EventLine(prefix: prefix)
        let pieces = pieces ?? text.mockPieces
        try await pace.write(pieces.count, to: writer, in: environment) { number, output in
            line.add(to: &output) { output in
                output.add(number == 0 ? #""role":"assistant","content":"# : #""content":"#)
                output.add(quotedPiece: pieces[number])
                output.add("}}]}")
            }
        }
    }

    /// All choices in each chunk; those behind the first say their role every time.
    private func writeSeveral(to writer: ResponseWriter) async throws {
        var prefix: [UInt8] = []
        startUpstreamLike(&prefix)
        prefix.add("[")
        let line = EventLine(prefix: prefix)
        var isFirst = true
        for piece in text.mockPieces {
            let tellsRole = isFirst
            isFirst = false
            try await writer.write(
                line.event { output in
                    for index in 0..<choices {
                        if index > 0 { output.add(",") }
                        output.add(#"{"index":"#)
                        output.add(index)
                        output.add(#","delta":{"content":"#)
                        output.add(quotedPiece: piece)
                        if tellsRole || index > 0 { output.add(#","role":"assistant""#) }
                        output.add("}}")
                    }
                    output.add("]}")
                })
        }
    }

    private func start(_ output: inout [UInt8]) {
        output.add(#"data: {"id":"chatcmpl-"#)
        output.add(id)
        output.add(#"","object":"chat.completion.chunk","created":"#)
        output.add(created)
        output.add(#","model":"#)
        output.add(quoted: model)
        output.add(#","choices":"#)
    }

    private func startUpstreamLike(_ output: inout [UInt8]) {
        output.add(#"data: {"id":"chatcmpl-"#)
        output.add(id)
        output.add(#"","created":"#)
        output.add(created)
        output.add(#","model":"#)
        output.add(quoted: model)
        output.add(#","object":"chat.completion.chunk","choices":"#)
    }
}
