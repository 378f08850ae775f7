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
        maxTokens = document["max_completion_tokens"]?.int ?? document["max_tokens"]?.int
        stops = document["stop"]?.array?.compactMap(\.string) ?? document["stop"]?.string.map { [$0] } ?? []
    }

    /// The text of the last message.
    var lastText: String {
        guard let content = messages.last?["content"] else { return "" }
        return content.string ?? content.array?.compactMap { $0["text"]?.string }.joined(separator: " ") ?? ""
    }

    /// The tool that the answer should call, if any: the one that is named, the first where one is required, and the
    /// first as well when a user speaks and the model is free to choose.
    var wantedTool: JSON? {
        guard !tools.isEmpty else { return nil }
        if let name = toolChoice?["function"]?["name"]?.string {
            return tools.first { $0["function"]?["name"]?.string == name } ?? tools.first
        }
        switch toolChoice?.string {
        case "none": return nil
        case "required", "any": return tools.first
        default: return messages.last?["role"]?.string == "user" ? tools.first : nil
        }
    }
}
