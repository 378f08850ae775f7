internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// `POST /v1/completions` and its aliases (section 6).
extension FakeLiteLLM {
    private static let path = "/completions"

    func completion(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        var call = try await begin(exchange, visit)
        if settings.acceptsMessagesAsPrompt, call.document["prompt"] == nil,
            let messages = call.document["messages"]?.array
        {
            // The story's client posts a chat here; the real proxy would miss the prompt.
            call.document["prompt"] = .string(
                messages.compactMap { $0["content"]?.string }.joined(separator: "\n"))
        }
        try require("prompt", in: call, route: .terse, path: Self.path)
        return try await limited(call, route: .terse) { (call) throws(ProxyError) in
            try self.requireModel(call, route: .terse, path: Self.path)
            try self.refuseMockTesting(call, route: .terse)
            if !call.streams, let hit = self.cached(call, shape: .textCompletion, route: "completion") { return hit }
            let (outcome, made) = try await self.attempt(
                call, route: .terse, style: .text
            ) { (deployment) throws(CallFailure) in
                if let failure = Self.unmapped(call.document["prompt"], deployment) { throw failure }
                return try await self.completionOutcome(of: deployment, call)
            }
            return try await self.completionReply(call, made, outcome)
        }
    }

    /// On a stream, an upstream's failure is told by the stream's wrapper, which knows of no model group.
    private enum Outcome: Sendable {
        case chat(ChatOutcome)
        case late(CallFailure)
    }

    private func completionOutcome(of deployment: Deployment, _ call: Call) async throws(CallFailure) -> Outcome {
        do throws(CallFailure) {
            return .chat(
                try await outcome(of: deployment, call, style: call.streams ? .chat : .text, streams: call.streams))
        } catch {
            guard call.streams else { throw error }
            if isMocked(deployment, call) || !call.isDirected && clientMock(call) != nil, !error.cameLate {
                throw error
            }
            var late = error
            if late.text.hasSuffix("Connection error.") {
                late = CallFailure(.connection, status: 500, provider: deployment.exceptionName, "Connection error.")
            }
            return .late(late)
        }
    }

    private func completionReply(
        _ call: Call, _ made: Made, _ outcome: Outcome
    ) async throws(ProxyError) -> Reply {
        let deployment = made.deployment
        switch outcome {
        case .late(let failure):
            let prefix = failure.cameLate ? "litellm.MidStreamFallbackError: " : ""
            throw ProxyError(
                failure.status, prefix + failure.bareMessage, fields: successFields(.completionStream, call, made))
        case .chat(.mock(let text)):
            var luck = call.luck
            let answer = TextAnswer(
                id: "chatcmpl-" + luck.uuid(), created: call.now.wholeSeconds,
                wording: Wording(text, pieces: text.mockPieces.map { String($0) }), finish: "stop",
                choices: call.document.choices,
                usage: Usage(prompt: MockAnswer.promptTokens, completion: MockAnswer.completionTokens))
            if call.streams { return completionStream(call, made, answer, isMock: true) }
            let cost = Cost(prompt: answer.usage.prompt, completion: answer.usage.completion, of: deployment.known)
            return whole(answer, call, made, shape: .textCompletion, cost: cost)
        case .chat(.upstream(let reached)):
            var made = made
            made.upstreamFields = reached.fields
            let answer = textAnswer(call, deployment, reached)
            if call.streams {
                return completionStream(
                    call, made, answer, isMock: false, pace: pace(reached, call, deployment),
                    broken: StreamBreak(call, deployment))
            }
            await generate(answer.usage.completion, call, made)
            let cost = Cost(prompt: answer.usage.prompt, completion: answer.usage.completion, of: deployment.known)
            let shape: HeadShape =
                deployment.isAnthropic
                ? .chat
                : deployment.provider == "openai" && router.isShared(deployment) ? .chatCompletion : .textCompletion
            return whole(answer, call, made, shape: shape, cost: cost)
        }
    }

