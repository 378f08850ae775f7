internal import Journal
public import Scenarios

/// The fakes of a suite as one: who plays, what they play, and the journal of it.
///
/// ```swift
/// let company = Company(seed: 7)
/// await company.join(try await RunningFake(fake, staging: Staging(journal: company.journal)))
/// await company.apply(scenario)
/// ```
public actor Company {
    /// What happens at all fakes.
    public nonisolated let journal: SharedJournal
    /// The number from which all random choices follow.
    public nonisolated let seed: UInt64
    /// In the order in which they joined.
    public private(set) var fakes: [RunningFake] = []
    /// What is in force, with the rules that were added to it.
    public private(set) var scenario: Scenario?
    private var clock: ScenarioClock?
    private let now: @Sendable () -> Duration
    private let others: @Sendable () async throws -> Vocabulary
    /// What the others can do, once it was asked for: fakes have to be made to know it.
    private var known: Vocabulary?

    /// - Parameters:
    ///   - others: what fakes can do that do not play now but could: rules may speak of them. Asked once.
    ///   - now: a clock that only goes forwards, by which scenarios go; that of the world if nil.
    public init(
        seed: UInt64, journal: SharedJournal = SharedJournal(),
        others: @escaping @Sendable () async throws -> Vocabulary = { Vocabulary([]) },
        now: (@Sendable () -> Duration)? = nil
    ) {
        self.others = others
        self.seed = seed
        self.journal = journal
        self.now = now ?? { [journal] in journal.elapsed }
    }

    // MARK: Who plays

    /// Takes a fake in; it plays what is in force at once.
    public func join(_ fake: RunningFake) async {
        fakes.append(fake)
        if let scenario { await fake.play(scenario, since: clock) }
    }

    /// Lets a fake go. It is stopped by whoever gets it.
    public func leave(_ id: String) -> RunningFake? {
        guard let index = fakes.firstIndex(where: { $0.id == id }) else { return nil }
        return fakes.remove(at: index)
    }

    public func fake(_ id: String) -> RunningFake? { fakes.first { $0.id == id } }

    /// What rules may speak of.
    public var vocabulary: Vocabulary {
        get async throws {
            if known == nil { known = try await others() }
            return Vocabulary(joining: fakes.map { ($0.id, $0.vocabulary) }).joined(with: known ?? Vocabulary([]))
        }
    }

    // MARK: What they play

    /// The time since the scenario in force began; nil without one.
    public var scenarioTime: Duration? { scenario == nil ? nil : clock?.elapsed }

    /// Puts a scenario in force, in place of the one before; nil ends that. One clock goes for all fakes.
    public func apply(_ scenario: Scenario?) async {
        self.scenario = scenario
        clock = scenario == nil ? nil : ScenarioClock(now: now)
        journal.append(.scenario(name: scenario?.name ?? "", rules: scenario?.rules.count ?? 0))
        await playAll()
    }

    /// Adds rules to what is in force; counts and times of those before go on. A rule of the same name is replaced.
    public func add(_ rules: [Rule]) async {
        let elapsed = clock?.elapsed ?? .zero
        if clock == nil { clock = ScenarioClock(now: now) }
        var scenario = scenario ?? Scenario(name: "rules", summary: "Rules that were added one by one.")
        for var rule in rules {
            rule.begins = elapsed
            scenario.rules.removeAll { $0.name == rule.name }
            scenario.rules.append(rule)
        }
        self.scenario = scenario
        journal.append(.scenario(name: scenario.name, rules: scenario.rules.count))
        await playAll()
    }

    /// Takes a rule away.
    ///
    /// - Returns: whether there was one of that name.
    public func removeRule(_ name: String) async -> Bool {
        guard var scenario, scenario.rules.contains(where: { $0.name == name }) else { return false }
        scenario.rules.removeAll { $0.name == name }
        self.scenario = scenario
        journal.append(.scenario(name: scenario.name, rules: scenario.rules.count))
        await playAll()
        return true
    }

    /// What each rule in force has seen and done, at all fakes together, in the order of the file.
    public func ruleCounts() async -> [RuleCount] {
        var counts = (scenario?.rules ?? []).map { RuleCount(rule: $0.name) }
        for fake in fakes {
            for count in await fake.ruleCounts() {
                guard let index = counts.firstIndex(where: { $0.rule == count.rule }) else { continue }
                counts[index].matched += count.matched
                counts[index].acted += count.acted
            }
        }
        return counts
    }

    /// As after the start: no scenario, no journal, and every fake begins anew.
    public func reset() async {
        await apply(nil)
        for fake in fakes { await fake.reset() }
        journal.clear()
    }

    private func playAll() async {
        for fake in fakes { await fake.play(scenario, since: clock) }
    }
}
