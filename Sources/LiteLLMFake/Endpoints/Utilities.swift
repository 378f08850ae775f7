internal import JSONTree
internal import SocketServer

/// `/utils/*` and `/spend/calculate`.
extension FakeLiteLLM {
    private func document(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> JSONObject {
        try RequestDocument.model(try await body(of: exchange), contentType: visit.request.headers["content-type"])
    }

    func tokenCounter(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        try authorize(visit)
        let document = try await document(exchange, visit)
        guard let model = document.text("model") else { throw .missing("model", within: "body") }
        let count: Int
        if let prompt = document.text("prompt") {
            count = TokenCount.of(prompt)
        } else if let messages = document["messages"]?.array {
            count = TokenCount.of(messages: messages, tools: document["tools"]?.array ?? [])
        } else if document["contents"]?.array != nil {
            count = TokenCount.of(messages: document.chatOfGoogle["messages"]?.array ?? [])
        } else {
            throw .detail(400, "prompt or messages or contents must be provided")
        }
        let used = router.group(model).first?.upstreamModel ?? model
        let answer: JSON = [
            "total_tokens": .int(count), "request_model": .string(model), "model_used": .string(used),
            "tokenizer_type": "openai_tokenizer", "count_source": "local_estimate", "original_response": nil,
            "error": false, "error_message": nil, "status_code": nil,
        ]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    func supportedParameters(_ visit: Visit) throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        guard let model = visit.request.queryItems["model"] else { throw .missing("model", within: "query") }
        let provider = router.group(model).first?.provider ?? (KnownModel.all[model] == nil ? nil : "openai")
        guard let provider else { throw .detail(400, ["error": .string("Could not map model=\(model)")]) }
        let answer: JSON = [
            "supported_openai_params": .array(
                ModelFacts.supportedParameters(ofName: model, provider).map { .string($0) })
        ]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    /// `GET /utils/model_info`: what the cost map has of a name.
    func knownModel(_ visit: Visit) throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        guard let model = visit.request.queryItems["model"] else { throw .missing("model", within: "query") }
        guard let facts = ModelFacts.known(model) else {
            throw .detail(404, ["error": .string("Model \(model) not found")])
        }
        let answer: JSON = [
            "model": .string(model), "custom_llm_provider": facts["litellm_provider"] ?? nil,
            "model_info": .object(facts),
        ]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    /// Shows the request that would be sent to the provider.
    func transformRequest(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        let document = try await document(exchange, visit)
        let missing = ["call_type", "request_body"].filter { !document.contains(key: $0) }
        if !missing.isEmpty { throw .missing(missing, within: "body") }
        let request = document["request_body"]?.object ?? [:]
        let model = request.text("model") ?? ""
        guard KnownModel.all[model] != nil || model.contains("/") else {
            let error =
                "litellm.BadRequestError: LLM Provider NOT provided. Pass in the LLM provider you are trying to call. "
                + "You passed model=\(model)\n Pass model as E.g. For 'Huggingface' inference endpoints pass in "
                + "`completion(model='huggingface/starcoder',..)` Learn more: https://docs.litellm.ai/docs/providers"
            return .json(JSON.object(["error": .string(error)]).bytes(), crossOrigin: visit.crossOrigin)
        }
        var body: JSONObject = [
            "model": .string(model.split(separator: "/").last.map { String($0) } ?? model),
            "messages": request["messages"] ?? [],
        ]
        for (name, value) in request where !body.contains(key: name) { body[name] = value }
        body["extra_body"] = [:]
        let answer: JSON = [
            "raw_request_api_base": "https://api.openai.com/v1/", "raw_request_body": .object(body),
            "raw_request_headers": [:], "error": nil,
        ]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    func spendCalculate(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        let document = try await document(exchange, visit)
        let response = document["completion_response"]
        guard let model = document.text("model") ?? response?["model"]?.string else {
            throw ProxyError(400, "Bad Request - Either 'model' or 'completion_response' must be provided")
        }
        let known = router.group(model).first?.known ?? KnownModel.all[model]
        let prompt =
            response?["usage"]?["prompt_tokens"]?.int ?? TokenCount.of(messages: document["messages"]?.array ?? [])
        let cost = Cost(prompt: prompt, completion: response?["usage"]?["completion_tokens"]?.int ?? 0, of: known)
        let answer: JSON = ["cost": .double(cost.total)]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    func spendReport(_ visit: Visit) throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        let query = visit.request.queryItems
        guard query["start_date"] != nil, query["end_date"] != nil else {
            throw .detail(400, ["error": "Please provide start_date and end_date"])
        }
        throw .detail(400, ["error": .string(ManagementRoutes.shortText)])
    }
}
