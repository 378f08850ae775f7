internal import Fakes
internal import JSONTree
internal import SocketServer

/// `/key/generate`, `/key/info`, `/key/update` and `/key/delete`: they work where a key store stands for the database.
extension FakeLiteLLM {
    func generateKey(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        let document = try RequestDocument.model(
            try await body(of: exchange), contentType: visit.request.headers["content-type"])
        guard settings.keys != nil else {
            throw ProxyError(500, "{'error': '\(ManagementRoutes.databaseText)'}")
        }
        var luck = luck(of: "keys")
        let secret = document.text("key") ?? "sk-" + ChatComposer.token(22, &luck)
        let now = environment.now()
        let ends = document.text("duration").flatMap { Self.seconds(of: $0) }.map {
            WallTime(seconds: now.seconds + $0)
        }
        // Python's calendar ends with the year 9999, and NaN is in no range at all.
        if let ends, !(0..<253_402_300_800).contains(ends.seconds) { throw ProxyError(400, "Invalid duration format") }
        var key = VirtualKey(document, secret: secret)
        key.expires = ends.map { $0.dateTime(separator: "T") + "Z" }
        guard keys.add(key) else {
            // The real proxy has a database, and no end of room.
            throw ProxyError(500, "This stand-in keeps \(KeyStore.most) keys at most: delete some by /key/delete.")
        }
        return .json(Self.generated(key, document, ends: ends, now: now).bytes(), crossOrigin: visit.crossOrigin)
    }

