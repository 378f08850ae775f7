/// Decides what a scenario does to one fake. Values in, values out: it knows no clock and no socket.
///
/// ```swift
/// var player = ScenarioPlayer(scenario, seed: 7, kind: "litellm", id: "litellm")
/// let cues = player.play(Occasion(.request(method: "POST", path: "/v1/embeddings", opens: false), …), at: .zero, facts)
/// ```
/// Luck follows from seed, fake, rule, client, what is asked, and how often that client has asked the same before: not
/// from the order in which different requests arrive.
public struct ScenarioPlayer: Sendable {
    public let scenario: Scenario
    public let seed: UInt64
    private let kind: String
    private let id: String
    private var index: RuleIndex
    private let checks: [ConditionCheck?]
    private let wantsBody: [Bool]
    private var tallies: [Tally]
    private var quotas: [QuotaKey: QuotaWindow] = [:]
    private var occurrences = RecentCounts<OccurrenceKey>(most: 90_000)

    /// What one rule has seen.
    private struct Tally: Sendable {
        var matched = 0
        var acted = 0
        var scoped: [String: Int] = [:]
        /// Times acted, by scope: `times` counts as the rest of the trigger does.
        var scopedActed: [String: Int] = [:]
    }

    private struct QuotaKey: Hashable, Sendable {
        var rule: Int
        var scope: String
    }

    private struct QuotaWindow: Sendable {
        var began: Duration
        var used: Int

        func standing(of quota: Quota, at time: Duration) -> QuotaStanding {
            QuotaStanding(
                quota: quota, remaining: max(0, quota.amount - used), resetsIn: began + quota.window - time,
                isExceeded: used >= quota.amount)
        }
    }

    private struct OccurrenceKey: Hashable, Sendable {
        var rule: Int
        var client: String
        var identity: UInt64
    }

    /// Clients can make up names without end; beyond so many they share one count.
    private static let mostScopes = 10_000

    /// - Parameters:
    ///   - seed: that of the suite, if the scenario has none of its own.
    ///   - kind: of the fake: `comfyui`, `litellm`, `gradio`.
    ///   - id: the fake's name in the suite.
    ///   - before: what has played until now, if this is the same scenario with some rules more or less: what it has
    ///     counted goes on for the rules that stay.
    public init(
        _ scenario: Scenario, seed: UInt64, kind: String, id: String, continuing before: ScenarioPlayer? = nil
    ) {
        self.scenario = scenario
        self.seed = scenario.seed ?? seed
        self.kind = kind
        self.id = id
        let mine = scenario.rules.indices.filter { scenario.rules[$0].on.fake.covers(kind: kind, id: id) }
        index = RuleIndex(scenario.rules, of: mine)
        checks = scenario.rules.map { $0.on.conditions.isEmpty ? nil : ConditionCheck($0.on.conditions) }
        wantsBody = scenario.rules.map { rule in
            rule.when.probability != nil || rule.when.per == .client || rule.effects.contains { $0.isPerClient }
                || rule.effects.contains { $0.isRandom }
                || rule.on.conditions.contains { $0.isAboutBody || $0.isAboutClient }
        }
        tallies = scenario.rules.map { _ in Tally() }
        if let before { takeOver(from: before) }
    }

    private mutating func takeOver(from before: ScenarioPlayer) {
        var numbers: [Int: Int] = [:]
        for (number, rule) in scenario.rules.enumerated() {
            guard let old = before.scenario.rules.firstIndex(of: rule) else { continue }
            numbers[old] = number
            tallies[number] = before.tallies[old]
        }
        for (key, window) in before.quotas {
            if let number = numbers[key.rule] { quotas[QuotaKey(rule: number, scope: key.scope)] = window }
        }
        occurrences = before.occurrences.renamed { key in
            numbers[key.rule].map { OccurrenceKey(rule: $0, client: key.client, identity: key.identity) }
        }
    }

    public var looksAtConnections: Bool { !index.connect.isEmpty }
    public var looksAtReceived: Bool { index.hasReceived }
    public var looksAtSent: Bool { index.hasSent }

    /// Whether a rule could act on such a request, as far as its head tells: nothing needs to be played otherwise, and
    /// nothing to be known of the body.
    public mutating func isConcerned(
        with happening: Occasion.Happening, at time: @autoclosure () -> Duration, _ facts: some OccasionFacts
    ) -> Bool {
        let candidates = index.candidates(for: happening)
        if candidates.isEmpty { return false }
        let time = time()
        return candidates.contains { number in
            scenario.rules[number].when.isDue(at: time - scenario.rules[number].begins)
                && checks[number]?.mayHold(facts) ?? true
        }
    }

    /// Whether a rule about such a request looks into its body, or draws lots by it.
    public mutating func wantsBody(of happening: Occasion.Happening) -> Bool {
        index.candidates(for: happening).contains { wantsBody[$0] }
    }

    /// Rules about the fake as a whole, with the time at which each acts.
    public var timeline: [(at: Duration, index: Int)] {
        index.whole.map { (scenario.rules[$0].starts, $0) }
    }

    /// Counts of this fake's rules, in the order of the file.
    public var counts: [RuleCount] {
        scenario.rules.indices.filter { scenario.rules[$0].on.fake.covers(kind: kind, id: id) }.map {
            RuleCount(rule: scenario.rules[$0].name, matched: tallies[$0].matched, acted: tallies[$0].acted)
        }
    }

