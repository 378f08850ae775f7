internal import JSONTree
internal import SocketServer

/// A route that always says the same: probes, pages of the management, and all that misses its database.
struct FixedAnswer: Sendable {
    /// A field that must be there before anything else is looked at.
    struct Required: Sendable {
        /// `body` or `query`.
        var part: String
        var name: String
    }

    var demand = Authentication.Demand.admin
    var status = 200
    var body: String
    var required: [Required] = []
    /// What an ordinary key gets instead.
    var forKeys: (status: Int, body: String)?
    /// What is said where a key store stands for the database.
    var withDatabase: String?

    /// Every such route: method, path, answer.
    static let all: [(String, String, FixedAnswer)] = {
        var list: [(String, String, FixedAnswer)] = []
        for group in ManagementRoutes.all {
            for line in group.routes.split(separator: "\n") {
                let words = line.split(separator: " ")
                let required = words.dropFirst(2).map { word in
                    let parts = word.split(separator: ":")
                    return Required(part: String(parts[0]), name: String(parts[1]))
                }
                let answer = FixedAnswer(
                    demand: words[1].hasPrefix("/public/") ? .nothing : .admin, status: group.status, body: group.body,
                    required: required)
                for method in words[0].split(separator: ",") { list.append((String(method), String(words[1]), answer)) }
            }
        }
        return list + single
    }()

    private static func failed(_ status: Int, _ message: String, type: String? = nil) -> FixedAnswer {
        FixedAnswer(status: status, body: String(utf8: ProxyError(status, message, type: type).body))
    }

    private static func detail(_ status: Int, _ message: String) -> FixedAnswer {
        FixedAnswer(status: status, body: String(utf8: ProxyError.detail(status, ["error": .string(message)]).body))
    }

