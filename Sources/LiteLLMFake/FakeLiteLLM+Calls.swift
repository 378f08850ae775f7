internal import Encodings
internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// The way of every inference call: begun, admitted, made, made again, settled.
///
/// Its functions are asynchronous as some of them may have to wait, which is seldom. Each call of one would ask the
/// runtime for the right thread, twice; they are inlined, so that a call asks once.
extension FakeLiteLLM {
    /// Reads the body. Bodies beyond the limit are refused as a proxy in front of Python would.
    func body(of exchange: Exchange) async throws(ProxyError) -> [UInt8] {
        do {
            return try await exchange.body()
        } catch .tooLarge {
            throw ProxyError.detail(413, "Request Entity Too Large")
        } catch {
            throw ProxyError.unhandled
        }
    }

    /// Begins a call: body, then credential, then the request's own fields.
    @inline(__always)
    func begin(_ exchange: Exchange, _ visit: Visit) async throws(ProxyError) -> Call {
        let started = environment.loop.clock.now
        // Most bodies have come with their heads: these calls are spared the way through the functions that wait.
        let bytes = if let whole = exchange.bodyAtHand() { whole } else { try await body(of: exchange) }
        let document = try (exchange.prepared as? PreparedDocument ?? PreparedDocument(visit.request, bytes)).result
            .get()
        return try begin(document, visit, started: started, asked: bytes)
    }

    /// Begins a call whose body is known.
    func begin(
        _ document: JSONObject, _ visit: Visit, started: ContinuousClock.Instant, asked: [UInt8] = []
    ) throws(ProxyError) -> Call {
        let headers = visit.request.headers
        let bodyModel = document.text("model")
        let group = visit.parameters["model"] ?? bodyModel
        let now = environment.now()
        try refuseAsDirected(visit, model: group)
        let caller = try authentication.caller(
            Credential(headers), demand: .key, model: group, path: visit.request.path, keys: keys, now: now)
        if !settings.proxy.allowsClientCredentials { try refuseCredentials(in: document) }
        var luck = luck(of: caller.name, asking: asked)
        return Call(
            id: headers["x-litellm-call-id"] ?? luck.uuid(), started: started, now: now, caller: caller,
            crossOrigin: visit.crossOrigin, document: document, group: group, bodyModel: bodyModel,
            streams: document.isTrue("stream"),
            timeout: headers["x-litellm-timeout"].flatMap(Self.seconds) ?? document.seconds("timeout"),
            streamTimeout: headers["x-litellm-stream-timeout"].flatMap(Self.seconds)
                ?? document.seconds("stream_timeout"),
            retries: headers["x-litellm-num-retries"].flatMap { Int($0) } ?? document["num_retries"]?.int, luck: luck,
            origin: settings.proxy.hasMetrics
                ? CallCounts.Origin(route: visit.request.path, agent: headers["user-agent"] ?? "None") : nil,
            answers: headers["x-understudy-answers"].map { Answers(named: $0) },
            pacing: try headers["x-understudy-profile"].map { (name) throws(ProxyError) in try Self.profile(name) },
            direction: visit.direction, trouble: Self.trouble(of: visit, document))
    }

    /// The profile that a request names.
    private static func profile(_ name: String) throws(ProxyError) -> Pacing {
        do {
            return try Pacing.profile(name, at: "x-understudy-profile")
        } catch {
            throw ProxyError(400, error.description)
        }
    }

    /// What a deployment says to a call, and how fast: the call's own word first, then that for its model.
    func answers(of deployment: Deployment, to call: Call) -> Answers {
        call.answers ?? settings.answers(of: deployment.name, or: deployment.upstreamModel)
    }

    func pacing(of deployment: Deployment, for call: Call) -> Pacing {
        call.pacing ?? settings.pacing(of: deployment.name, or: deployment.upstreamModel)
    }

    /// Only a stream can break in its middle.
    private static func trouble(of visit: Visit, _ document: JSONObject) -> LiteLLMTrouble? {
        guard !visit.direction.isNone, let trouble = LiteLLMTrouble(visit.direction.error) else { return nil }
        return trouble == .midStreamError && !document.isTrue("stream") ? nil : trouble
    }

    /// The seconds that a header names; nil when they are no number, or an endless one.
    private static func seconds(_ text: String) -> Double? {
        Double(text).flatMap { $0.isFinite ? $0.withinDay : nil }
    }

    /// A request may not say where the upstream is.
    private func refuseCredentials(in document: JSONObject) throws(ProxyError) {
        for (field, _) in document where Self.connectionFields.contains(field) {
            throw ProxyError(
                401,
                "Authentication Error, Rejected Request: \(field) is not allowed in request body. Clientside passthrough "
                    + "requires explicit admin opt-in via either `general_settings.allow_client_side_credentials = true` "
                    + "(proxy-wide) or `configurable_clientside_auth_params` on the deployment in your proxy config.yaml. "
                    + "Relevant Issue: https://huntr.com/bounties/4001e1a2-7b7a-4776-a3ae-e6692ec3d997",
                type: "auth_error")
        }
    }