    /// What the rules do on an occasion.
    ///
    /// - Parameter time: since the scenario began.
    public mutating func play(_ occasion: Occasion, at time: Duration, _ facts: some OccasionFacts) -> [Cue] {
        let candidates = index.candidates(for: occasion.happening)
        if candidates.isEmpty { return [] }
        var cues: [Cue] = []
        for rule in candidates {
            if let cue = consider(rule, occasion, at: time, facts) { cues.append(cue) }
        }
        return cues
    }

    /// What a rule about the fake as a whole does when its time has come; nil if it shall not.
    public mutating func playWhole(_ rule: Int, at time: Duration, _ facts: some OccasionFacts) -> Cue? {
        let occasion = Occasion(.connect, client: "", connection: 0, identity: 0)
        return consider(rule, occasion, at: max(time, scenario.rules[rule].starts), facts)
    }

    /// Counts tokens, known only once the answer is, against the quota of a rule.
    ///
    /// - Returns: where it stands now; nil if the rule is not in force any longer.
    @discardableResult
    public mutating func charge(_ tokens: Int, to rule: String, client: String, at time: Duration) -> QuotaStanding? {
        guard let number = scenario.rules.firstIndex(where: { $0.name == rule }),
            let quota = scenario.rules[number].quota, quota.unit == .tokens
        else { return nil }
        var window = window(of: quota, quotaKey(number, client), at: time)
        window.used += max(0, tokens)
        quotas[quotaKey(number, client)] = window
        return window.standing(of: quota, at: time)
    }

    private mutating func consider(
        _ number: Int, _ occasion: Occasion, at time: Duration, _ facts: some OccasionFacts
    ) -> Cue? {
        let rule = scenario.rules[number]
        guard rule.when.isDue(at: time - rule.begins) else { return nil }
        if let check = checks[number], !check.holds(client: occasion.client, facts) { return nil }
        tallies[number].matched += 1
        let scope = scope(of: rule.when.per, occasion, in: number)
        let count = tallies[number].scoped[scope, default: 0] + 1
        tallies[number].scoped[scope] = count
        guard rule.when.wants(count: count) else { return nil }
        if let times = rule.when.times, tallies[number].scopedActed[scope, default: 0] >= times { return nil }
        var random = luck(number, occasion)
        if let probability = rule.when.probability, random.double() >= probability { return nil }
        let standing = quota(of: rule, number, occasion, at: time)
        // Below its quota, a rule only counts.
        if standing?.isExceeded ?? true {
            tallies[number].acted += 1
            tallies[number].scopedActed[scope, default: 0] += 1
        }
        return Cue(rule: rule.name, index: number, effects: rule.effects, random: random, quota: standing)
    }

    private func scope(of per: Trigger.Scope, _ occasion: Occasion, in rule: Int) -> String {
        let name: String
        switch per {
        case .fake: return ""
        case .client: name = occasion.client
        case .connection: name = String(occasion.connection)
        }
        return tallies[rule].scoped.count < Self.mostScopes || tallies[rule].scoped[name] != nil ? name : ""
    }

    private mutating func luck(_ number: Int, _ occasion: Occasion) -> SeededRandom {
        let rule = scenario.rules[number]
        guard wantsBody[number] else { return SeededRandom(seed: seed, parts: []) }
        let key = OccurrenceKey(rule: number, client: occasion.client, identity: occasion.identity)
        // Whoever asks again gets new luck, however much else was asked for meanwhile: or what fails once would fail for ever.
        let count = occurrences.count(key)
        return SeededRandom(
            seed: seed,
            parts: [id, rule.name, occasion.client, String(occasion.identity, radix: 16), String(count)])
    }

    private func quotaKey(_ rule: Int, _ client: String) -> QuotaKey {
        let key = QuotaKey(rule: rule, scope: client)
        return quotas.count < Self.mostScopes || quotas[key] != nil ? key : QuotaKey(rule: rule, scope: "")
    }

    private mutating func quota(
        of rule: Rule, _ number: Int, _ occasion: Occasion, at time: Duration
    ) -> QuotaStanding? {
        guard let quota = rule.quota else { return nil }
        let key = quotaKey(number, occasion.client)
        var window = window(of: quota, key, at: time)
        let before = window.standing(of: quota, at: time)
        if !before.isExceeded, quota.unit == .requests { window.used += 1 }
        quotas[key] = window
        var standing = window.standing(of: quota, at: time)
        standing.isExceeded = before.isExceeded
        return standing
    }

    /// The window that is open at a time: the one before, or a new one with nothing used.
    private func window(of quota: Quota, _ key: QuotaKey, at time: Duration) -> QuotaWindow {
        guard let window = quotas[key] else { return QuotaWindow(began: time, used: 0) }
        guard time >= window.began + quota.window else { return window }
        let passed = Int((time - window.began) / quota.window)
        return QuotaWindow(began: window.began + quota.window * passed, used: 0)
    }
}

extension Quota {
    /// A window without length would never end.
    fileprivate var window: Duration { max(per, .milliseconds(1)) }
}

extension Rule {
    /// When it may act first, since the scenario began.
    var starts: Duration { begins + (when.at ?? .zero) }

    /// Its first quota: there is no use for a second one.
    fileprivate var quota: Quota? {
        for case .quota(let quota) in effects { return quota }
        return nil
    }
}

extension Effect {
    /// Whether it counts for each client.
    var isPerClient: Bool {
        if case .quota = self { true } else { false }
    }

    /// Whether it draws something.
    var isRandom: Bool {
        switch self {
        case .delay(_, .fixed), .slice(_, 0, .fixed): false
        case .delay, .slice, .corrupt: true
        default: false
        }
    }
}
