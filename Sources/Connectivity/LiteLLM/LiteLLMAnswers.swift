// What the proxy answers, read from JSON (protocols of LiteLLM, sections 6, 8, 9 and 10).

extension Completion {
    init(_ view: JSONView) throws(ConnectivityError) {
        id = try view.member("id").text
        model = try view.optional("model")?.text ?? ""
        var choices: [Choice] = []
        for choice in try view.member("choices").elements { choices.append(try Choice(choice)) }
        self.choices = choices
        usage = try view.optional("usage").map { (view) throws(ConnectivityError) in try TokenUsage(view) }
        json = view.value
    }
}

extension Completion.Choice {
    init(_ view: JSONView) throws(ConnectivityError) {
        index = try view.optional("index")?.integer ?? 0
        finishReason = try view.optional("finish_reason")?.text
        if let message = view.optional("message") {
            text = try message.optional("content")?.text ?? ""
            toolCalls = try message.optional("tool_calls")?.elements.map(\.value) ?? []
        } else {
            text = try view.member("text").text
            toolCalls = []
        }
    }
}

extension CompletionChunk {
    /// The pieces of one event: one for each choice in it, or one without any.
    static func list(_ view: JSONView) throws(ConnectivityError) -> [CompletionChunk] {
        let usage = try view.optional("usage").map { (view) throws(ConnectivityError) in try TokenUsage(view) }
        let choices = try view.member("choices").elements
        if choices.isEmpty {
            return [CompletionChunk(index: nil, text: "", toolCalls: [], usage: usage, json: view.value)]
        }
        var chunks: [CompletionChunk] = []
        for choice in choices {
            let delta = choice.optional("delta")
            chunks.append(
                CompletionChunk(
                    index: try choice.optional("index")?.integer ?? 0,
                    text: try (delta?.optional("content") ?? choice.optional("text"))?.text ?? "",
                    toolCalls: try delta?.optional("tool_calls")?.elements.map(\.value) ?? [],
                    finishReason: try choice.optional("finish_reason")?.text, usage: usage, json: view.value))
        }
        return chunks
    }
}

extension TokenUsage {
    init(_ view: JSONView) throws(ConnectivityError) {
        prompt = try view.optional("prompt_tokens")?.integer ?? 0
        completion = try view.optional("completion_tokens")?.integer ?? 0
        total = try view.optional("total_tokens")?.integer ?? prompt + completion
    }
}

extension Embedding {
    init(_ view: JSONView) throws(ConnectivityError) {
        index = try view.optional("index")?.integer ?? 0
        var vector: [Double] = []
        for number in try view.member("embedding").elements { vector.append(try number.number) }
        self.vector = vector
    }
}
