internal import Encodings
internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

/// A call is made, made again after a while, and then made with a fallback: the router's part.
extension FakeLiteLLM {
    /// Makes a call.
    ///
    /// - Parameters:
    ///   - route: which fields a failure has.
    ///   - style: how a failure is told.
    ///   - perform: calls one deployment.
    /// - Returns: what `perform` gave, and how it came about.
    @inline(__always)
    func attempt<Result>(
        _ call: Call, route: FailureFields.Route, style: CallStyle,
        _ perform: (Deployment) async throws(CallFailure) -> Result
    ) async throws(ProxyError) -> (Result, Made) {
        let group = call.shownGroup
        if call.trouble == .noDeployments {
            let refusal = ModelRouter.Refusal.coolingDown(
                seconds: call.direction.error?.retryAfter.map { $0 / .seconds(1) } ?? settings.proxy.cooldownSeconds,
                ids: router.group(group).map(\.id))
            throw told(GroupFailure(refusal: refusal), call, route: route, style: style)
                .saying(call.direction.error?.message)
        }
        do throws(GroupFailure) {
            return try await attempt(group: group, call, style: style, perform)
        } catch {
            let targets = fallbacks(for: group, call, failure: error.failure)
            for (index, target) in targets.enumerated() where router.knows(target) {
                do throws(GroupFailure) {
                    var (result, made) = try await attempt(group: target, call, style: style, perform)
                    made.fallbacks = index + 1
                    return (result, made)
                } catch {}  // the next one takes over
            }
            throw told(error, call, route: route, style: style)
        }
    }

    /// A group that could not answer.
    private struct GroupFailure: Error {
        var failure: CallFailure?
        var deployment: Deployment?
        var refusal: ModelRouter.Refusal?
        var retries = 0
    }

    @inline(__always)
    private func attempt<Result>(
        group: String, _ call: Call, style: CallStyle, _ perform: (Deployment) async throws(CallFailure) -> Result
    ) async throws(GroupFailure) -> (Result, Made) {
        let most = call.retries ?? settings.proxy.retries
        var luck = call.luck
        var tried: Set<String> = []
        var retries = 0
        while true {
            var deployment: Deployment
            do throws(ModelRouter.Refusal) {
                deployment = try router.pick(group, tried: tried, now: environment.now().seconds, luck: &luck)
            } catch {
                throw GroupFailure(refusal: error)
            }
            // A call with a key of its own gets a deployment of its own.
            if let key = call.document.text("api_key") { deployment = Deployment(deployment, key: key) }
            do throws(CallFailure) {
                try checkRate(of: deployment)
                let result = try await perform(deployment)
                let now = environment.now().seconds
                router.succeeded(deployment, now: now)
                if let origin = call.origin {
                    counts.add(origin, group: group, deployment: deployment.index, now: now)
                }
                return (result, Made(deployment: deployment, group: group, retries: retries, maxRetries: most))
            } catch {
                let now = environment.now().seconds
                // Of one call only the first failure counts, and none for a time that the caller has set.
                let hasGone = error.status == 499
                if retries == 0, !hasGone, !call.isDirected, error.status != 408 || call.timeout == nil {
                    router.failed(deployment, error, calling: group, now: now)
                }
                if let origin = call.origin, !hasGone {
                    counts.add(
                        origin, group: group, deployment: deployment.index, failure: error,
                        coolsDown: router.isAside(deployment, now: now), now: now)
                }
                tried.insert(deployment.id)
                let prospects = router.prospects(group, now: now)
                guard error.isWorthRetrying(of: prospects.all), prospects.ready > 0, retries < most, !hasGone,
                    !call.isDirected
                else { throw GroupFailure(failure: error, deployment: deployment, retries: retries) }
                retries += 1
                // Where others are ready there is nothing to wait for.
                if prospects.all > 1 { continue }
                do throws(CallFailure) {
                    try await pause(Self.wait(before: retries, after: error))
                } catch {
                    throw GroupFailure(failure: error, deployment: deployment, retries: retries)
                }
            }
        }
    }

    /// The growing waits of the router: about five seconds for two, more when the upstream asks for it.
    private static func wait(before retry: Int, after failure: CallFailure) -> Double {
        if let asked = failure.retryAfter, asked > 0, asked <= 60 { return asked * (retry == 1 ? 1.2 : 2.3) }
        return retry == 1 ? 0.75 : 4.2
    }

    /// `rpm` of a deployment, where the configuration has it enforced.
    private func checkRate(of deployment: Deployment) throws(CallFailure) {
        guard settings.proxy.enforcesModelRateLimits, let limit = deployment.requestLimit else { return }
        let minute = Int(environment.now().seconds / 60)
        let before = deploymentRequests[deployment.id]
        let count = (before?.minute == minute ? before?.count ?? 0 : 0) + 1
        deploymentRequests[deployment.id] = (minute, min(count, limit))
        guard count > limit else { return }
        var failure = CallFailure(
            .rateLimit, status: 429, "Model rate limit exceeded. RPM limit=\(limit), current usage=\(count)")
        failure.upstreamFields = ["retry-after": "60", "content-length": "97"]
        failure.isLocal = true
        throw failure
    }

