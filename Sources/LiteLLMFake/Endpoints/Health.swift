internal import Fakes
internal import JSONTree
internal import SocketServer

/// `GET /health` and the probes (section 7).
extension FakeLiteLLM {
    /// Calls every deployment once, all at the same time, and tells how it went.
    func health(_ visit: Visit) async throws(ProxyError) -> Reply {
        let caller = try authorize(visit)
        let query = visit.request.queryItems
        let id = query["model_id"]
        let name = query["model"]
        var asked = router.deployments
        if let id {
            asked = asked.filter { $0.id == id }
            if asked.isEmpty { throw .detail(404, ["error": .string("Model with ID \(id) not found")]) }
        } else if let name {
            asked = asked.filter { $0.name == name || $0.model == name }
        }
        if let key = caller.key, !keys.entries[key].key.models.isEmpty {
            asked = asked.filter { keys.entries[key].key.models.contains($0.name) }
        }
        let isAdmin = caller.isAdmin && settings.proxy.masterKey != nil
        let checks = await withTaskGroup(of: (Int, HealthCheck).self) { group in
            for deployment in asked {
                group.addTask(executorPreference: environment.loop) {
                    (deployment.index, await self.check(deployment))
                }
            }
            var results: [Int: HealthCheck] = [:]
            for await (index, check) in group { results[index] = check }
            return results
        }
        var healthy: [JSON] = []
        var unhealthy: [JSON] = []
        for deployment in asked {
            guard let check = checks[deployment.index] else { continue }
            if check.isHealthy {
                healthy.append(check.object(of: deployment, isAdmin: isAdmin))
            } else {
                unhealthy.append(check.object(of: deployment, isAdmin: isAdmin))
            }
        }
        let answer: JSON = [
            "healthy_endpoints": .array(healthy), "unhealthy_endpoints": .array(unhealthy),
            "healthy_count": .int(healthy.count), "unhealthy_count": .int(unhealthy.count),
        ]
        var fields = HeaderFields()
        if !isAdmin { fields.append("litellm-health-field-notice", HealthCheck.notice) }
        let isAlarming = healthy.isEmpty && (name != nil || id != nil)
        return .json(answer.bytes(), status: isAlarming ? 503 : 200, fields: fields, crossOrigin: visit.crossOrigin)
    }

    private func check(_ deployment: Deployment) async -> HealthCheck {
        if deployment.mode == "moderation" {
            return HealthCheck(failure: HealthCheck.unsupported("moderation"), status: 500, request: nil)
        }
        let call = Call(
            id: "", started: .now, now: environment.now(), caller: Caller(name: "health"), crossOrigin: false,
            document: [:], group: deployment.name, bodyModel: deployment.name, streams: false, timeout: nil,
            streamTimeout: nil, retries: nil, luck: environment.random("health", deployment.id))
        // The provider's client tries up to three times, by itself.
        let waits = deployment.isMock || deployment.isAnthropic ? [] : [0.45, 0.85]
        for wait in waits {
            do throws(CallFailure) {
                return try await check(deployment, call)
            } catch {
                guard error.isWorthRetrying(of: 1) else { break }
                // Cut short only when the client has gone: the rest is asked at once, for nobody.
                try? await pause(error.retryAfter ?? wait)
            }
        }
        do throws(CallFailure) {
            return try await check(deployment, call)
        } catch {
            return HealthCheck(
                failure: error.bareMessage + "\nstack trace: " + HealthCheck.trace, status: error.status,
                request: deployment.isMock
                    ? (deployment.mocksTimeout ? nil : HealthCheck.noRequest) : HealthCheck.request(to: deployment))
        }
    }

    private func check(_ deployment: Deployment, _ call: Call) async throws(CallFailure) -> HealthCheck {
        guard case .upstream(let reached) = try await outcome(of: deployment, call, style: .chat, streams: false) else {
            return HealthCheck()
        }
        var check = HealthCheck()
        if HealthCheck.tellsLimits(deployment) { check.limits = reached.fields }
        return check
    }

    // MARK: Probes

    func livenessOptions(_ visit: Visit) -> Reply {
        var headers: HeaderFields = [
            "allow": "GET, OPTIONS", "access-control-allow-methods": "GET, OPTIONS",
            "access-control-allow-headers": "*",
            "content-length": "0",
        ]
        headers.close(crossOrigin: visit.crossOrigin)
        return Reply(headers: headers, body: .bytes([]))
    }

    func readiness(_ visit: Visit) -> Reply {
        let answer: JSON = ["status": "healthy", "db": .string(database)]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    private var database: String { settings.keys == nil ? "Not connected" : "connected" }

    func readinessDetails(_ visit: Visit) throws(ProxyError) -> Reply {
        try authorize(visit, .admin)
        var callbacks = Hooks.names
        callbacks.insert("sync_deployment_callback_on_success", at: 0)
        if settings.proxy.caches { callbacks.insert("cache", at: 0) }
        if settings.proxy.hasMetrics { callbacks.append("PrometheusLogger") }
        let answer: JSON = [
            "status": "healthy", "db": .string(database), "cache": settings.proxy.caches ? "local" : nil,
            "litellm_version": .string(FixedFields.version), "success_callbacks": .array(callbacks.map { .string($0) }),
            "use_aiohttp_transport": true, "log_level": "WARNING", "is_detailed_debug": false,
            "show_no_redis_warning": true, "show_env_credential_login_warning": true,
        ]
        return .json(answer.bytes(), crossOrigin: visit.crossOrigin)
    }

    func healthServices(_ visit: Visit) throws(ProxyError) -> Reply {
        try authorize(visit)
        guard let service = visit.request.queryItems["service"] else { throw .missing("service", within: "query") }
        throw ProxyError(
            422, "{'error': '\"\(service)\" not in proxy config: general_settings. Unable to test this.'}")
    }
}

/// How one deployment is.
struct HealthCheck: Sendable {
    /// What was wrong; nil when nothing was.
    var failure: String?
    var status = 200
    /// What was sent, as it is told.
    var request: JSON?
    /// The upstream's headers, where its limits are told.
    var limits = HeaderFields()

