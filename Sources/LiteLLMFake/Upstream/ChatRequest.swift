internal import JSONTree

/// What of a chat request shapes the answer. Nothing is checked: the proxy does not either.
struct ChatRequest: Sendable {
    let messages: [JSON]
    let choices: Int
    let includesUsage: Bool
    let wantsLogprobs: Bool
    let topLogprobs: Int
    /// `json_object` or `json_schema`.
    let format: String?
    let schema: JSON?
    let tools: [JSON]
    let toolChoice: JSON?
    let callsSeveral: Bool
    let maxTokens: Int?
    let stops: [String]

    init(_ document: JSONObject) {
        messages = document["messages"]?.array ?? []
        choices = document.choices
        includesUsage = document["stream_options"]?["include_usage"]?.bool == true
        wantsLogprobs = document["logprobs"]?.isTruthy ?? false
        topLogprobs = document["top_logprobs"]?.int ?? 0
        let format = document["response_format"]
        let type = format?["type"]?.string
        self.format = type == "json_object" || type == "json_schema" ? type : nil
        schema = format?["json_schema"]?["schema"]
        tools = document["tools"]?.array ?? []
        toolChoice = document["tool_choice"]
        callsSeveral = document["parallel_tool_calls"]?.bool == true
        maxTokens = document["max_completion_tokens"]?.int ?? document["max_tokens"]?.int
        stops = document["stop"]?.array?.compactMap(\.string) ?? document["stop"]?.string.map { [$0] } ?? []
    }

    /// The text of the last message.
    var lastText: String {
        messages.last.map { Conversation.text(of: $0) } ?? ""
    }

    /// The tools that the answer should call: the one that is named, the first where one is required, and the first as well
    /// when a user speaks and the model is free to choose. All of them where the request says that they may be called at
    /// once: silence means that to OpenAI, too, but no model calls all that it is given.
    var wantedTools: [JSON] {
        guard let first = tools.first else { return [] }
        if let name = toolChoice?["function"]?["name"]?.string {
            return [tools.first { $0["function"]?["name"]?.string == name } ?? first]
        }
        switch toolChoice?.string {
        case "none": return []
        case "required", "any": break
        default: guard messages.last?["role"]?.string == "user" else { return [] }
        }
        return callsSeveral ? Array(tools.prefix(128)) : [first]
    }
}