    private func whole(_ answer: TextAnswer, _ call: Call, _ made: Made, shape: HeadShape, cost: Cost) -> Reply {
        var body: [UInt8] = []
        answer.write(
            into: &body, shown: made.fallbacks > 0 ? nil : call.bodyModel ?? answer.model ?? made.deployment.name)
        let fields = successFields(shape, call, made, cost: cost)
        settle(call, used: answer.usage.total, cost: cost)
        remember(body, call, made, isMock: false, route: "completion")
        return .json(body, fields: fields, crossOrigin: call.crossOrigin)
    }

    /// An upstream's completion: one choice for each prompt and each of `n`.
    private func textAnswer(_ call: Call, _ deployment: Deployment, _ reached: Reached) -> TextAnswer {
        if deployment.isAnthropic {
            let chat = compose(ChatRequest(call.document), call, deployment, reached)
            return TextAnswer(
                id: chat.id, created: chat.created, wording: chat.choices[0].wording ?? Wording(""),
                finish: chat.choices[0].finish, choices: 1, usage: chat.usage)
        }
        var luck = call.luck
        let script = reached.upstream.answers["completion"]
        let prompt = call.document["prompt"]
        let prompts =
            prompt?.array.map { $0.first.map { $0.string != nil || $0.array != nil } ?? false ? $0.count : 1 } ?? 1
        // OpenAI takes no more than 2,048 prompts; the same bound holds the answer's size.
        let count = min(prompts, 2048) * max(1, call.document.choices)
        if let script {
            let pieces = script["pieces"]?.array?.compactMap(\.string) ?? []
            return TextAnswer(
                id: script["id"]?.string ?? "cmpl-1", created: script["created"]?.int ?? call.now.wholeSeconds,
                wording: Wording(pieces.joined(), pieces: pieces),
                finish: script["finish_reason"]?.string ?? "stop", choices: count,
                usage: Usage(
                    prompt: script["prompt_tokens"]?.int ?? 0, completion: script["completion_tokens"]?.int ?? 0),
                model: script["model"]?.string?.replacing("{model}", with: deployment.upstreamModel),
                fingerprint: script["system_fingerprint"]?.string,
                logprobs: call.document["logprobs"]?.isTruthy == true ? script["logprobs"] : nil)
        }
        let text = prompt?.string ?? prompt?.array?.compactMap(\.string).last ?? ""
        let request = ChatRequest(call.document)
        // The legacy endpoint says 16 tokens when nobody says anything; the proxy's chat providers do not.
        let (wording, finish) = answers(of: deployment, to: call)
            .wording(
                on: text,
                in: Conversation([["role": "user", "content": .string(text)]], model: deployment.upstreamModel),
                luck: environment.random("completion", deployment.upstreamModel, text))
            .bounded(stops: request.stops, limit: request.maxTokens)
        return TextAnswer(
            id: "cmpl-" + ChatComposer.token(29, &luck), created: call.now.wholeSeconds, wording: wording,
            finish: finish, choices: count,
            usage: Usage(prompt: TokenCount.of(text), completion: wording.tokens * count),
            model: deployment.upstreamModel
        )
    }

    private func completionStream(
        _ call: Call, _ made: Made, _ answer: TextAnswer, isMock: Bool, pace: TokenPace = TokenPace(),
        broken: StreamBreak? = nil
    ) -> Reply {
        let fields = successFields(.completionStream, call, made)
        let request = ChatRequest(call.document)
        let cost = Cost(prompt: answer.usage.prompt, completion: answer.usage.completion, of: made.deployment.known)
        var usage: [UInt8]?
        if request.includesUsage {
            if isMock, !answer.wording.text.isEmpty {
                usage = MockStream.usage(
                    prompt: TokenCount.of(messages: [["role": "user", "content": call.document["prompt"] ?? ""]]),
                    text: answer.wording.text, choices: 1, of: made.deployment)
            } else if !isMock {
                var output: [UInt8] = []
                var told = answer.usage
                told.completionDetails = ["reasoning_tokens": 0, "text_tokens": .int(told.completion)]
                told.promptDetails = nil
                told.write(into: &output)
                usage = output
            }
        }
        var stream = TextStream(
            answer: answer, created: call.now.wholeSeconds, model: call.bodyModel ?? made.deployment.name, usage: usage,
            pace: pace, environment: environment)
        stream.breakOff(broken)
        return .events(fields, crossOrigin: call.crossOrigin) { [stream] writer in
            do {
                try await pace.answer(in: stream.environment) { try await stream.write(to: writer) }
            } catch {
                await self.settleIfKeyed(call, used: answer.usage.total, cost: cost)
                throw error
            }
            await self.settleIfKeyed(call, used: answer.usage.total, cost: cost)
        }
    }

