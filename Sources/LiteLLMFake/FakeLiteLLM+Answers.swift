internal import Fakes
internal import JSONTree
internal import SocketServer

extension FakeLiteLLM {
    /// Answers a request that has found its route.
    @inline(never)
    func answer(_ exchange: Exchange, _ route: Route, _ visit: Visit) async throws(ProxyError) -> Reply {
        switch route {
        case .chat: return try await chat(exchange, visit)
        case .completion: return try await completion(exchange, visit)
        case .embedding: return try await embedding(exchange, visit)
        case .image: return try await image(exchange, visit)
        case .imageEdit: return try await imageEdit(exchange, visit)
        case .speech: return try await speech(exchange, visit)
        case .transcription: return try await transcription(exchange, visit)
        case .moderation: return try await moderation(exchange, visit)
        case .rerank: return try await rerank(exchange, visit)
        case .queue: return try await queue(exchange, visit)
        case .inputTokens: return try await inputTokens(exchange, visit)
        case .responses: return try await responses(exchange, visit)
        case .cursorChat: return try await cursorChat(exchange, visit)
        case .storedResponse: return try await storedResponse(exchange, visit)
        case .messages: return try await messages(exchange, visit)
        case .countTokens: return try await countTokens(exchange, visit)
        case .generateContent: return try await generateContent(exchange, visit)
        case .files: return try await files(exchange, visit)
        case .file: return try file(visit)
        case .fileContent: return try fileContent(visit)
        case .batches: return try await batches(exchange, visit)
        case .batch: return try batch(visit)
        case .cancelBatch: return try cancelBatch(visit)
        case .models: return try models(visit)
        case .model: return try model(visit)
        case .modelInfo: return try modelInfo(visit)
        case .modelTable: return try modelTable(visit)
        case .spendReport: return try spendReport(visit)
        case .modelGroups: return try modelGroups(visit)
        case .health: return try await health(visit)
        case .liveness: return .json(Array(#""I'm alive!""#.utf8), crossOrigin: visit.crossOrigin)
        case .livenessOptions: return livenessOptions(visit)
        case .readiness: return readiness(visit)
        case .readinessDetails: return try readinessDetails(visit)
        case .healthServices: return try healthServices(visit)
        case .tokenCounter: return try await tokenCounter(exchange, visit)
        case .supportedParameters: return try supportedParameters(visit)
        case .knownModel: return try knownModel(visit)
        case .transformRequest: return try await transformRequest(exchange, visit)
        case .spendCalculate: return try await spendCalculate(exchange, visit)
        case .cachePing: return try cachePing(visit)
        case .cacheChange(let what): return try cacheChange(what, visit)
        case .metrics: return try metrics(visit)
        case .metricsText: return try metricsText(visit)
        case .page(let page): return self.page(page, visit)
        case .openAPI: return openAPI(visit)
        case .routeList: return routeList(visit)
        case .generateKey: return try await generateKey(exchange, visit)
        case .keyInfo: return try keyInfo(visit)
        case .updateKey: return try await updateKey(exchange, visit)
        case .deleteKeys: return try await deleteKeys(exchange, visit)
        case .fixed(let answer): return try await fixed(answer, exchange, visit)
        case .passThrough:
            try authorize(visit)
            return Self.passThrough
        }
    }

    /// Checks the caller of a route that is no inference.
    @discardableResult
    func authorize(_ visit: Visit, _ demand: Authentication.Demand = .key) throws(ProxyError) -> Caller {
        try refuseAsDirected(visit, model: nil)
        return try authentication.caller(
            Credential(visit.request.headers), demand: demand, model: nil, path: visit.request.path, keys: keys,
            now: environment.now())
    }

    /// A provider's own surface without the provider's key: what nobody has caught, past every layer.
    private static let passThrough: Reply = {
        let body = ProxyError.unhandled.body
        var headers = HeaderFields()
        headers.append("content-length", String(body.count))
        headers.append("content-type", "application/json")
        return Reply(status: 500, headers: headers, body: .bytes(body))
    }()
}
