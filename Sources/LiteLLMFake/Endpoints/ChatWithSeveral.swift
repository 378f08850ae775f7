internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// `model: "a,b"`: each is asked, and an array comes back.
extension FakeLiteLLM {
    func chatWithSeveral(_ call: Call, _ group: String) async throws(ProxyError) -> Reply {
        var bodies: [[UInt8]] = []
        var last: Made?
        var total = 0.0
        // The real proxy has no bound; a list of this length is no client's that means it.
        for name in group.split(separator: ",").prefix(128).map({ String($0.drop { $0 == " " }) }) {
            guard router.knows(name) else {
                bodies.append(Self.exception(of: name).bytes())
                continue
            }
            let (outcome, made) = try await attempt(
                call.asking(name), route: .chat, style: .chat
            ) { (deployment) throws(CallFailure) in
                try await self.outcome(of: deployment, call, style: .chat, streams: false)
            }
            let (body, cost) = await answer(call, name, made, outcome, luck: bodies.count)
            bodies.append(body)
            total += cost.total
            last = made
        }
        guard let last else { throw unknownModel(call, route: .chat, path: "/chat/completions") }
        var fields = HeaderFields()
        fields.append("x-litellm-call-id", call.id)
        fields.append("x-litellm-model-name", last.deployment.model)
        fields.append("x-litellm-version", FixedFields.version)
        settle(call, used: 0, cost: .nothing)
        if call.streams {
            fields.append(contentsOf: FixedFields.zeroCosts)
            fields.append("x-litellm-key-spend", "0.0")
            throw ProxyError(500, "'list' object has no attribute '__aiter__'", fields: fields)
        }
        // The sum is that of all, its parts are those of the last object, which may be an exception's.
        let cost = Cost(
            prompt: MockAnswer.promptTokens, completion: MockAnswer.completionTokens, of: last.deployment.known)
        fields.append("x-litellm-response-cost", total.pythonRepr)
        fields.append("x-litellm-response-cost-original", cost.total.pythonRepr)
        for field in FixedFields.zeroCosts where field.name != "x-litellm-response-cost-original" {
            let value: Double =
                switch field.name {
                case "x-litellm-response-cost-input": cost.input
                case "x-litellm-response-cost-output": cost.output
                default: 0
                }
            fields.append(field.name, value.pythonRepr)
        }
        fields.append("x-litellm-key-spend", total.pythonRepr)
        let body = Array("[".utf8) + bodies.joined(separator: Array(",".utf8)) + Array("]".utf8)
        return .json(body, fields: fields, crossOrigin: call.crossOrigin)
    }

    private func answer(
        _ call: Call, _ name: String, _ made: Made, _ outcome: ChatOutcome, luck number: Int
    ) async -> (body: [UInt8], cost: Cost) {
        var luck = call.luck
        for _ in 0...number { _ = luck.next() }
        var body: [UInt8] = []
        var usage = Usage(prompt: MockAnswer.promptTokens, completion: MockAnswer.completionTokens)
        switch outcome {
        case .mock(let text):
            MockAnswer.write(
                id: luck.uuid(), created: call.now.wholeSeconds, model: name, text: text,
                toolCalls: made.deployment.mockToolCalls, choices: call.document.choices,
                prompt: MockAnswer.promptTokens, keepsNulls: true, into: &body)
        case .upstream(let reached):
            let answer = compose(ChatRequest(call.document), call, made.deployment, reached)
            await generate(answer.usage.completion, call, made)
            answer.write(into: &body, shown: name, form: .full)
            usage = answer.usage
        }
        return (body, Cost(prompt: usage.prompt, completion: usage.completion, of: made.deployment.known))
    }

    /// A name that is none stands in the array as the proxy's exception, with all that Python finds in it.
    private static func exception(of name: String) -> JSON {
        let stream: JSON = ["_stream": ""]
        let request: JSON = [
            "method": "GET", "url": ["_uri_reference": ["https", "", "litellm.ai", nil, "", nil, nil]],
            "headers": ["host": "litellm.ai"], "extensions": [:], "stream": stream, "_content": "",
        ]
        return [
            "status_code": 400,
            "message": .string(
                "litellm.BadRequestError: You passed in model=\(name). There are no healthy deployments for this model"
                    + "\n\nLiteLLM: model group '\(name)' failed with the error above. No fallback was attempted."),
            "model": .string(name), "llm_provider": "", "litellm_debug_info": nil, "max_retries": nil,
            "num_retries": nil,
            "response": [
                "status_code": 400, "headers": [:], "_request": request, "next_request": nil, "extensions": [:],
                "history": [], "is_closed": true, "is_stream_consumed": true, "default_encoding": "utf-8",
                "stream": stream, "_decoder": [:], "_num_bytes_downloaded": 0, "_content": "",
            ], "request": request, "body": nil, "code": nil, "param": nil, "type": nil, "request_id": nil,
            "_litellm_deployment_selection_failure": true,
        ]
    }
}

extension Call {
    /// The same call for another name.
    func asking(_ name: String) -> Call {
        Call(
            id: id, started: started, now: now, caller: caller, crossOrigin: crossOrigin, document: document,
            group: name, bodyModel: name, streams: streams, timeout: timeout, streamTimeout: streamTimeout,
            retries: retries, luck: luck, origin: origin, answers: answers, pacing: pacing, reserved: reserved)
    }
}
