internal import Fakes
internal import JSONTree
internal import Scenarios

/// Finds a deployment for a name, as the proxy's router does: by group, alias or wildcard, passing over those that
/// cool down after failures.
///
/// Pure but for its own state: time is passed in.
struct ModelRouter: Sendable {
    /// Why there is nothing to call.
    enum Refusal: Error, Equatable {
        case unknown
        /// All of a group are set aside for at least so many seconds; the ids of all that are, whatever their group.
        case coolingDown(seconds: Double, ids: [String])
    }

    let deployments: [Deployment]
    /// Every name once, in the order of the list.
    let names: [String]
    private let groups: [String: [Int]]
    private let wildcards: [Int]
    private let aliases: [String: String]
    /// Groups that have a fallback, and whether all have.
    private let backed: Set<String>
    private let allBacked: Bool
    private var cooldown: Cooldown

    /// Whether other deployments call the same model: the proxy does not find its price on text completions then.
    func isShared(_ deployment: Deployment) -> Bool {
        deployment.known == nil && deployments.contains { $0.index != deployment.index && $0.model == deployment.model }
    }

    init(_ configuration: LiteLLMConfiguration) {
        let proxy = configuration.proxy
        deployments = proxy.models.enumerated().map {
            Deployment($0.element, index: $0.offset, upstreams: configuration.upstreams)
        }
        var names: [String] = []
        var groups: [String: [Int]] = [:]
        for deployment in deployments {
            if groups[deployment.name] == nil { names.append(deployment.name) }
            groups[deployment.name, default: []].append(deployment.index)
        }
        self.names = names
        self.groups = groups
        wildcards = deployments.filter(\.isWildcard).map(\.index)
        aliases = proxy.aliases
        backed = Set(proxy.fallbacks.map(\.name))
        allBacked = !proxy.defaultFallbacks.isEmpty
        cooldown = Cooldown(
            Cooldown.Policy(
                allowedFails: proxy.allowedFails, seconds: proxy.cooldownSeconds, isOff: proxy.disablesCooldowns),
            count: deployments.count)
    }

    /// Whether a call to `name` can find its way.
    func knows(_ name: String) -> Bool {
        groups[name] != nil || aliases[name] != nil || wildcards.contains { deployments[$0].fits(name) }
    }

    /// The deployments of a name, whether they cool down or not.
    func group(_ name: String) -> [Deployment] {
        if let indices = groups[name], !name.utf8.contains(UInt8(ascii: "*")) { return indices.map { deployments[$0] } }
        if let target = aliases[name], target != name { return group(target) }
        let fitting = wildcards.filter { deployments[$0].fits(name) }
        return fitting.map { Deployment(deployments[$0], for: name) }
    }

    /// Picks one of a name's deployments by weight (`simple-shuffle`).
    ///
    /// - Parameters:
    ///   - tried: those that have failed this call already; they are taken only when no other is left.
    ///   - now: seconds since 1970.
    mutating func pick(
        _ name: String, tried: Set<String> = [], now: Double, luck: inout SeededRandom
    ) throws(Refusal) -> Deployment {
        if let indices = groups[name], indices.count == 1, !deployments[indices[0]].isWildcard,
            !cooldown.holds(indices[0], at: now)
        {
            return deployments[indices[0]]
        }
        let all = group(name)
        guard !all.isEmpty else { throw .unknown }
        let ready = all.filter { !cooldown.holds($0.index, at: now) }
        guard !ready.isEmpty else {
            throw .coolingDown(
                seconds: cooldown.shortest(of: all.lazy.map(\.index), at: now),
                ids: cooldown.held(at: now).map { deployments[$0].id })
        }
        let fresh = ready.filter { !tried.contains($0.id) }
        let choice = fresh.isEmpty ? ready : fresh
        var point = luck.double() * choice.reduce(0) { $0 + $1.weight }
        for deployment in choice {
            point -= deployment.weight
            if point < 0 { return deployment }
        }
        return choice[choice.count - 1]
    }

    /// Whether another try may find a deployment, and whether it is another one.
    func prospects(_ name: String, now: Double) -> (ready: Int, all: Int) {
        let all = group(name)
        return (all.count { !cooldown.holds($0.index, at: now) }, all.count)
    }

    /// Whether a deployment cools down.
    func isAside(_ deployment: Deployment, now: Double) -> Bool { cooldown.holds(deployment.index, at: now) }

    /// Those that are set aside, and for how many more seconds.
    func cooldowns(at now: Double) -> [(id: String, seconds: Double)] {
        cooldown.held(at: now).map { (deployments[$0].id, cooldown.rest(of: $0, at: now)) }
    }

    /// Sets a deployment aside, or lets it be called again after no time.
    mutating func setAside(_ index: Int, for seconds: Double, now: Double) {
        cooldown.hold(index, for: seconds, at: now)
    }

    /// Notes that a call went well.
    mutating func succeeded(_ deployment: Deployment, now: Double) {
        cooldown.succeeded(deployment.index, at: now)
    }

    /// Notes that a call to `name` failed: enough of that sets the deployment aside.
    mutating func failed(_ deployment: Deployment, _ failure: CallFailure, calling name: String, now: Double) {
        // An upstream's wish is read as a whole number only.
        let asked = failure.retryAfter.flatMap { $0 >= 0 && $0 == $0.rounded() ? $0.withinDay : nil }
        cooldown.failed(
            deployment.index,
            Cooldown.Failure(
                status: failure.status, isConnection: failure.kind == .connection,
                seconds: deployment.cooldown ?? asked,
                isAlone: groups[deployments[deployment.index].name]?.count == 1,
                hasFallback: allBacked || backed.contains(name)),
            at: now)
    }
}
