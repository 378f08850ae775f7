internal import JSONTree

/// Requests of other APIs told as chat requests, so that one composer answers all of them.
extension JSONObject {
    /// A request of the Responses API.
    var chatOfResponses: JSONObject {
        var chat = JSONObject()
        var messages: [JSON] = []
        if let instructions = text("instructions") {
            messages.append(["role": "system", "content": .string(instructions)])
        }
        switch self["input"] {
        case .string(let text): messages.append(["role": "user", "content": .string(text)])
        case .array(let items): messages += items
        default: break
        }
        chat["messages"] = .array(messages)
        if let tools = self["tools"]?.array {
            chat["tools"] = .array(
                tools.filter { $0["type"]?.string == "function" }.map { ["type": "function", "function": $0] })
        }
        if let choice = self["tool_choice"] {
            chat["tool_choice"] = choice["name"].map { ["type": "function", "function": ["name": $0]] } ?? choice
        }
        if let format = self["text"]?["format"], format["type"]?.string == "json_schema" {
            chat["response_format"] = ["type": "json_schema", "json_schema": format]
        } else if let format = self["text"]?["format"] {
            chat["response_format"] = format
        }
        chat["max_tokens"] = self["max_output_tokens"]
        return chat
    }

    /// A request of the Messages API.
    var chatOfMessages: JSONObject {
        var chat = JSONObject()
        var messages = self["messages"]?.array ?? []
        if let system = self["system"], !system.isNull {
            messages.insert(["role": "system", "content": system], at: 0)
        }
        chat["messages"] = .array(messages)
        if let tools = self["tools"]?.array {
            chat["tools"] = .array(
                tools.map {
                    [
                        "type": "function",
                        "function": ["name": $0["name"] ?? "", "parameters": $0["input_schema"] ?? [:]],
                    ]
                })
        }
        switch self["tool_choice"]?["type"]?.string {
        case "any": chat["tool_choice"] = "required"
        case "none": chat["tool_choice"] = "none"
        case "tool":
            chat["tool_choice"] = ["type": "function", "function": ["name": self["tool_choice"]?["name"] ?? ""]]
        default: break
        }
        chat["max_tokens"] = self["max_tokens"]
        chat["stop"] = self["stop_sequences"]
        return chat
    }

    /// A request of Google's `generateContent`.
    var chatOfGoogle: JSONObject {
        var chat = JSONObject()
        chat["messages"] = .array(
            (self["contents"]?.array ?? []).map { content in
                let text = content["parts"]?.array?.compactMap { $0["text"]?.string }.joined() ?? ""
                let role = content["role"]?.string == "model" ? "assistant" : content["role"]?.string ?? "user"
                return ["role": .string(role), "content": .string(text)]
            })
        let generation = self["generationConfig"]
        chat["max_tokens"] = generation?["maxOutputTokens"]
        chat["stop"] = generation?["stopSequences"]
        if generation?["responseMimeType"]?.string == "application/json" {
            chat["response_format"] = [
                "type": "json_schema", "json_schema": ["schema": generation?["responseSchema"] ?? nil],
            ]
        }
        return chat
    }
}