    private static let single: [(String, String, FixedAnswer)] = {
        let spend = ManagementRoutes.shortText
        var keyList = failed(500, "Database not connected")
        keyList.demand = .key
        keyList.forKeys = (
            403,
            String(
                utf8: ProxyError(
                    403,
                    "You are not authorized to access this endpoint. No 'user_id' is associated with your API key.",
                    type: "bad_request_error", param: "user_id"
                ).body)
        )
        var teamList = detail(400, ManagementRoutes.databaseText)
        teamList.demand = .key
        teamList.withDatabase = "[]"
        teamList.forKeys = (
            401,
            #"{"detail":{"error":"Only admin users can query all teams/other teams. Your user role=internal_user"}}"#
        )
        var userList = detail(500, "No db connected. prisma client=None")
        userList.demand = .key
        userList.forKeys = (403, #"{"detail":{"error":"Only proxy admins and organization admins can list users."}}"#)
        var spendLogs = failed(500, "/spend/logs Error\(spend)", type: "internal_error")
        spendLogs.withDatabase = "[]"
        var userInfo = failed(500, spend)
        userInfo.demand = .key
        let settings = FixedAnswer(body: Hooks.overview)
        let notInitialized = detail(500, "Database not initialized")
        let uiConfig = FixedAnswer(
            demand: .nothing,
            body: #"{"server_root_path":"","proxy_base_url":null,"gateway_base_url":null,"auto_redirect_to_sso":false,"#
                + #""admin_ui_disabled":false,"sso_configured":false,"hide_default_credentials_hint":false,"#
                + #""is_control_plane":false,"mcp_stdio_enabled":false,"use_si_terminology":false,"#
                + #""claude_code_marketplace_auth_required":false,"workers":[]}"#)
        let noClient = failed(500, "Prisma Client is not initialized", type: "internal_error")
        return [
            ("GET", "/key/list", keyList),
            ("POST", "/key/health", FixedAnswer(demand: .key, body: #"{"key":"healthy","logging_callbacks":null}"#)),
            ("GET", "/user/info", userInfo),
            ("POST", "/user/new", failed(400, ManagementRoutes.databaseText)),
            ("POST", "/team/new", failed(500, "{'error': 'No db connected'}")),
            ("GET", "/team/list", teamList), ("GET", "/user/list", userList),
            ("POST", "/budget/new", detail(500, ManagementRoutes.databaseText)),
            ("GET", "/spend/logs", spendLogs),
            ("GET", "/spend/tags", failed(500, "/spend/tags Error\(spend)", type: "internal_error")),
            ("GET", "/spend/keys", detail(400, spend)),
            ("GET", "/global/spend", failed(500, "{'error': 'No db connected'}", type: "internal_error")),
            ("GET", "/global/spend/logs", noClient), ("GET", "/model/metrics", noClient),
            (
                "GET", "/model/streaming_metrics",
                failed(500, ManagementRoutes.databaseText, type: "internal_error")
            ),
            ("GET", "/health/history", notInitialized), ("GET", "/health/latest", notInitialized),
            (
                "GET", "/health/backlog",
                FixedAnswer(
                    body: #"{"in_flight_requests":1,"admitted_requests":0,"queued_requests":0,"rejected_requests":0}"#)
            ),
            (
                "GET", "/health/license",
                FixedAnswer(
                    body: #"{"has_license":false,"license_type":"community","expiration_date":null,"#
                        + #""allowed_features":[],"limits":{"max_users":null,"max_teams":null}}"#)
            ),
            (
                "GET", "/health/shared-status",
                FixedAnswer(
                    body: #"{"shared_health_check_enabled":false,"message":"Shared health check is not enabled"}"#)
            ),
            (
                "GET", "/health/deployment_warnings",
                FixedAnswer(
                    body: #"{"warnings":[{"id":"env_credential_login","severity":"critical","ignore":null},"#
                        + #"{"id":"no_redis","severity":"warning","ignore":null}],"ignore_available":false}"#)
            ),
            ("POST", "/health/test_connection", detail(500, ManagementRoutes.databaseText)),
            ("GET", "/settings", settings), ("GET", "/active/callbacks", settings),
            ("GET", "/test", FixedAnswer(demand: .nothing, body: #"{"route":"/test"}"#)),
            ("GET", "/.well-known/litellm-ui-config", uiConfig),
            ("GET", "/litellm/.well-known/litellm-ui-config", uiConfig),
            ("GET", "/credentials", FixedAnswer(body: #"{"success":true,"credentials":[]}"#)),
            ("GET", "/guardrails/list", FixedAnswer(body: #"{"guardrails":[]}"#)),
            ("GET", "/v2/guardrails/list", FixedAnswer(body: #"{"guardrails":[]}"#)),
            ("GET", "/prompts/list", FixedAnswer(body: #"{"prompts":[]}"#)),
            ("GET", "/policies/list", FixedAnswer(body: #"{"policies":[],"total_count":0}"#)),
            ("GET", "/v1/agents", FixedAnswer(demand: .key, body: "[]")),
            ("GET", "/v1/mcp/server", FixedAnswer(demand: .key, body: "[]")),
            ("GET", "/v1/mcp/tools", FixedAnswer(demand: .key, body: #"{"tools":[]}"#)),
            ("GET", "/v1/search/tools", FixedAnswer(demand: .key, body: #"{"object":"list","data":[]}"#)),
            ("GET", "/public/mcp_hub", FixedAnswer(demand: .nothing, body: "[]")),
            ("GET", "/get/latest_release_info", FixedAnswer(body: "null")),
            (
                "GET", "/public/model_hub/info",
                FixedAnswer(
                    demand: .nothing,
                    body: #"{"docs_title":"LiteLLM API","custom_docs_description":null,"litellm_version":"1.109.1","#
                        + #""useful_links":{}}"#)
            ),
            ("GET", "/public/model_hub", FixedAnswer(demand: .nothing, body: "[]")),
            ("GET", "/public/agent_hub", FixedAnswer(demand: .nothing, body: "[]")),
            (
                "GET", "/sso/readiness",
                FixedAnswer(
                    body: #"{"status":"healthy","sso_configured":false,"message":"No SSO provider configured"}"#)
            ),
        ] + assistants
    }()

    /// Anthropic's own surface, for which the proxy has no credentials.
    static let anthropicPassThrough: FixedAnswer = {
        let text =
            "No Anthropic credential is configured on this proxy and the request carried no upstream Anthropic credential. "
            + "The LiteLLM virtual key is not forwarded to Anthropic. Configure an Anthropic credential (ANTHROPIC_API_KEY or "
            + "ANTHROPIC_AUTH_TOKEN, or a model with use_in_pass_through: true), or send your own Anthropic API key in the "
            + "x-api-key header or your own Anthropic OAuth token in the Authorization header."
        return FixedAnswer(demand: .key, status: 401, body: String(utf8: ProxyError.detail(401, .string(text)).body))
    }()

    /// The assistants API, for which no provider is set.
    private static let assistants: [(String, String, FixedAnswer)] = {
        var refusal = failed(
            500,
            "'custom_llm_provider' must be set. Either via:\n `Router(assistants_config={'custom_llm_provider': ..})` \n"
                + "or\n `router.arun_thread(custom_llm_provider=..)`")
        refusal.demand = .key
        let routes = [
            ("GET", "/assistants"), ("POST", "/assistants"), ("DELETE", "/assistants/{id}"), ("POST", "/threads"),
            ("GET", "/threads/{id}"), ("GET", "/threads/{id}/messages"), ("POST", "/threads/{id}/messages"),
            ("POST", "/threads/{id}/runs"),
        ]
        return routes.flatMap { [($0.0, $0.1, refusal), ($0.0, "/v1" + $0.1, refusal)] }
    }()
}

extension FakeLiteLLM {
    /// An answer that is always the same.
    func fixed(_ answer: FixedAnswer, _ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Reply {
        let caller = try authorize(visit, answer.demand)
        if let forbidden = answer.forKeys, !caller.isAdmin {
            return .json(Array(forbidden.body.utf8), status: forbidden.status, crossOrigin: visit.crossOrigin)
        }
        if !answer.required.isEmpty {
            let asksForBody = answer.required.contains { $0.part == "body" }
            let document =
                asksForBody
                ? try RequestDocument.model(
                    try await body(of: exchange), contentType: visit.request.headers["content-type"]) : [:]
            let query = visit.request.queryItems
            let missing = answer.required.filter {
                $0.part == "query" ? query[$0.name] == nil : !document.contains(key: $0.name)
            }
            if !missing.isEmpty {
                throw .detail(
                    422,
                    .array(
                        missing.map {
                            ["type": "missing", "loc": [.string($0.part), .string($0.name)], "msg": "Field required"]
                        }))
            }
        }
        if let stored = answer.withDatabase, settings.keys != nil {
            return .json(Array(stored.utf8), crossOrigin: visit.crossOrigin)
        }
        return .json(Array(answer.body.utf8), status: answer.status, crossOrigin: visit.crossOrigin)
    }
}
