internal import JSONTree
internal import SocketServer

/// What a route does.
enum Route: Sendable {
    case chat, completion, embedding, image, imageEdit, speech, transcription, moderation, rerank, queue
    case responses, inputTokens, cursorChat, storedResponse, messages, countTokens, generateContent
    case files, file, fileContent, batches, batch, cancelBatch
    case models, model, modelInfo, modelTable, modelGroups
    case health, liveness, livenessOptions, readiness, readinessDetails, healthServices
    case tokenCounter, supportedParameters, knownModel, transformRequest, spendCalculate, spendReport
    case generateKey, keyInfo, updateKey, deleteKeys
    case cachePing, cacheChange(CacheChange)
    case metrics, metricsText
    case page(Page), openAPI, routeList
    /// A route that always answers the same, or the same refusal while no database is there.
    case fixed(FixedAnswer)
    /// A provider's own routes, for which the proxy has no credentials.
    case passThrough
}

extension FakeLiteLLM {
    /// Every route on one screen. Where a path has several methods, the first one is what a 405 names.
    static let catalogue: [(method: String, path: String, route: Route)] = {
        var list: [(method: String, path: String, route: Route)] = []
        func on(_ method: String, _ paths: [String], _ route: Route) {
            for path in paths { list.append((method, path, route)) }
        }
        on("POST", ["/v1/chat/completions", "/chat/completions"], .chat)
        on("POST", ["/v1/completions", "/completions"], .completion)
        on("POST", ["/v1/embeddings", "/embeddings"], .embedding)
        on("POST", ["/v1/images/generations", "/images/generations"], .image)
        on("POST", ["/v1/images/edits", "/images/edits"], .imageEdit)
        on("POST", ["/v1/audio/speech", "/audio/speech"], .speech)
        on("POST", ["/v1/audio/transcriptions", "/audio/transcriptions"], .transcription)
        on("POST", ["/v1/moderations", "/moderations"], .moderation)
        on("POST", ["/rerank", "/v1/rerank", "/v2/rerank"], .rerank)
        on("POST", ["/queue/chat/completions"], .queue)
        for base in ["/v1/responses", "/responses", "/openai/v1/responses"] {
            on("POST", [base], .responses)
            on("POST", ["\(base)/input_tokens"], .inputTokens)
            on("GET", ["\(base)/{id}", "\(base)/{id}/input_items"], .storedResponse)
            on("DELETE", ["\(base)/{id}"], .storedResponse)
            on("POST", ["\(base)/{id}/cancel"], .storedResponse)
        }
        on("POST", ["/cursor/chat/completions"], .cursorChat)
        on("POST", ["/v1/messages"], .messages)
        on("POST", ["/v1/messages/count_tokens"], .countTokens)
        on("GET", ["/v1/models", "/models", "/cursor/models", "/cursor/v1/models"], .models)
        on("GET", ["/v1/models/{id}", "/models/{id}"], .model)
        for method in ["generateContent", "streamGenerateContent", "countTokens"] {
            on("POST", ["/v1beta/models/{model}:\(method)", "/models/{model}:\(method)"], .generateContent)
        }
        for base in ["/v1", "", "/{provider}/v1"] {
            on("POST", ["\(base)/files"], .files)
            on("GET", ["\(base)/files"], .files)
            on("GET", ["\(base)/files/{id}"], .file)
            on("DELETE", ["\(base)/files/{id}"], .file)
            on("GET", ["\(base)/files/{id}/content"], .fileContent)
            on("POST", ["\(base)/batches"], .batches)
            on("GET", ["\(base)/batches"], .batches)
            on("GET", ["\(base)/batches/{id}"], .batch)
            on("POST", ["\(base)/batches/{id}/cancel"], .cancelBatch)
        }

        on("GET", ["/model/info", "/v1/model/info"], .modelInfo)
        on("GET", ["/v2/model/info"], .modelTable)
        on("GET", ["/model_group/info"], .modelGroups)
        on("GET", ["/health"], .health)
        for path in ["/health/liveliness", "/health/liveness"] {
            on("GET", [path], .liveness)
            on("OPTIONS", [path], .livenessOptions)
        }
        on("GET", ["/health/readiness"], .readiness)
        on("OPTIONS", ["/health/readiness"], .livenessOptions)
        on("GET", ["/health/readiness/details"], .readinessDetails)
        on("GET", ["/health/services"], .healthServices)
        on("POST", ["/utils/token_counter"], .tokenCounter)
        on("GET", ["/utils/supported_openai_params"], .supportedParameters)
        on("GET", ["/utils/model_info"], .knownModel)
        on("POST", ["/utils/transform_request"], .transformRequest)
        on("POST", ["/spend/calculate"], .spendCalculate)
        on("GET", ["/global/spend/report"], .spendReport)
        on("POST", ["/key/generate"], .generateKey)
        on("GET", ["/key/info"], .keyInfo)
        on("POST", ["/key/update"], .updateKey)
        on("POST", ["/key/delete"], .deleteKeys)
        on("GET", ["/cache/ping"], .cachePing)
        on("POST", ["/cache/delete"], .cacheChange(.delete))
        on("POST", ["/cache/flushall"], .cacheChange(.flush))
        on("GET", ["/cache/redis/info"], .cacheChange(.redisInfo))
        on("GET", ["/metrics"], .metrics)
        on("GET", ["/metrics/"], .metricsText)

        for method in ["GET", "HEAD"] {
            on(method, ["/"], .page(.root))
            on(method, ["/redoc"], .page(.redoc))
            on(method, ["/ui/"], .page(.dashboard))
            on(method, ["/openapi.json"], .openAPI)
        }
        on("GET", ["/routes"], .routeList)
        for (method, path, answer) in FixedAnswer.all { on(method, [path], .fixed(answer)) }
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            on(method, ["/openai/{endpoint...}"], .passThrough)
            on(method, ["/anthropic/{endpoint...}"], .fixed(.anthropicPassThrough))
        }
        return list
    }()

    static let routeTable: RouteTable<Route> = {
        var table = RouteTable<Route>()
        for (method, path, route) in catalogue { table.on(method, path, route) }
        return table
    }()
}

extension FakeLiteLLM {
    /// Finds the route of a request. Paths that hold a model's name are taken apart here, since the name may have
    /// slashes of its own.
    nonisolated func match(_ request: Request) -> RouteMatch<Route> {
        let path = request.path
        for prefix in Self.deploymentPrefixes where path.hasPrefix(prefix) {
            for (suffix, route) in Self.deploymentRoutes where path.hasSuffix(suffix) {
                let model = path.dropFirst(prefix.count).dropLast(suffix.count)
                guard !model.isEmpty else { continue }
                return request.method == "POST"
                    ? .found(route, parameters: ["model": String(model)]) : .methodNotAllowed(allow: ["POST"])
            }
        }
        return routes.match(method: request.method, path: path)
    }

    /// What stands before a model's name in a path.
    static let deploymentPrefixes = ["/engines/", "/openai/deployments/"]

    /// What may stand behind it.
    static let deploymentRoutes: [(String, Route)] = [
        ("/chat/completions", .chat), ("/completions", .completion), ("/embeddings", .embedding),
        ("/images/generations", .image), ("/images/edits", .imageEdit),
    ]
}
