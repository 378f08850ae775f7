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
        /// All of a group are set aside; their ids, in the order of the list.
        case coolingDown([String])
    }

    let deployments: [Deployment]
    /// Every name once, in the order of the list.
    let names: [String]
    private let groups: [String: [Int]]
    private let wildcards: [Int]
    private let aliases: [String: String]
    private let allowedFails: Int
    private let cooldown: Double
    private var failures: [Int: (minute: Int, count: Int)] = [:]
    private var asideUntil: [Int: Double] = [:]

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
        allowedFails = proxy.allowedFails
        cooldown = proxy.cooldownSeconds
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
        if let indices = groups[name], indices.count == 1, !deployments[indices[0]].isWildcard {
            return deployments[indices[0]]
        }
        let all = group(name)
        guard !all.isEmpty else { throw .unknown }
        let ready = all.filter { (asideUntil[$0.index] ?? 0) <= now }
        guard !ready.isEmpty else { throw .coolingDown(all.map(\.id)) }
        let fresh = ready.filter { !tried.contains($0.id) }
        let choice = fresh.isEmpty ? ready : fresh
        var point = luck.double() * choice.reduce(0) { $0 + $1.weight }
        for deployment in choice {
            point -= deployment.weight
            if point < 0 { return deployment }
        }
        return choice[choice.count - 1]
    }

    /// Notes that a call failed with `status`. A deployment that has failed too often this minute is set aside, but
    /// only where its group has others.
    mutating func failed(_ deployment: Deployment, status: Int, now: Double) {
        guard status == 429 || status >= 500 || status == 401 || status == 404 || status == 408,
            (groups[deployment.name]?.count ?? 0) > 1
        else { return }
        let minute = Int(now / 60)
        let before = failures[deployment.index]
        let count = (before?.minute == minute ? before?.count ?? 0 : 0) + 1
        failures[deployment.index] = (minute, count)
        if count > allowedFails { asideUntil[deployment.index] = now + cooldown }
    }
}