    func keyInfo(_ visit: Visit) throws(ProxyError) -> Reply {
        let caller = try authorize(visit)
        guard settings.keys != nil else {
            throw ProxyError(
                500, "Internal server error from /key/info. Details are in the proxy server logs.",
                type: "internal_error")
        }
        let asked = visit.request.queryItems["key"] ?? caller.name
        guard let index = keys.index(of: asked) else {
            throw .detail(404, ["message": "No keys found"])
        }
        let answer: JSON = ["key": .string(asked), "info": keys.entries[index].row]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    func updateKey(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        let document = try RequestDocument.model(
            try await body(of: exchange), contentType: visit.request.headers["content-type"])
        guard let secret = document.text("key") else {
            throw .invalidValue("Value error, either key or key_alias must be provided")
        }
        guard settings.keys != nil else { throw ProxyError(500, "{'error': 'Database not connected'}") }
        guard let index = keys.index(of: secret) else {
            throw .detail(404, ["error": .string("Key not found: \(secret)")])
        }
        var changed = keys.entries[index].key
        changed.take(document)
        keys.replace(index, with: changed)
        return .json(keys.entries[index].row.bytes(), crossOrigin: visit.crossOrigin)
    }

    func deleteKeys(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        let document = try RequestDocument.model(
            try await body(of: exchange), contentType: visit.request.headers["content-type"])
        guard let secrets = document["keys"]?.array?.compactMap(\.string) else {
            throw .invalidValue("Value error, At least one of 'keys' or 'key_aliases' must be provided.")
        }
        guard settings.keys != nil else { throw ProxyError(500, "Not connected to DB!") }
        for secret in secrets { if let index = keys.index(of: secret) { keys.block(index) } }
        let answer: JSON = ["deleted_keys": .array(secrets.map { .string($0) })]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    /// `30s`, `30m`, `30h`, `30d`, `1w`, `1mo`; a month has 30 days.
    private static func seconds(of duration: String) -> Double? {
        let units = ["s": 1.0, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "mo": 2_592_000]
        let name = duration.hasSuffix("mo") ? "mo" : String(duration.suffix(1))
        guard let unit = units[name], let count = Double(duration.dropLast(name.count)) else { return nil }
        return count * unit
    }

    /// Every member of the answer, in its order; those that were asked for are filled in.
    private static func generated(_ key: VirtualKey, _ document: JSONObject, ends: WallTime?, now: WallTime) -> JSON {
        var object = JSONObject()
        for name in generatedMembers { object[name] = .null }
        for name in ["metadata", "config", "permissions", "model_max_budget", "budget_fallbacks", "aliases"] {
            object[name] = [:]
        }
        for name in ["models", "allowed_cache_controls", "allowed_routes", "access_group_ids"] { object[name] = [] }
        object["key_type"] = "default"
        for (name, value) in document where object.contains(key: name) && name != "duration" { object[name] = value }
        object["spend"] = .double(key.spend)
        if let budget = key.maxBudget { object["max_budget"] = .double(budget) }
        object["key"] = .string(key.key)
        object["key_name"] = .string(key.shownName)
        object["expires"] = ends.map { .string($0.isoMicroseconds + "Z") } ?? .null
        object["token_id"] = .string(key.token)
        object["token"] = .string(key.token)
        object["created_by"] = "default_user_id"
        object["updated_by"] = "default_user_id"
        object["created_at"] = .string(now.isoMicroseconds + "Z")
        object["updated_at"] = .string(now.isoMicroseconds + "Z")
        return .object(object)
    }

    private static let generatedMembers = """
        key_alias duration models spend max_budget user_id team_id agent_id max_parallel_requests metadata tpm_limit
        rpm_limit budget_duration budget_limits allowed_cache_controls config permissions model_max_budget
        budget_fallbacks model_rpm_limit model_tpm_limit mcp_rpm_limit tag_rpm_limit guardrails policies prompts blocked
        aliases object_permission key tpd_limit default_estimated_output_tokens
        default_estimated_output_tokens_per_model budget_id end_user_budget_id tags disable_global_guardrails
        enable_prompt_caching throttle_on_budget_exceeded enforced_params allowed_routes allowed_passthrough_routes
        denied_passthrough_routes allowed_vector_store_indexes rpm_limit_type tpm_limit_type router_settings
        access_group_ids key_name key_type expires token_id organization_id project_id litellm_budget_table token
        created_by updated_by created_at updated_at
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
}

extension ProxyError {
    /// A body that is well formed, but means nothing.
    static func invalidValue(_ message: String) -> ProxyError {
        detail(422, [["type": "value_error", "loc": ["body"], "msg": .string(message)]])
    }
}

extension VirtualKey {
    /// A key as `/key/generate` is asked for it.
    init(_ document: JSONObject, secret: String) {
        self.init(key: secret)
        take(document)
    }

    /// Takes over what a request names.
    mutating func take(_ document: JSONObject) {
        if let value = document.text("key_alias") { alias = value }
        if let value = document["models"]?.array { models = value.compactMap(\.string) }
        if let value = document["spend"]?.double { spend = value }
        if let value = document["max_budget"]?.double { maxBudget = value }
        if let value = document["tpm_limit"]?.int { tokenLimit = value }
        if let value = document["rpm_limit"]?.int { requestLimit = value }
        if let value = document["max_parallel_requests"]?.int { parallelLimit = value }
        if let value = document["blocked"]?.bool { isBlocked = value }
        if let value = document["metadata"]?.object { metadata = value }
    }
}

extension KeyStore.Entry {
    /// The key's row, as `/key/info` shows it.
    var row: JSON {
        [
            "token": .string(token), "key_name": .string(key.shownName),
            "key_alias": key.alias.map { .string($0) } ?? .null, "spend": .double(spend), "total_spend": .double(spend),
            "max_budget": key.maxBudget.map { .double($0) } ?? .null,
            "expires": key.expires.map { .string($0) } ?? .null, "models": .array(key.models.map { .string($0) }),
            "aliases": [:], "config": [:], "user_id": nil, "team_id": nil, "agent_id": nil, "project_id": nil,
            "max_parallel_requests": key.parallelLimit.map { .int($0) } ?? .null, "metadata": .object(key.metadata),
            "tpm_limit": key.tokenLimit.map { .int($0) } ?? .null,
            "rpm_limit": key.requestLimit.map { .int($0) } ?? .null, "tpd_limit": nil, "budget_duration": nil,
            "budget_reset_at": nil, "allowed_cache_controls": [], "allowed_routes": [], "key_type": nil,
            "permissions": [:], "model_spend": [:], "model_max_budget": [:], "budget_fallbacks": nil,
            "soft_budget_cooldown": false, "blocked": key.isBlocked ? true : nil, "litellm_budget_table": nil,
            "budget_id": nil, "org_id": nil, "created_at": nil, "created_by": "default_user_id", "updated_at": nil,
            "updated_by": "default_user_id", "last_active": nil,
        ]
    }
}
