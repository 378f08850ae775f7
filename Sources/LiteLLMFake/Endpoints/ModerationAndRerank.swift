internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// `POST /v1/moderations` and `/rerank`.
extension FakeLiteLLM {
    func moderation(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        try require("input", in: call, route: .terse, path: "/moderations")
        return try await limited(call, route: .terse) { (call) throws(ProxyError) in
            // Without a deployment the proxy would ask the provider itself, and has no key for it.
            guard let group = call.group, let first = self.router.group(group).first, !first.isMock else {
                throw ProxyError(
                    500, Self.missingCredentialsText, fields: self.failureFields(.terse, call).fields(nil))
            }
            let (reached, made) = try await self.attempt(
                call, route: .terse, style: .media
            ) { (deployment) throws(CallFailure) in
                try await self.reach(deployment, call, style: .media, streams: false)
            }
            let script = reached.upstream.answers["moderation"]
            var luck = call.luck
            var body: [UInt8] = []
            body.add(#"{"id":"#)
            body.add(quoted: script?["id"]?.string ?? "modr-" + ChatComposer.token(24, &luck))
            body.add(#","model":"#)
            body.add(quoted: script?["model"]?.string ?? made.deployment.upstreamModel)
            body.add(#","results":["#)
            let count = script == nil ? max(1, call.document["input"]?.array?.count ?? 1) : 1
            for index in 0..<count {
                if index > 0 { body.add(",") }
                body.add(Self.verdict(score: script?["score"]?.double ?? 0.0001))
            }
            body.add("]}")
            self.settle(call, used: 0, cost: .nothing)
            return .json(body, fields: self.successFields(.media, call, made), crossOrigin: call.crossOrigin)
        }
    }

    private static let categories = [
        "harassment", "harassment_threatening", "hate", "hate_threatening", "illicit", "illicit_violent", "self_harm",
        "self_harm_instructions", "self_harm_intent", "sexual", "sexual_minors", "violence", "violence_graphic",
    ]
    /// The spelling of the provider, which stands beside Python's.
    private static let providerCategories = [
        "harassment/threatening", "hate/threatening", "illicit/violent", "self-harm", "self-harm/intent",
        "self-harm/instructions", "sexual/minors", "violence/graphic",
    ]

    private static func verdict(score: Double) -> JSON {
        func all(_ value: JSON) -> JSON {
            .object(JSONObject((categories + providerCategories).map { ($0, value) }))
        }
        return [
            "categories": all(false), "category_applied_input_types": all(["text"]),
            "category_scores": all(.double(score)), "flagged": false,
        ]
    }

    func rerank(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let call = try await begin(exchange, visit)
        for field in ["query", "documents", "model"] { try require(field, in: call, route: .terse, path: "/rerank") }
        return try await limited(call, route: .terse) { (call) throws(ProxyError) in
            try self.requireModel(call, route: .terse, path: "/rerank")
            let (reached, done) = try await self.attempt(
                call, route: .terse, style: .raw
            ) { (deployment) throws(CallFailure) in
                guard deployment.provider != "openai", !deployment.isAnthropic else {
                    throw CallFailure(
                        .connection, status: 500, provider: deployment.exceptionName,
                        "Unsupported provider: \(deployment.provider)")
                }
                return try await self.reach(deployment, call, style: .raw, streams: false)
            }
            var made = done
            made.upstreamFields = reached.fields
            let answer = reached.upstream.answers["rerank"] ?? self.ranking(call)
            self.settle(call, used: 0, cost: .nothing)
            return .json(
                answer.bytes(), fields: self.successFields(.rerank, call, made), crossOrigin: call.crossOrigin)
        }
    }

    /// Documents that share words with the query come first.
    private func ranking(_ call: Call) -> JSON {
        var luck = call.luck
        let query = Set(Self.words(of: call.document["query"]?.string ?? ""))
        let documents = call.document["documents"]?.array ?? []
        let scored = documents.enumerated().map { place, document in
            let text = document.string ?? document["text"]?.string ?? ""
            let shared = Double(Set(Self.words(of: text)).intersection(query).count) / Double(max(query.count, 1))
            var own = environment.random("rerank", text)
            return (place: place, text: text, score: ((shared * 0.9 + own.double() * 0.09) * 1e4).rounded() / 1e4)
        }
        let best = scored.sorted { $0.score > $1.score }.prefix(max(0, call.document["top_n"]?.int ?? documents.count))
        let withText = call.document.isTrue("return_documents")
        return [
            "id": .string(luck.uuid()),
            "results": .array(
                best.map {
                    var result: JSONObject = ["index": .int($0.place), "relevance_score": .double($0.score)]
                    if withText { result["document"] = ["text": .string($0.text)] }
                    return .object(result)
                }), "meta": ["api_version": ["version": "2"], "billed_units": ["search_units": 1]],
        ]
    }

    private static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { String($0) }
    }
}