    /// Fields that would send a call elsewhere, or somebody else's secrets with it.
    private static let connectionFields: Set<String> = [
        "api_base", "base_url", "user_config", "model_list", "aws_sts_endpoint", "aws_web_identity_token",
        "aws_role_name",
        "aws_profile_name", "aws_bedrock_runtime_endpoint", "vertex_credentials", "langfuse_host",
        "langfuse_public_key",
        "langfuse_secret", "langsmith_base_url", "langsmith_api_key", "azure_ad_token", "tenant_id", "client_id",
        "client_secret", "azure_username", "azure_password", "azure_scope", "gcs_bucket_name", "slack_webhook_url",
        "posthog_host", "posthog_api_key", "arize_api_key", "braintrust_api_key", "braintrust_host", "s3_endpoint_url",
        "input_cost_per_token", "output_cost_per_token", "turn_off_message_logging", "sagemaker_base_url",
        "token_exchange_endpoint", "anthropic_issuer_url", "anthropic_identity_source", "openai_identity_provider_id",
        "github_copilot_host", "chatgpt_auth_file", "wandb_api_key", "lunary_public_key",
    ]

    /// The fields that tell a key's limits.
    func keyFields(_ caller: Caller) -> HeaderFields {
        guard let index = caller.key else { return HeaderFields() }
        let key = keys.entries[index].key
        var fields = HeaderFields()
        if let limit = key.tokenLimit { fields.append("x-litellm-key-tpm-limit", String(limit)) }
        if let limit = key.requestLimit { fields.append("x-litellm-key-rpm-limit", String(limit)) }
        if let budget = key.maxBudget { fields.append("x-litellm-key-max-budget", budget.pythonRepr) }
        return fields
    }

    /// What the key has spent, with this call.
    func spend(_ caller: Caller, with cost: Cost = .nothing) -> Double {
        (caller.key.map { keys.entries[$0].spend } ?? 0) + cost.total
    }

    func failureFields(_ route: FailureFields.Route, _ call: Call) -> FailureFields {
        FailureFields(route: route, call: call, keyFields: keyFields(call.caller), spend: spend(call.caller))
    }

    /// The deployment that a name would reach, for the fields of errors that come before the call.
    func likely(_ call: Call) -> Deployment? {
        call.group.flatMap { router.group($0).first }
    }

    /// The fields of a success.
    func successFields(_ shape: HeadShape, _ call: Call, _ made: Made, cost: Cost = .nothing) -> HeaderFields {
        var shape = shape
        if made.deployment.known == nil, shape.costs == .all || shape.costs == .zero,
            router.deployments[made.deployment.index].isWildcard
        {
            // A name that only a star matched has no price, not even nothing.
            shape.costs = .none
        }
        if let provider = call.document.text("custom_llm_provider"), provider != made.deployment.provider {
            shape.base = false
        }
        let elapsed = (environment.loop.clock.now - call.started) / .microseconds(1)
        return HeaderFields(
            shape, call, made, cost: cost, keyFields: keyFields(call.caller), spend: spend(call.caller, with: cost),
            milliseconds: elapsed / 1000,
            limitFields: shape.keyLimits
                ? call.caller.key.map { keys.limitFields($0) } ?? HeaderFields() : HeaderFields())
    }

    // MARK: Limits

    /// Counts the call against its key's limits.
    func admit(_ call: inout Call, prompt: Int, route: FailureFields.Route) throws(ProxyError) {
        guard let index = call.caller.key else { return }
        do throws(KeyStore.Refusal) {
            call.reserved = try keys.admit(
                index, prompt: prompt,
                output: call.document["max_tokens"]?.int ?? call.document["max_completion_tokens"]?.int,
                now: call.now)
        } catch {
            throw limited(error, call, route: route)
        }
    }

    /// The answer to a call beyond its key's limits.
    func limited(_ refusal: KeyStore.Refusal, _ call: Call, route: FailureFields.Route) -> ProxyError {
        let resets = refusal.resets.dateTime() + " UTC"
        let token = call.caller.key.map { keys.entries[$0].token } ?? SHA256.hex(call.caller.name)
        let message =
            call.direction.error?.message
            ?? "Rate limit exceeded for api_key: \(token). Limit type: \(refusal.type). "
            + "Current limit: \(refusal.limit), Remaining: 0. Limit resets at: \(resets)"
        let fields = failureFields(route, call).fields(likely(call))
        guard route != .terse else { return ProxyError(429, "litellm.RateLimitError: " + message, fields: fields) }
        // The proxy names its window, whatever is left of it (1.109.1, parallel_request_limiter_v3).
        let wait =
            call.direction.error?.retryAfter ?? call.direction.quota?.quota.per ?? .seconds(KeyStore.window)
        var all: HeaderFields = [
            "retry-after": wait.wholeSeconds, "rate_limit_type": refusal.type, "reset_at": resets,
        ]
        all.append(contentsOf: fields)
        return route == .messages
            ? ProxyError.anthropic(429, message, fields: all) : ProxyError(429, message, fields: all)
    }

