internal import Encodings
internal import JSONTree

/// The proxy's spelling of an upstream's answer: litellm rebuilds it, in an order of its own.
extension ChatAnswer {
    /// Which members are there.
    enum Form: Sendable {
        /// An OpenAI-compatible upstream: its own nulls stay.
        case openAI
        /// Anthropic's, translated.
        case anthropic
        /// One of the Responses API.
        case bridged
        /// A text completion's, dressed up as chat.
        case bare
        /// `/queue`: every null stays.
        case full
    }

    /// The whole answer.
    func bytes(shown: String?, form: Form) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        write(into: &bytes, shown: shown, form: form)
        return bytes
    }

    /// Writes the whole answer.
    ///
    /// - Parameter shown: the name that the client asked for; nil shows the upstream's.
    func write(into output: inout [UInt8], shown: String?, form: Form) {
        output.add(#"{"id":"#)
        output.add(quoted: id)
        output.add(#","created":"#)
        output.add(created)
        output.add(#","model":"#)
        output.add(quoted: shown ?? model)
        output.add(#","object":"chat.completion""#)
        if fingerprint != nil || form == .full {
            output.add(#","system_fingerprint":"#)
            output.add(quoted: fingerprint)
        }
        output.add(#","choices":["#)
        for (index, choice) in choices.enumerated() {
            if index > 0 { output.add(",") }
            write(choice, at: index, into: &output, form: form)
        }
        output.add("],")
        usage.write(into: &output, keepsNulls: form == .full)
        if let serviceTier {
            output.add(#","service_tier":"#)
            output.add(quoted: serviceTier)
        }
        output.add("}")
    }

    private func write(_ choice: Choice, at index: Int, into output: inout [UInt8], form: Form) {
        output.add(#"{"finish_reason":"#)
        output.add(quoted: choice.finish)
        output.add(#","index":"#)
        output.add(index)
        output.add(#","message":{"#)
        let text = choice.text
        let hasText = text != nil
        if let text {
            output.add(#""content":"#)
            output.add(quoted: text)
            output.add(",")
        }
        output.add(#""role":"assistant""#)
        if !choice.toolCalls.isEmpty {
            output.add(#","tool_calls":"#)
            output.add(toolCalls: choice.toolCalls)
        } else if form == .full {
            output.add(#","tool_calls":null"#)
        }
        if form == .full { output.add(#","function_call":null,"provider_specific_fields":null"#) }
        if !choice.reasoning.isEmpty {
            output.add(#","reasoning_content":"#)
            output.add(quoted: choice.reasoning.joined())
        }
        switch form {
        case .openAI, .full:
            output.add(#","annotations":[]"#)
            if !hasText { output.add(#","content":null"#) }
            output.add(#","refusal":null"#)
        case .anthropic: output.add(#","provider_specific_fields":{"citations":null,"thinking_blocks":null}"#)
        case .bridged:
            output.add(
                #","provider_specific_fields":{"openai_responses_replay":{"version":1,"items":[{"type":"message","parts":["#
            )
            output.add(text?.utf8.count ?? 0)
            output.add(#"]}],"checksum":""#)
            output.add(SHA256.hex(text ?? ""))
            output.add(#""}}"#)
        case .bare: break
        }
        output.add("}")
        if form == .openAI || form == .full {
            if let logprobs = logprobs(of: choice) {
                output.add(#","logprobs":"#)
                output.add(logprobs)
                output.add(#","provider_specific_fields":{}"#)
            } else {
                output.add(#","provider_specific_fields":{},"logprobs":null"#)
            }
        }
        output.add("}")
    }

    private func logprobs(of choice: Choice) -> JSON? {
        guard let tops = wantedLogprobs else { return nil }
        return ["content": .array((choice.pieces ?? []).map { Self.logprob($0, logprob, tops: tops) })]
    }

    /// One token with its probability, and itself as its own alternative.
    static func logprob(_ token: String, _ value: Double, tops: Int) -> JSON {
        let bytes = JSON.array(token.utf8.map { .int(Int($0)) })
        let itself: JSON = ["token": .string(token), "bytes": bytes, "logprob": .double(value)]
        var whole = itself
        whole["top_logprobs"] = tops > 0 ? [itself] : []
        return whole
    }
}

extension [UInt8] {
    /// `[{"function":{"arguments":…,"name":…},"id":…,"type":"function"}]`.
    mutating func add(toolCalls: [ToolCall]) {
        add("[")
        for (index, call) in toolCalls.enumerated() {
            if index > 0 { add(",") }
            add(#"{"function":{"arguments":"#)
            add(quoted: call.arguments)
            add(#","name":"#)
            add(quoted: call.name)
            add(#"},"id":"#)
            add(quoted: call.id)
            add(#","type":"function"}"#)
        }
        add("]")
    }
}