    var isHealthy: Bool { failure == nil }

    func object(of deployment: Deployment, isAdmin: Bool) -> JSON {
        var object = JSONObject()
        if isAdmin, let base = deployment.apiBase { object["api_base"] = .string(base) }
        for limit in ["tpm", "rpm"] { object[limit] = deployment.parameters[limit] }
        object["model"] = .string(deployment.model)
        if let failure {
            object["error"] = .string(failure)
            object["raw_request_typed_dict"] = request ?? .null
            object["model_id"] = .string(deployment.id)
            object["exception_status"] = .int(status)
            return .object(object)
        }
        for name in ["x-ratelimit-remaining-requests", "x-ratelimit-remaining-tokens"] {
            if let value = limits[name] { object[name] = .string(value) }
        }
        object["model_id"] = .string(deployment.id)
        return .object(object)
    }

    static func tellsLimits(_ deployment: Deployment) -> Bool {
        deployment.provider == "openai" && deployment.mode != "embedding"
    }

    static let noRequest: JSON = [
        "raw_request_api_base": "", "raw_request_body": [:], "raw_request_headers": [:], "error": nil,
    ]

    static func request(to deployment: Deployment) -> JSON {
        let question = "What's 1 + 1?"
        if deployment.isAnthropic {
            return [
                "raw_request_api_base": .string(deployment.shownBase + "/v1/messages"),
                "raw_request_body": [
                    "model": .string(deployment.upstreamModel),
                    "messages": [["role": "user", "content": [["type": "text", "text": .string(question)]]]],
                    "max_tokens": 16,
                ],
                "raw_request_headers": [
                    "anthropic-version": "2023-06-01", "accept": "application/json", "content-type": "application/json",
                    "x-api-key": "sk****am",
                ], "error": nil,
            ]
        }
        return [
            "raw_request_api_base": .string(deployment.shownBase + "/"),
            "raw_request_body": [
                "model": .string(deployment.upstreamModel),
                "messages": [["role": "user", "content": .string(question)]], "max_tokens": 16, "extra_body": [:],
            ], "raw_request_headers": ["Authorization": "Be****am"], "error": nil,
        ]
    }

    static func unsupported(_ mode: String) -> String {
        let text = "Mode \(mode) not supported. See modes here: https://docs.litellm.ai/docs/proxy/health"
        return """
            \(text)
            stack trace: Traceback (most recent call last):
              File "/usr/lib/python3/site-packages/litellm/main.py", line 9468, in ahealth_check
                raise Exception(f"Mode {mode} not supported. See modes here: https://docs.litellm.ai/docs/proxy/health")
            Exception: \(text)

            """
    }

    /// The trace of a failed call, cut where the proxy cuts it.
    static let trace = """
        Traceback (most recent call last):
          File "/usr/lib/python3/site-packages/litellm/llms/openai/openai.py", line 1055, in acompletion
            headers, response = await self.make_openai_chat_completion_request(
                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          File "/usr/lib/python3/site-packages/litellm/litellm_core_utils/logging_utils.py", line 372, in async_wrapper
            result: Final = await func(*args, **kwargs)
                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^
          File "/usr/lib/python3/site-packages/litellm/llms/openai/openai.py", line 589, in make_openai_chat_completion_request
            raise e
          File "/usr/lib/python3/site-packages/litellm/llms/openai/openai.py", line 552, in make_openai_chat_completion_request
            await openai_aclient.post(
          File "/usr/lib/python3/site-packages/openai/_base_client.py", line 2085, in post
            return await self.request(cast_to, opts, stream=stream, strea
        """

    /// What only admins see.
    static let notice =
        "api_base, api_version, aws_bedrock_runtime_endpoint, anthropic_disable_workload_identity_federation, "
        + "anthropic_federation_rule_id, anthropic_federation_workspace_id, anthropic_identity_source, "
        + "anthropic_issuer_audience, anthropic_issuer_subject, anthropic_issuer_ttl_seconds, anthropic_issuer_url, "
        + "anthropic_keycloak_auth_method, anthropic_keycloak_client_id, anthropic_keycloak_scope, "
        + "anthropic_keycloak_token_url, anthropic_organization_id, anthropic_service_account_id, "
        + "openai_identity_provider_id, openai_service_account_id, token_exchange_audience, token_exchange_endpoint, "
        + "token_exchange_profile, token_exchange_scope, github_copilot_auth_type, github_copilot_host, "
        + "chatgpt_auth_file are admin-only on this endpoint"
}