    /// Settles the call with its key, and with the quota of a scenario.
    func settle(_ call: Call, used: Int, cost: Cost) {
        call.direction.charge?(used)
        guard let index = call.caller.key else { return }
        keys.finished(index, reserved: call.reserved, used: used, cost: cost.total)
    }

    // MARK: The upstream

    /// What comes back from a deployment's upstream: its behaviour and its headers, or a failure.
    struct Reached {
        let upstream: Upstream
        let behaviour: UpstreamBehaviour
        let fields: HeaderFields
        /// A body that is no answer, which a stream takes for an empty one.
        var isGarbage = false
        /// Seconds that a stream may be silent.
        let patience: Double
    }

    /// Reaches for a deployment's upstream: waits as long as it would let us wait, and fails as it would.
    @inline(__always)
    func reach(
        _ deployment: Deployment, _ call: Call, style: CallStyle, streams: Bool
    ) async throws(CallFailure) -> Reached {
        let place = deployment.upstream ?? -1
        let upstream = deployment.upstream.map { settings.upstreams[$0] } ?? .undescribed
        let behaviour = behaviour(of: deployment, call, upstream)
        if upstream.isRefused || call.trouble == .upstreamUnreachable || unhealthy.contains(deployment.name) {
            throw .unreachable(deployment, style: style)
        }
        let patience = patience(deployment, call, style: style, streams: streams)
        // At once, and not when the time is over, which is more than an hour and a half by default.
        if call.trouble == .upstreamTimeout {
            throw .timedOut(patience, of: deployment, style: style, streams: streams)
        }
        if behaviour.delay > 0 {
            try await pause(min(behaviour.delay, patience))
            if behaviour.delay > patience {
                throw .timedOut(patience, of: deployment, style: style, streams: streams)
            }
        }
        let reached = Reached(
            upstream: upstream, behaviour: behaviour,
            fields: upstream.fields(
                number: number(place, upstream), dialect: deployment.provider, streams: streams, now: environment.now()),
            patience: patience)
        guard let fault = behaviour.fault else { return reached }
        let count = (upstreamCalls[deployment.upstreamModel] ?? 0) + 1
        upstreamCalls[deployment.upstreamModel] = count
        guard behaviour.faultEvery < 2 || count % behaviour.faultEvery == 1 else { return reached }
        switch fault {
        case .drop: throw .unreachable(deployment, style: style)
        case .body(let text, let type):
            guard streams, style == .chat else { throw .unreadable(text, of: deployment, style: style) }
            return Reached(
                upstream: upstream, behaviour: behaviour,
                fields: upstream.plainFields(type: type, length: text.utf8.count, now: environment.now()),
                isGarbage: true, patience: patience)
        case .status(let status, let body, let type, let extra):
            var failure = CallFailure.status(status, body: body, of: deployment, style: style, streams: streams)
            failure.retryAfter = extra.first { $0.name == "retry-after" }.flatMap { Double($0.value) }
            failure.upstreamFields =
                type.hasPrefix("text/html")
                ? upstream.plainFields(type: type, length: body.utf8.count, now: environment.now())
                : upstream.fields(
                    number: number(place, upstream), dialect: deployment.provider, streams: false, fault: extra,
                    length: body.utf8.count, now: environment.now())
            throw failure
        }
    }

    /// How long the call waits for its upstream, in seconds.
    func patience(_ deployment: Deployment, _ call: Call, style: CallStyle, streams: Bool) -> Double {
        let whole =
            call.timeout ?? deployment.timeout
            ?? (style == .raw || style == .google ? 600 : settings.proxy.requestTimeout)
        guard streams else { return whole }
        return call.streamTimeout ?? deployment.streamTimeout ?? whole
    }

    private func number(_ place: Int, _ upstream: Upstream) -> Int {
        let number = (requestIDs[place] ?? 0) + 1
        requestIDs[place] = number
        return number
    }

    /// Waits; a client that leaves ends the waiting and the call.
    func pause(_ seconds: Double) async throws(CallFailure) {
        do {
            try await environment.sleep(.seconds(seconds.withinDay))
        } catch {
            throw CallFailure(.connection, status: 499, "the client has gone")
        }
    }
}

extension Double {
    /// These seconds, but no more than a day of them: `Duration` cannot hold every number that a client can write.
    var withinDay: Double { isNaN ? 0 : Swift.min(Swift.max(self, -86_400), 86_400) }
}
