internal import JSONTree

/// A chat answer as an upstream gives it.
struct ChatAnswer: Sendable {
    /// One of the `n`.
    struct Choice: Sendable {
        /// What is said; nil when only tools are called.
        var wording: Wording?
        var reasoning: [String] = []
        var toolCalls: [ToolCall] = []
        /// The arguments of the first call in pieces.
        var argumentPieces: [String] = []
        var finish = "stop"
        var streamFinish = "stop"

        var text: String? { wording?.text }
        /// The text in the pieces in which a stream has it, cut anew each time.
        var pieces: [String]? { wording?.pieces }
    }

    var id: String
    var created: Int
    /// The upstream's own name of the model.
    var model: String
    var fingerprint: String?
    var serviceTier: String?
    var choices: [Choice]
    var usage: Usage
    /// How many alternatives each token has, where log probabilities are asked for.
    var wantedLogprobs: Int?
    /// The log probability of each token.
    var logprob: Double = -0.31
}

/// Tokens used.
struct Usage: Sendable {
    var prompt: Int
    var completion: Int
    var completionDetails: JSON?
    var promptDetails: JSON?
    /// Anthropic's own counts stand behind.
    var isAnthropic = false

    var total: Int { prompt + completion }

    /// Details with the members that litellm knows of besides.
    private static func withNulls(_ details: JSON, _ key: String) -> JSON {
        guard let known = details.object else { return details }
        let names =
            key == "completion"
            ? [
                "accepted_prediction_tokens", "audio_tokens", "reasoning_tokens", "rejected_prediction_tokens",
                "text_tokens", "image_tokens", "video_tokens",
            ]
            : [
                "audio_tokens", "cache_write_tokens", "cached_tokens", "image_tokens", "text_tokens", "video_tokens",
                "initial_prompt_tokens",
            ]
        var object = JSONObject()
        // Only a provider that writes a cache has a count for that.
        for name in names where name != "cache_write_tokens" || known[name] != nil {
            object[name] = known[name] ?? .null
        }
        for (name, value) in known where object[name] == nil { object[name] = value }
        return .object(object)
    }

    /// The details that OpenAI tells, all zero.
    static let zeroCompletionDetails: JSON = [
        "accepted_prediction_tokens": 0, "audio_tokens": 0, "reasoning_tokens": 0, "rejected_prediction_tokens": 0,
    ]
    static let zeroPromptDetails: JSON = ["audio_tokens": 0, "cached_tokens": 0]

    /// Writes `"usage":{…}` in litellm's order; missing details are left out, or null where `keepsNulls`.
    ///
    /// - Parameter total: what is told instead of the sum.
    func write(into output: inout [UInt8], total: Int? = nil, keepsNulls: Bool = false) {
        output.add(#""usage":{"completion_tokens":"#)
        output.add(completion)
        output.add(#","prompt_tokens":"#)
        output.add(prompt)
        output.add(#","total_tokens":"#)
        output.add(total ?? self.total)
        for (key, details) in [("completion", completionDetails), ("prompt", promptDetails)]
        where keepsNulls || details != nil {
            output.add(",\"")
            output.add(key)
            output.add("_tokens_details\":")
            output.add(keepsNulls ? details.map { Self.withNulls($0, key) } ?? .null : details ?? .null)
        }
        if isAnthropic {
            output.add(#","cache_creation_input_tokens":0,"cache_read_input_tokens":0"#)
            if keepsNulls { output.add(#","iterations":null,"inference_geo":null,"speed":null,"service_tier":null"#) }
        }
        output.add("}")
    }
}
