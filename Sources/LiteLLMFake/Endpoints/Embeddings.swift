internal import Encodings
internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// `POST /v1/embeddings` and its aliases.
extension FakeLiteLLM {
    private static let path = "/embeddings"

    func embedding(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        try require("input", in: call, route: .embedding, path: Self.path)
        return try await limited(call, route: .embedding) { (call) throws(ProxyError) in
            try self.requireModel(call, route: .embedding, path: Self.path)
            try self.refuseMockTesting(call, route: .embedding)
            if let hit = self.cached(call, shape: .cachedEmbedding, route: "embedding") { return hit }
            let (reached, made) = try await self.attempt(
                call, route: .embedding, style: .embedding
            ) { (deployment) throws(CallFailure) -> Reached? in
                if self.isMocked(deployment, call) { return nil }
                try self.refuseEmbedding(call, deployment)
                return try await self.reach(deployment, call, style: .embedding, streams: false)
            }
            return try self.embeddingReply(call, made, reached)
        }
    }

    private func refuseEmbedding(_ call: Call, _ deployment: Deployment) throws(CallFailure) {
        if deployment.isAnthropic {
            throw CallFailure(
                .badRequest, status: 400,
                "Unmapped LLM provider for this endpoint. You passed model=\(deployment.upstreamModel), "
                    + "custom_llm_provider=anthropic. Check supported provider and route: "
                    + "https://docs.litellm.ai/docs/providers")
        }
        if !settings.proxy.dropsParameters, let dimensions = call.document["dimensions"], !dimensions.isNull,
            !deployment.upstreamModel.contains("text-embedding-3")
        {
            throw CallFailure(
                .unsupportedParams, status: 400,
                "Setting dimensions is not supported for OpenAI `text-embedding-3` and later models. "
                    + "To drop it from the call, set `litellm.drop_params = True`.")
        }
        if call.document["input"]?.number != nil {
            // The provider does not take a bare number, and says so without a word.
            throw CallFailure(.internalServer, status: 500, provider: deployment.exceptionName, "Error code: 500")
        }
        if let list = call.document["input"]?.array, list.count > 2048, list.first?.number == nil {
            // OpenAI's bound; without one a body of empty texts asks for gigabytes.
            throw CallFailure(.badRequest, status: 400, provider: deployment.exceptionName, "Error code: 400")
        }
    }

    private func embeddingReply(_ call: Call, _ made: Made, _ reached: Reached?) throws(ProxyError) -> Reply {
        var made = made
        made.upstreamFields = reached?.fields
        let deployment = made.deployment
        var body: [UInt8] = []
        var usage = Usage(prompt: MockAnswer.promptTokens, completion: 0)
        if let reached {
            let inputs = Self.inputs(of: call.document["input"])
            let script = reached.upstream.answers["embedding"]
            usage.prompt = script?["prompt_tokens"]?.int ?? inputs.reduce(0) { $0 + TokenCount.of($1) }
            let shown =
                (made.fallbacks > 0 ? nil : call.bodyModel) ?? script?["model"]?.string?.replacing(
                    "{model}", with: deployment.upstreamModel)
                ?? deployment.upstreamModel
            let vectors = inputs.map { input in
                script?["vector"]?.array?.compactMap(\.double)
                    ?? vector(of: input, size: Self.size(of: deployment, call.document))
            }
            Self.write(vectors, inBase64: call.document.text("encoding_format") == "base64", shown, into: &body)
        } else {
            body.add(#"{"model":"#)
            body.add(quoted: call.bodyModel ?? deployment.name)
            body.add(#","data":[{"embedding":"#)
            body.add(quoted: deployment.mockText)
            body.add(#","index":0,"object":"embedding"}"#)
        }
        body.add(#"],"object":"list","#)
        usage.write(into: &body, total: reached == nil ? 0 : usage.prompt, keepsNulls: true)
        body.add("}")
        var shape = HeadShape.embedding
        if call.streams { shape.costs = .zero }
        let cost = Cost(prompt: usage.prompt, completion: 0, of: deployment.known)
        let fields = successFields(shape, call, made, cost: cost)
        if call.streams {
            throw ProxyError(500, "'EmbeddingResponse' object has no attribute '__aiter__'", fields: fields)
        }
        settle(call, used: usage.total, cost: cost)
        remember(body, call, made, isMock: false, route: "embedding")
        return .json(body, fields: fields, crossOrigin: call.crossOrigin)
    }

    /// The texts to embed; tokens stand for themselves.
    private static func inputs(of input: JSON?) -> [String] {
        guard let list = input?.array else { return [input?.string ?? ""] }
        if list.first?.number != nil { return [input?.text() ?? ""] }
        return list.map { $0.string ?? $0.text() }
    }

    private static func size(of deployment: Deployment, _ document: JSONObject) -> Int {
        if let size = document["dimensions"]?.int, size > 0, size <= 4096 { return size }
        return deployment.upstreamModel == "text-embedding-3-large" ? 3072 : 1536
    }

    /// A direction of length one that follows from the text.
    private func vector(of text: String, size: Int) -> [Double] {
        var luck = environment.random("embedding", text)
        var numbers = (0..<size).map { _ in luck.double() * 2 - 1 }
        let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // As many digits as a 32-bit float carries, as the provider sends them.
        for index in numbers.indices { numbers[index] = Double(Float(numbers[index] / length)) }
        return numbers
    }

    private static func write(_ vectors: [[Double]], inBase64: Bool, _ model: String, into body: inout [UInt8]) {
        body.add(#"{"model":"#)
        body.add(quoted: model)
        body.add(#","data":["#)
        for (index, vector) in vectors.enumerated() {
            body.add(index > 0 ? #",{"embedding":"# : #"{"embedding":"#)
            if inBase64 {
                body.add(quoted: Base64.encode(vector.flatMap { Float($0).littleEndianBytes }))
            } else {
                body.add("[")
                for (place, number) in vector.enumerated() {
                    if place > 0 { body.add(",") }
                    body.add(number.pythonRepr)
                }
                body.add("]")
            }
            body.add(#","index":"#)
            body.add(index)
            body.add(#","object":"embedding"}"#)
        }
    }
}

extension Float {
    fileprivate var littleEndianBytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: bitPattern >> UInt32($0 * 8)) }
    }
}
