internal import JSONTree

/// An answer of the Responses API: one message, or calls of functions.
struct ResponseAnswer: Sendable {
    /// The id under which the upstream keeps it.
    var upstreamID: String
    var created: Int
    var model: String
    var text: String
    var itemID: String
    var isMock = false
    var usage: Usage
    /// The text as a stream has it.
    var pieces: [String] = []
    var toolCalls: [ToolCall] = []
    /// The upstream speaks another protocol, and the proxy has put the object together.
    var isTranslated = false
    /// The request, for the members that repeat it.
    var request = JSONObject()

    /// The whole object, every null in place.
    func whole(id: String) -> JSON {
        tree(id: id, status: "completed", withOutput: true, keepsNulls: true)
    }

    /// The object as it stands in the events of a stream: nulls are left out.
    func part(id: String, status: String, withOutput: Bool) -> JSON {
        tree(id: id, status: status, withOutput: withOutput, keepsNulls: false)
    }

    private func tree(id: String, status: String, withOutput: Bool, keepsNulls: Bool) -> JSON {
        var object = JSONObject()
        func add(_ key: String, _ value: JSON?) {
            if let value, !value.isNull { object.append(key, value) } else if keepsNulls { object.append(key, .null) }
        }
        // What a translated stream says at its beginning is guessed by the proxy.
        let isGuess = isTranslated && !withOutput
        let isBare = isTranslated && withOutput
        add("id", .string(id))
        add("created_at", .int(created))
        add("error", nil)
        add("incomplete_details", nil)
        add("instructions", request["instructions"])
        if !isGuess { add("metadata", request["metadata"]?.object.map { .object($0) } ?? [:]) }
        add("model", .string(model))
        add("object", "response")
        add("output", .array(withOutput ? items(keepsNulls: keepsNulls) : []))
        add("parallel_tool_calls", .bool(!isBare))
        add("temperature", isTranslated ? nil : request["temperature"] ?? 1.0)
        add("tool_choice", request["tool_choice"] ?? "auto")
        add("tools", request["tools"] ?? [])
        add("top_p", isBare ? nil : request["top_p"] ?? 1.0)
        add("max_output_tokens", request["max_output_tokens"])
        add("previous_response_id", nil)
        add("reasoning", isBare ? nil : ["effort": nil, "summary": nil])
        add("status", .string(status))
        if !isGuess { add("text", isTranslated ? [:] : request["text"] ?? ["format": ["type": "text"]]) }
        add("truncation", isTranslated ? nil : "disabled")
        add("usage", withOutput ? told(keepsNulls: keepsNulls) : nil)
        add("user", request["user"])
        add("store", isBare ? nil : true)
        if !isMock, !isTranslated { add("background", false) }
        if isBare, keepsNulls { add("provider_specific_fields", ["citations": nil, "thinking_blocks": nil]) }
        return .object(object)
    }

    private func items(keepsNulls: Bool) -> [JSON] {
        if !toolCalls.isEmpty { return toolCalls.map { self.item(of: $0) } }
        var part: JSONObject = ["annotations": [], "text": .string(text), "type": "output_text"]
        var item: JSONObject
        if isTranslated {
            part = ["type": "output_text", "text": .string(text), "annotations": []]
            item = [
                "type": "message", "id": .string(itemID), "status": "completed", "role": "assistant",
                "content": [.object(part)],
            ]
        } else {
            part["logprobs"] = isMock ? .null : []
            item = [
                "id": .string(itemID), "content": [.object(part)], "role": "assistant", "status": "completed",
                "type": "message",
            ]
        }
        if keepsNulls { item["phase"] = .null }
        return [.object(item)]
    }

    func item(of call: ToolCall) -> JSON {
        [
            "arguments": .string(call.arguments), "call_id": .string(call.id), "name": .string(call.name),
            "type": "function_call", "id": .string("fc_" + call.id.dropFirst(5)), "status": "completed",
        ]
    }

    private func told(keepsNulls: Bool) -> JSON {
        let reasoning: JSON = isMock ? .null : 0
        guard keepsNulls else {
            return [
                "input_tokens": .int(usage.prompt),
                "input_tokens_details": isTranslated
                    ? ["cached_tokens": 0, "cache_write_tokens": 0, "text_tokens": .int(usage.prompt)]
                    : ["cached_tokens": 0],
                "output_tokens": .int(usage.completion),
                "output_tokens_details": isTranslated
                    ? ["reasoning_tokens": 0, "text_tokens": .int(usage.completion)] : ["reasoning_tokens": 0],
                "total_tokens": .int(usage.total),
            ]
        }
        var input: JSONObject = ["audio_tokens": nil, "cached_tokens": 0, "cached_tokens_details": nil]
        if isTranslated { input["cache_write_tokens"] = 0 }
        input["image_tokens"] = .null
        input["text_tokens"] = isTranslated ? .int(usage.prompt) : .null
        input["video_tokens"] = .null
        return [
            "input_tokens": .int(usage.prompt), "input_tokens_details": .object(input),
            "output_tokens": .int(usage.completion),
            "output_tokens_details": [
                "audio_tokens": nil, "reasoning_tokens": reasoning,
                "text_tokens": isTranslated ? .int(usage.completion) : .null,
            ], "total_tokens": .int(usage.total), "cost": nil,
        ]
    }
}

/// Responses that clients may ask for again. Bounded: the oldest go.
struct StoredResponses: Sendable {
    struct Entry: Sendable {
        var whole: JSON
        var input: JSON

        /// What was asked, as a list of items.
        var inputItems: JSON {
            let items: [JSON] =
                input.array ?? [
                    [
                        "id": "msg_input", "type": "message", "role": "user",
                        "content": [["type": "input_text", "text": input]],
                    ]
                ]
            return [
                "object": "list", "data": .array(items), "first_id": items.first?["id"] ?? nil,
                "last_id": items.last?["id"] ?? nil, "has_more": false,
            ]
        }
    }

    private var entries = BoundedStore<Entry>()

    subscript(id: String) -> Entry? { entries[id] }

    /// - Returns: whether another one had to go for it.
    mutating func store(_ whole: JSON, input: JSON, id: String) -> Bool {
        let size = whole.text().utf8.count + input.text().utf8.count
        return entries.store(Entry(whole: whole, input: input), size: size, under: id)
    }

    mutating func remove(_ id: String) {
        entries.remove(id)
    }
}
