/// One message of a conversation.
public struct ChatMessage: Sendable, Hashable {
    /// `system`, `user`, `assistant` or `tool`.
    public var role: String
    /// A text, or a list of parts as the API has them.
    public var content: JSONValue
    /// `tool_calls`, `tool_call_id`, `name` and what else the API knows.
    public var others: [String: JSONValue]

    public init(role: String, content: JSONValue, others: [String: JSONValue] = [:]) {
        self.role = role
        self.content = content
        self.others = others
    }

    public static func system(_ text: String) -> Self { Self(role: "system", content: .string(text)) }
    public static func user(_ text: String) -> Self { Self(role: "user", content: .string(text)) }
    public static func assistant(_ text: String) -> Self { Self(role: "assistant", content: .string(text)) }

    var json: JSONValue {
        .object(others.merging(["role": .string(role), "content": content]) { $1 })
    }
}

/// A request for an answer to a conversation.
public struct ChatRequest: Sendable, Hashable {
    public var model: String
    public var messages: [ChatMessage]
    /// `temperature`, `max_tokens`, `tools`, `stream_options` and what else the API knows, as they are to be sent.
    public var options: [String: JSONValue]

    public init(model: String, messages: [ChatMessage], options: [String: JSONValue] = [:]) {
        self.model = model
        self.messages = messages
        self.options = options
    }

    func json(isStream: Bool) -> JSONValue {
        var members = options
        members["model"] = .string(model)
        members["messages"] = .array(messages.map(\.json))
        if isStream { members["stream"] = true }
        return .object(members)
    }
}

/// A request for a continuation of a text.
public struct CompletionRequest: Sendable, Hashable {
    public var model: String
    public var prompt: String
    public var options: [String: JSONValue]

    public init(model: String, prompt: String, options: [String: JSONValue] = [:]) {
        self.model = model
        self.prompt = prompt
        self.options = options
    }

    func json(isStream: Bool) -> JSONValue {
        var members = options
        members["model"] = .string(model)
        members["prompt"] = .string(prompt)
        if isStream { members["stream"] = true }
        return .object(members)
    }
}

/// What a call cost, in tokens.
public struct TokenUsage: Sendable, Hashable {
    public var prompt: Int
    public var completion: Int
    public var total: Int
}

/// An answer to a conversation, or a continuation of a text.
public struct Completion: Sendable, Hashable {
    public struct Choice: Sendable, Hashable {
        public var index: Int
        /// The text; empty if the model calls tools instead.
        public var text: String
        /// `tool_calls` as they came.
        public var toolCalls: [JSONValue]
        /// `stop`, `length`, `tool_calls`, …
        public var finishReason: String?
    }

    public var id: String
    public var model: String
    public var choices: [Choice]
    public var usage: TokenUsage?
    /// The whole answer, for members that have no name here.
    public var json: JSONValue

    /// The text of the first choice.
    public var text: String { choices.first?.text ?? "" }
}

/// A piece of a streamed answer.
public struct CompletionChunk: Sendable, Hashable {
    /// Which choice it belongs to; nil for a piece without any, such as that with the usage.
    public var index: Int?
    public var text: String
    public var toolCalls: [JSONValue]
    public var finishReason: String?
    public var usage: TokenUsage?
    public var json: JSONValue
}

/// The direction that a text has among meanings.
public struct Embedding: Sendable, Hashable {
    public var index: Int
    public var vector: [Double]
}