    /// A prompt that is neither text nor a list.
    private static func unmapped(_ prompt: JSON?, _ deployment: Deployment) -> CallFailure? {
        guard deployment.isMock else { return nil }
        if prompt?.string != nil || prompt?.array?.isEmpty == false { return nil }
        return CallFailure(
            .connection, status: 500, provider: "OpenAIException",
            "Unmapped prompt format. Your prompt is neither a list of strings nor a string. "
                + "prompt=\((prompt ?? .null).pythonRepr). File an issue - https://github.com/BerriAI/litellm/issues")
    }
}

/// A text completion.
struct TextAnswer: Sendable {
    var id: String
    var created: Int
    var wording: Wording
    var finish: String
    var choices: Int
    var usage: Usage
    /// The upstream's own name of the model.
    var model: String?
    var fingerprint: String?
    var logprobs: JSON?

    func write(into output: inout [UInt8], shown: String?) {
        output.add(#"{"id":"#)
        output.add(quoted: id)
        output.add(#","object":"text_completion","created":"#)
        output.add(created)
        output.add(#","model":"#)
        output.add(quoted: shown ?? model ?? "")
        output.add(#","choices":["#)
        for index in 0..<choices {
            if index > 0 { output.add(",") }
            output.add(#"{"finish_reason":"#)
            output.add(quoted: finish)
            output.add(#","index":"#)
            output.add(index)
            output.add(#","text":"#)
            output.add(quoted: wording.text)
            output.add(#","logprobs":"#)
            output.add(logprobs ?? .null)
            output.add("}")
        }
        output.add("],")
        usage.write(into: &output, keepsNulls: true)
        if let fingerprint {
            output.add(#","system_fingerprint":"#)
            output.add(quoted: fingerprint)
        }
        output.add("}")
    }
}

/// The chunks of a text completion: of the first choice only, as the proxy relays them.
struct TextStream: Sendable {
    private(set) var answer: TextAnswer
    let created: Int
    let model: String
    let usage: [UInt8]?
    let pace: TokenPace
    let environment: FakeEnvironment
    /// What is told behind the pieces, in place of the rest.
    private(set) var failure: CallFailure?

    mutating func breakOff(_ broken: StreamBreak?) {
        guard let broken else { return }
        let all = answer.wording.pieces
        let pieces = Array(all.prefix(max(1, broken.pieces(of: all.count, before: 0))))
        answer.wording = Wording(pieces.joined(), pieces: pieces)
        failure = broken.completion
    }

    func write(to writer: ResponseWriter) async throws {
        var prefix: [UInt8] = []
        prefix.add(#"data: {"id":"#)
        prefix.add(quoted: answer.id)
        prefix.add(#","object":"text_completion","created":"#)
        prefix.add(created)
        prefix.add(#","model":"#)
        prefix.add(quoted: model)
        prefix.add(#","choices":["#)
        let line = EventLine(prefix: prefix)
        let pieces = answer.wording.pieces
        try await pace.write(pieces.count, to: writer, in: environment) { number, output in
            line.add(to: &output) { output in
                output.add(#"{"index":0,"text":"#)
                output.add(quotedPiece: pieces[number][...])
                output.add("}]}")
            }
        }
        if let failure {
            try await writer.write(EventLine.error(failure))
            return try await writer.write(EventLine.done)
        }
        try await writer.write(
            line.event { output in
                output.add(#"{"finish_reason":"#)
                output.add(quoted: answer.finish)
                output.add(#","index":0}]}"#)
            })
        if let usage {
            try await writer.write(
                line.event { output in
                    output.add("],")
                    output.append(contentsOf: usage)
                    output.add("}")
                })
        }
        try await writer.write(EventLine.done)
    }
}
