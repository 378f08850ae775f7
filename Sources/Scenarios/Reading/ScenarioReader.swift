internal import JSONTree
internal import Words
internal import YAMLNodes

/// Reads scenarios, and single rules, from YAML, JSON or a line.
///
/// ```swift
/// let scenario = try ScenarioReader(vocabulary: suite.vocabulary, file: "busy.yaml").scenario(text)
/// let rule = try ScenarioReader().rule(line: "litellm POST /v1/chat/completions: error rate_limit, first 3")
/// ```
/// A text with anything wrong in it is refused whole, with all that is wrong in it (up to a hundred problems).
public struct ScenarioReader: Sendable {
    /// What rules may speak of; with nil, a rule is not asked whether it can ever act.
    public var vocabulary: Vocabulary?
    /// What to call the file in problems.
    public var file: String

    public init(vocabulary: Vocabulary? = nil, file: String = "") {
        self.vocabulary = vocabulary
        self.file = file
    }

    /// The most that a file may have: 1 MB.
    public static let mostBytes = 1_000_000
    public static let mostRules = 10_000
    /// The most that a rule on one line may have.
    public static let mostLineBytes = 10_000

    /// A whole file.
    public func scenario(_ text: String) throws(ScenarioProblems) -> Scenario {
        let log = ProblemLog(file: file)
        guard let root = try document(text, log), let scenario = scenario(root, log) else { throw failure(log) }
        try log.check()
        return scenario
    }

    /// A rule, or a list of rules, as they stand under `rules` in a file.
    ///
    /// - Parameter taken: names of rules that there are already; a rule without a name gets another one.
    public func rules(_ text: String, taken: Set<String> = []) throws(ScenarioProblems) -> [Rule] {
        let log = ProblemLog(file: file)
        guard let root = try document(text, log) else { throw failure(log) }
        let rules = rules(root.sequence ?? [root], taken: taken, log)
        try log.check()
        return rules
    }

    /// A rule on one line: `comfyui sends progress: drop reset, once`.
    ///
    /// - Parameter taken: names of rules that there are already; a rule without a name gets another one.
    public func rule(line text: String, taken: Set<String> = []) throws(ScenarioProblems) -> Rule {
        let log = ProblemLog(file: file)
        let start = YAMLMark(line: 1, column: 1)
        guard text.utf8.count <= Self.mostLineBytes else {
            log.add("expected a rule of \(Self.mostLineBytes) bytes at most, got \(text.utf8.count)", at: start)
            throw failure(log)
        }
        let rule = PartReader(log: log, vocabulary: vocabulary).line(text, at: start)
        try log.check()
        guard let rule else { throw failure(log) }
        return named([(rule, start)], taken: taken, log)[0]
    }

    // MARK: Parts

    private func document(_ text: String, _ log: ProblemLog) throws(ScenarioProblems) -> YAMLNode? {
        let start = YAMLMark(line: 1, column: 1)
        guard text.utf8.count <= Self.mostBytes else {
            log.add("expected \(ByteCount.spelled(Self.mostBytes)) at most, got \(text.utf8.count) bytes", at: start)
            throw failure(log)
        }
        do {
            if let node = try YAMLNode.document(of: JSONSpelling.asYAML(text)) { return node }
            log.add("expected a scenario, got an empty file", at: start)
        } catch {
            log.add(error.message, at: error.mark)
        }
        return nil
    }

    private func scenario(_ root: YAMLNode, _ log: ProblemLog) -> Scenario? {
        let reader = PartReader(log: log, vocabulary: vocabulary)
        guard let fields = reader.fields(root, ["version", "scenario", "summary", "seed", "rules"], of: "a scenario")
        else {
            return nil
        }
        for name in ["version", "scenario", "rules"] where fields[name] == nil {
            log.add("a scenario needs \(name)", at: root.mark)
        }
        if let node = fields["version"], node.scalar?.json != .int(Scenario.version) {
            log.expected("version \(Scenario.version)", at: node)
        }
        let name = fields["scenario"].flatMap { node in
            reader.name(node, of: "scenario").map { name in
                if !name.isScenarioName { log.expected("a name of small letters, digits and hyphens", at: node) }
                return name
            }
        }
        let summary = fields["summary"].flatMap { reader.text($0, of: "summary") }
        let seed = fields["seed"].flatMap { node in
            let seed = node.scalar?.json.number?.uint64
            if seed == nil { log.expected("a whole number, 0 to \(UInt64.max), for seed", at: node) }
            return seed
        }
        var rules: [Rule] = []
        if let node = fields["rules"] {
            if let nodes = node.sequence {
                rules = self.rules(nodes, taken: [], log)
            } else {
                log.expected("a list of rules", at: node)
            }
        }
        guard let name else { return nil }
        return Scenario(name: name, summary: summary ?? "", seed: seed, rules: rules)
    }

    private func rules(_ nodes: [YAMLNode], taken: Set<String>, _ log: ProblemLog) -> [Rule] {
        guard nodes.count <= Self.mostRules else {
            log.add("expected \(Self.mostRules) rules at most, got \(nodes.count)", at: nodes[Self.mostRules].mark)
            return []
        }
        let reader = PartReader(log: log, vocabulary: vocabulary)
        return named(
            nodes.compactMap { node in reader.rule(node).map { ($0, node["name"]?.mark ?? node.mark) } }, taken: taken,
            log)
    }

    /// Gives a name to each rule that has none, and refuses those that have one twice.
    private func named(_ rules: [(Rule, YAMLMark)], taken: Set<String>, _ log: ProblemLog) -> [Rule] {
        var names = taken
        for (rule, mark) in rules where !rule.name.isEmpty {
            if !names.insert(rule.name).inserted {
                log.add("another rule has the name \"\(rule.name.clipped)\" already", at: mark)
            }
        }
        var counts: [String: Int] = [:]
        return rules.map { rule, _ in
            guard rule.name.isEmpty else { return rule }
            var rule = rule
            let plain = rule.plainName
            repeat {
                let count = counts[plain, default: 0] + 1
                counts[plain] = count
                rule.name = count == 1 ? plain : "\(plain) (\(count))"
            } while !names.insert(rule.name).inserted
            return rule
        }
    }

    private func failure(_ log: ProblemLog) -> ScenarioProblems {
        do {
            try log.check()
        } catch {
            return error
        }
        // What gives nothing has noted why; should that ever be forgotten, the file is refused all the same.
        return ScenarioProblems([ScenarioProblem(file: file, line: 1, column: 1, message: "this cannot be read")])
    }
}

extension Rule {
    /// A name from what it looks at and what it does: `comfyui POST /prompt: error out_of_memory`.
    fileprivate var plainName: String {
        "\(on): \(effects.map(\.gist).joined(separator: ", ").clipped)"
    }
}

extension String {
    /// Small letters, digits and single hyphens between them.
    var isScenarioName: Bool {
        utf8.count <= 64
            && split(separator: "-", omittingEmptySubsequences: false).allSatisfy { word in
                !word.isEmpty
                    && word.utf8.allSatisfy {
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    }
            }
    }
}
