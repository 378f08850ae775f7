internal import Fakes
internal import JSONTree
internal import SocketServer

/// A chat answer of a mock deployment, laid ready: the busiest answer of all is four copies around an id, a time and
/// a duration.
struct MockAnswer: Sendable {
    /// What litellm's mock counts (`DEFAULT_MOCK_RESPONSE_PROMPT_TOKEN_COUNT`, `…COMPLETION…`).
    static let promptTokens = 10
    static let completionTokens = 20

    /// From `x-litellm-model-id` to `x-litellm-key-spend`.
    private let fields: HeaderFields
    /// From `x-litellm-callback-duration-ms` to the end.
    private let lastFields: HeaderFields
    /// From the model's name to the end of the body.
    private let body: [UInt8]

    init(_ deployment: Deployment, text: String) {
        let cost = Cost(prompt: Self.promptTokens, completion: Self.completionTokens, of: deployment.known)
        var fields = HeaderFields()
        fields.append("x-litellm-model-id", deployment.id)
        fields.append("x-litellm-model-name", deployment.model)
        fields.append("x-litellm-model-api-base", deployment.shownBase)
        fields.append("x-litellm-version", FixedFields.version)
        for (name, value) in [
            ("", cost.total), ("-original", cost.total), ("-discount-amount", 0), ("-margin-amount", 0),
            ("-margin-percent", 0), ("-input", cost.input), ("-output", cost.output), ("-tool-usage", 0),
        ] { fields.append("x-litellm-response-cost\(name)", value.pythonRepr) }
        fields.append("x-litellm-key-spend", cost.total.pythonRepr)
        self.fields = fields
        var last: HeaderFields = ["x-litellm-callback-duration-ms": "0.0"]
        last.append("x-litellm-model-group", deployment.name)
        last.append("x-litellm-attempted-retries", "0")
        last.append("x-litellm-attempted-fallbacks", "0")
        last.close(crossOrigin: false)
        lastFields = last
        var body: [UInt8] = []
        Self.writeRest(
            model: deployment.name, text: text, toolCalls: deployment.mockToolCalls, choices: 1,
            prompt: Self.promptTokens, into: &body)
        self.body = body
    }

    /// The answer to a call.
    func reply(id: String, callID: String, created: Int, milliseconds: Double) -> Reply {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count + 80)
        Self.writeStart(id: id, created: created, into: &bytes)
        bytes.append(contentsOf: body)
        var headers = HeaderFields()
        headers.append("content-length", String(bytes.count))
        headers.append("content-type", "application/json")
        headers.append("x-litellm-call-id", callID)
        headers.append(contentsOf: fields)
        headers.append("x-litellm-response-duration-ms", milliseconds.description)
        headers.append(contentsOf: lastFields)
        return Reply(headers: headers, body: .bytes(bytes))
    }

    /// Writes a mock's body as any request may have it.
    static func write(
        id: String, created: Int, model: String, text: String, toolCalls: [ToolCall], choices: Int, prompt: Int,
        keepsNulls: Bool = false, into output: inout [UInt8]
    ) {
        writeStart(id: id, created: created, into: &output)
        writeRest(
            model: model, text: text, toolCalls: toolCalls, choices: choices, prompt: prompt, keepsNulls: keepsNulls,
            into: &output)
    }

    private static func writeStart(id: String, created: Int, into output: inout [UInt8]) {
        output.add(#"{"id":"chatcmpl-"#)
        output.add(id)
        output.add(#"","created":"#)
        output.add(created)
        output.add(#","model":"#)
    }

    private static func writeRest(
        model: String, text: String, toolCalls: [ToolCall], choices: Int, prompt: Int, keepsNulls: Bool = false,
        into output: inout [UInt8]
    ) {
        output.add(quoted: model)
        output.add(#","object":"chat.completion""#)
        if keepsNulls { output.add(#","system_fingerprint":null"#) }
        output.add(#","choices":["#)
        for index in 0..<choices {
            if index > 0 { output.add(",") }
            output.add(#"{"finish_reason":"stop","index":"#)
            output.add(index)
            output.add(#","message":{"content":"#)
            output.add(quoted: text)
            output.add(#","role":"assistant""#)
            if !toolCalls.isEmpty {
                output.add(#","tool_calls":"#)
                output.add(toolCalls: toolCalls)
            } else if keepsNulls {
                output.add(#","tool_calls":null"#)
            }
            if keepsNulls { output.add(#","function_call":null,"provider_specific_fields":null"#) }
            output.add("}}")
        }
        output.add("],")
        Usage(prompt: prompt, completion: completionTokens).write(into: &output, keepsNulls: keepsNulls)
        output.add("}")
    }
}