    private func fallbacks(for group: String, _ call: Call, failure: CallFailure?) -> [String] {
        guard call.document["disable_fallbacks"]?.bool != true, !call.isDirected else { return [] }
        if let own = call.document["fallbacks"]?.array {
            return own.compactMap { $0.string ?? $0[group]?[0]?.string }
        }
        let proxy = settings.proxy
        let lists =
            failure?.kind == .contextWindow ? proxy.contextWindowFallbacks + proxy.fallbacks : proxy.fallbacks
        return lists.first { $0.name == group }?.targets ?? proxy.defaultFallbacks
    }

    /// The answer that a failed group gets.
    private func told(
        _ failed: GroupFailure, _ call: Call, route: FailureFields.Route, style: CallStyle
    ) -> ProxyError {
        let fields = failureFields(route, call)
        switch failed.refusal {
        case .coolingDown(let seconds, let ids):
            let list = "[" + ids.map { "'\($0)'" }.joined(separator: ", ") + "]"
            var all = fields.fields(nil)
            if route != .terse { all.append("retry-after", String(Int(seconds.rounded(.up)))) }
            let shown = seconds == seconds.rounded() ? String(Int(seconds)) : seconds.pythonRepr
            let message =
                "No deployments available for selected model, Try again in \(shown) seconds. All deployments for selected "
                + "model are in cooldown. Passed model=\(call.shownGroup). pre-call-checks=False, cooldown_list=\(list)"
            if route == .messages { return .anthropic(429, message, fields: fields.fields(nil)) }
            return ProxyError(429, message, type: "all_deployments_in_cooldown", fields: all)
        case .unknown:
            return unknownModel(call, route: route, path: "/chat/completions")
        case nil: break
        }
        guard let failure = failed.failure, let deployment = failed.deployment else { return .unhandled }
        var message = failure.message(group: call.shownGroup, deployment: deployment, proxy: settings.proxy)
        if route == .responses, let host = deployment.host {
            // This route hides where the upstream is.
            message = message.replacing(host, with: "REDACTED")
        }
        let timeout = failure.isLocal ? nil : patience(deployment, call, style: style, streams: false)
        let all = fields.fields(deployment, failure: failure, timeout: timeout)
        if route == .messages { return .anthropic(failure.status, message, fields: all) }
        if failure.text.contains("has no attribute"), route == .chat || route == .embedding {
            // What litellm takes for a fault of the request's form.
            if failed.retries > 0, failure.kind == .connection {
                message += " LiteLLM Retried: \(failed.retries) times, LiteLLM Max Retries: \(settings.proxy.retries)"
            }
            return ProxyError(400, "Invalid request format: " + message, fields: all)
        }
        return ProxyError(failure.status, message, param: failure.param, fields: all)
    }

    /// A name that no deployment has.
    func unknownModel(_ call: Call, route: FailureFields.Route, path: String) -> ProxyError {
        let message =
            "\(path): Invalid model name passed in model=\(call.shownGroup). "
            + "Call `/v1/models` to view available models for your key."
        let fields = failureFields(route, call).fields(nil)
        switch route {
        case .terse: return ProxyError(400, "400: {'error': '\(message)'}", fields: fields)
        case .messages: return .anthropic(400, message, repeatsMessage: true, fields: fields)
        default: return ProxyError(400, message, repeatsMessage: true, fields: fields)
        }
    }

    /// A field that must be there.
    func require(_ field: String, in call: Call, route: FailureFields.Route, path: String) throws(ProxyError) {
        if let value = call.document[field], !value.isNull || field == "prompt" { return }
        let message = "\(path): Missing required parameter: '\(field)'."
        let fields = failureFields(route == .messages ? .terse : route, call).fields(likely(call))
        throw route == .messages
            ? ProxyError.anthropic(400, message, fields: fields)
            : ProxyError(400, message, param: field, fields: fields)
    }

    /// The model must be a string, and one that is known.
    func requireModel(_ call: Call, route: FailureFields.Route, path: String) throws(ProxyError) {
        if call.group == nil, let model = call.document["model"], !model.isNull {
            let fields = failureFields(route == .messages ? .terse : route, call).fields(nil)
            throw route == .messages
                ? ProxyError.anthropic(400, "'model' must be a string.", fields: fields)
                : ProxyError(
                    400, "'model' must be a string.", type: "bad_request_error", param: "model", fields: fields)
        }
        guard let group = call.group, router.knows(group), call.trouble != .modelNotFound else {
            throw unknownModel(call, route: route, path: path).saying(call.direction.error?.message)
        }
    }

    /// Fields that only a proxy for tests takes.
    func refuseMockTesting(_ call: Call, route: FailureFields.Route) throws(ProxyError) {
        guard !settings.proxy.allowsMockTesting else { return }
        for field in call.document
        where field.key.hasPrefix("mock_testing_") || field.key == "mock_timeout" || field.key == "mock_delay" {
            throw ProxyError(
                400,
                "Mock testing request params are disabled on this proxy: \(field.key). An admin can enable them by setting "
                    + "`general_settings.dangerously_allow_mock_testing_request_params: true` in config.yaml. This setting "
                    + "cannot be changed from the Admin UI or the API.",
                repeatsMessage: true, fields: failureFields(route, call).fields(likely(call)))
        }
    }

    /// The `mock_response` of a request, if this caller may bring one.
    func clientMock(_ call: Call) -> String? {
        guard let text = call.document.text("mock_response") else { return nil }
        if settings.allowsClientMockResponse { return text }
        guard let index = call.caller.key else { return nil }
        return keys.entries[index].key.metadata["allow_client_mock_response"]?.bool == true ? text : nil
    }
}
