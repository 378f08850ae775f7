internal import Fakes
public import Scenarios

/// The rules by which fakes misbehave, while they play.
///
/// ```swift
/// let rule = try await fake.rules.add("litellm POST /v1/chat/completions: error rate_limit, first 3")
/// …
/// #expect(await fake.rules.acted(rule) == 3)
/// ```
public struct FakeRules: Sendable {
    private let company: Company

    init(_ company: Company) {
        self.company = company
    }

    /// Adds a rule on one line to what is in force; the others go on.
    ///
    /// - Returns: the rule's name.
    /// - Throws: `ScenarioProblems`.
    @discardableResult
    public func add(_ line: String) async throws -> String {
        let taken = Set(await company.scenario?.rules.map(\.name) ?? [])
        let rule = try ScenarioReader(vocabulary: try await company.vocabulary).rule(line: line, taken: taken)
        await company.add([rule])
        return rule.name
    }

    /// Adds rules to what is in force; the others go on. A rule of the same name is replaced.
    public func add(_ rules: Rule...) async { await company.add(rules) }

    /// Takes a rule away.
    ///
    /// - Returns: whether there was one of that name.
    @discardableResult
    public func remove(_ name: String) async -> Bool { await company.removeRule(name) }

    /// Puts a scenario in force, from its beginning, in place of all rules.
    ///
    /// - Throws: `ScenarioProblems`; nothing has changed then.
    public func play(_ scenario: any ScenarioSource) async throws {
        await company.apply(try scenario.scenario(speaking: try await company.vocabulary))
    }

    /// Ends all rules.
    public func clear() async { await company.apply(nil) }

    /// What each rule has seen and done, in the order of the file.
    public func counts() async -> [RuleCount] { await company.ruleCounts() }

    /// How often a rule has acted; 0 if there is none of that name.
    public func acted(_ name: String) async -> Int {
        await counts().first { $0.rule == name }?.acted ?? 0
    }
}
