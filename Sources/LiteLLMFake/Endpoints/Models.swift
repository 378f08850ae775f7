internal import JSONTree
internal import SocketServer

/// `GET /v1/models` and what tells more of models (section 11).
extension FakeLiteLLM {
    func models(_ visit: Visit) throws(ProxyError) -> Reply {
        let caller = try authorize(visit)
        let withMetadata = visit.request.queryItems["include_metadata"]?.lowercased() == "true"
        var body: [UInt8] = []
        body.add(#"{"data":["#)
        for (index, name) in visibleNames(caller).enumerated() {
            if index > 0 { body.add(",") }
            var entry = entry(name)
            if withMetadata { entry["metadata"] = ["fallbacks": fallbackNames(name)] }
            body.add(.object(entry))
        }
        body.add(#"],"object":"list"}"#)
        return .json(body, crossOrigin: visit.crossOrigin)
    }

    /// The names that a caller sees: all, or those of its key, in the key's order.
    private func visibleNames(_ caller: Caller) -> [String] {
        if let key = caller.key, !keys.entries[key].key.models.isEmpty { return keys.entries[key].key.models }
        guard router.names.contains("*") else { return router.names }
        // A star stands for every model that is known.
        return router.names.filter { $0 != "*" } + KnownModel.all.keys.sorted()
    }

    private func fallbackNames(_ name: String) -> JSON {
        .array(settings.proxy.fallbacks.first { $0.name == name }?.targets.map { .string($0) } ?? [])
    }

    private func entry(_ name: String) -> JSONObject {
        var entry: JSONObject = [
            "id": .string(name), "object": "model", "created": 1_677_610_602, "owned_by": "openai",
        ]
        let deployment = router.group(name).first
        if let mode = deployment?.mode { entry["mode"] = .string(mode) }
        if let limit = deployment?.known?.maxInput { entry["max_input_tokens"] = .int(limit) }
        if let limit = deployment?.known?.maxOutput { entry["max_output_tokens"] = .int(limit) }
        return entry
    }

    func model(_ visit: Visit) throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        let name = visit.parameters["id"] ?? ""
        if router.names.contains("*"), !router.names.contains(name), router.knows(name) {
            throw .detail(404, .string("Model '\(name)' not found in router configuration"))
        }
        guard router.knows(name) else {
            throw .detail(404, .string("The model `\(name)` does not exist or is not accessible"))
        }
        return .json(JSON.object(entry(name)).bytes(), crossOrigin: visit.crossOrigin)
    }

    func modelInfo(_ visit: Visit) throws(ProxyError) -> Reply {
        let caller = try authorize(visit)
        let visible = Set(visibleNames(caller))
        var deployments = router.deployments.filter { visible.contains($0.name) || $0.isWildcard }
        if let id = visit.request.queryItems["litellm_model_id"] {
            deployments = deployments.filter { $0.id == id }
            if deployments.isEmpty {
                throw .detail(400, ["error": .string("Model id = \(id) not found on litellm proxy")])
            }
        }
        let answer: JSON = ["data": .array(deployments.map { ModelFacts.entry($0, isAdmin: caller.isAdmin) })]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    func modelGroups(_ visit: Visit) throws(ProxyError) -> Reply {
        let caller = try authorize(visit)
        let asked = visit.request.queryItems["model_group"]
        let visible = Set(visibleNames(caller))
        let names = router.names.filter { (asked == nil || asked == $0) && visible.contains($0) }
        let answer: JSON = ["data": .array(names.map { ModelFacts.group($0, router.group($0)) })]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    /// `GET /v2/model/info`, the table of the dashboard: it needs a database.
    func modelTable(_ visit: Visit) throws(ProxyError) -> Reply {
        try authorize(visit)
        guard settings.keys != nil else { throw .detail(500, ["error": .string(ManagementRoutes.databaseText)]) }
        let query = visit.request.queryItems
        let size = max(1, query["size"].flatMap { Int($0) } ?? 50)
        let page = max(1, query["page"].flatMap { Int($0) } ?? 1)
        let all = router.deployments
        let (skipped, isBeyond) = (page - 1).multipliedReportingOverflow(by: size)
        let shown = isBeyond ? [] : all.dropFirst(skipped).prefix(size)
        // Rounded up without a sum that might not fit.
        let pages = all.count / size + (all.count % size == 0 ? 0 : 1)
        let answer: JSON = [
            "data": .array(shown.map { ModelFacts.entry($0) }),
            "total_count": .int(all.count), "current_page": .int(page),
            "total_pages": .int(pages), "size": .int(size),
        ]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }
}
