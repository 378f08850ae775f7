internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer

// Refusals of the proxy itself that a scenario asks for. What upstreams do is in `UpstreamTrouble`.
extension FakeLiteLLM {
    /// Refuses a caller, whatever the key is.
    func refuseAsDirected(_ visit: Visit, model: String?) throws(ProxyError) {
        guard let use = visit.direction.error, let trouble = LiteLLMTrouble(use) else { return }
        let key = Credential(visit.request.headers).text
        let known = keys.index(of: key).map { keys.entries[$0] }
        let now = environment.now()
        switch trouble {
        case .authentication: throw .unknownKey.saying(use.message)
        case .blockedKey: throw .blockedKey.saying(use.message)
        case .expiredKey:
            let ended = known?.ends.flatMap { $0 < now ? $0 : nil } ?? WallTime(seconds: now.seconds - 86_400)
            throw .expiredKey(VirtualKey(key: key).token, ended: ended, now: now).saying(use.message)
        case .budget:
            let budget = known?.key.maxBudget ?? 1
            throw .budgetExceeded(
                authentication.budgetExceededStatus, key: VirtualKey(key: key).shownName,
                spend: max(known?.spend ?? 0, budget * 2.5), budget: budget
            ).saying(use.message)
        case .permission:
            guard let model else { return }
            throw .modelDenied(model).saying(use.message)
        default: return
        }
    }

    /// The proxy's own limit of requests or tokens, used up.
    func limitAsDirected(_ call: Call, route: FailureFields.Route) throws(ProxyError) {
        let isRequests = call.trouble == .rateLimit
        guard isRequests || call.trouble == .tokensLimit else { return }
        let own = call.caller.key.map { keys.entries[$0].key }
        let limit =
            call.direction.quota?.quota.amount ?? (isRequests ? own?.requestLimit ?? 60 : own?.tokenLimit ?? 100_000)
        let wait = call.direction.quota?.resetsIn ?? .seconds(KeyStore.window)
        let refusal = KeyStore.Refusal(
            type: isRequests ? "requests" : "tokens", limit: limit,
            resets: WallTime(seconds: call.now.seconds + wait / .seconds(1)))
        throw limited(refusal, call, route: route)
    }

    /// What an upstream's model does in this call.
    func behaviour(of deployment: Deployment, _ call: Call, _ upstream: Upstream) -> UpstreamBehaviour {
        let usual = upstream.behaviours[deployment.upstreamModel] ?? UpstreamBehaviour()
        guard call.isDirected, let trouble = UpstreamTrouble(call.direction.error) else { return usual }
        return trouble.spoiling(usual, of: deployment)
    }

    /// Whether a deployment answers by itself: not when its upstream is to have a trouble.
    func isMocked(_ deployment: Deployment, _ call: Call) -> Bool {
        deployment.isMock && !call.isDirected && !unhealthy.contains(deployment.name)
    }
}

extension Call {
    /// Whether its upstream is to have a trouble. Such a call is made once and answered from no memory: a scenario
    /// means what the client sees, not what the proxy could save it from.
    var isDirected: Bool { trouble?.isOfUpstream ?? false }
}

extension Credential {
    /// The key; empty if there is none that can be read.
    var text: String { if case .key(let key) = self { key } else { "" } }
}
