public import JSONTree
internal import Words

extension Scenario {
    /// The file's content in its canonical form: what ``ScenarioReader`` reads back as the same scenario.
    public var json: JSON {
        var file: JSONObject = ["version": .int(Self.version), "scenario": .string(name)]
        if !summary.isEmpty { file["summary"] = .string(summary) }
        if let seed { file["seed"] = .uint64(seed) }
        file["rules"] = .array(rules.map(\.json))
        return .object(file)
    }
}

extension Rule {
    /// The rule as it stands in the canonical form of a file.
    public var json: JSON {
        var rule: JSONObject = ["name": .string(name), "on": on.json]
        var when = self.when.members
        for (word, value) in Match.members(of: on.conditions) { when[word] = value }
        if !when.isEmpty { rule["when"] = .object(when) }
        let effects = effects.map { ($0.word, $0.value) }
        if Set(effects.map(\.0)).count == effects.count {
            for (word, value) in effects { rule[word] = value }
        } else {
            rule["effects"] = .array(effects.map { .object([$0: $1]) })
        }
        return .object(rule)
    }
}

extension Match {
    /// The line, or a mapping if a word of it has a blank.
    fileprivate var json: JSON {
        let line = description
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        let expected: Int
        var on: JSONObject = ["fake": .string(fake.description)]
        switch subject {
        case .whole: expected = 1
        case .connect:
            expected = 2
            on["connect"] = true
        case .request(let method, let path):
            expected = method == nil ? 2 : 3
            if let method { on["method"] = .string(method) }
            on["path"] = .string(path.text)
        case .opens(let path):
            expected = 3
            on["opens"] = .string(path.text)
        case .receives(let type):
            expected = type == nil ? 2 : 3
            on["receives"] = type.map { .string($0) } ?? true
        case .sends(let type):
            expected = type == nil ? 2 : 3
            on["sends"] = type.map { .string($0) } ?? true
        }
        let isPlain = words.count == expected && line.words.count == expected
        return isPlain ? .string(line) : .object(on)
    }

    /// Conditions by their words; a word whose names come twice has a list of mappings.
    static func members(of conditions: [Condition]) -> [(String, JSON)] {
        PartReader.conditionWords.compactMap { word in
            let mine = conditions.filter { $0.word == word }
            guard !mine.isEmpty else { return nil }
            if word == "client" { return (word, tests(mine.map(\.test))) }
            var groups: [JSONObject] = []
            var names: [[(name: String, tests: [ValueTest])]] = [[]]
            for condition in mine {
                let (name, test) = (condition.name, condition.test)
                if names[names.count - 1].last?.name == name,
                    !names[names.count - 1].last!.tests.contains(where: { $0.word == test.word })
                {
                    let last = names[names.count - 1].count - 1
                    names[names.count - 1][last].tests.append(test)
                } else if names[names.count - 1].contains(where: { $0.name == name }) {
                    names.append([(name, [test])])
                } else {
                    names[names.count - 1].append((name, [test]))
                }
            }
            groups = names.map { group in JSONObject(group.map { ($0.name, tests($0.tests)) }) }
            return (word, groups.count == 1 ? .object(groups[0]) : .array(groups.map { .object($0) }))
        }
    }

    private static func tests(_ tests: [ValueTest]) -> JSON {
        // A mapping would be taken for tests.
        if tests.count == 1, case .equals(let value) = tests[0], value.object == nil { return value }
        return .object(JSONObject(tests.map { ($0.word, $0.value) }))
    }
}

extension Condition {
    fileprivate var name: String {
        switch self {
        case .header(let name, _), .query(let name, _): name
        case .body(let pointer, _), .state(let pointer, _): pointer
        case .client: ""
        }
    }
}

extension ValueTest {
    fileprivate var word: String {
        switch self {
        case .equals: "equals"
        case .matches: "matches"
        case .contains: "contains"
        case .exists: "exists"
        case .atLeast: "at_least"
        case .atMost: "at_most"
        case .oneOf: "one_of"
        case .not: "not"
        }
    }

    fileprivate var value: JSON {
        switch self {
        case .equals(let value), .contains(let value): value
        case .matches(let source): .string(source)
        case .exists(let wanted): .bool(wanted)
        case .atLeast(let bound), .atMost(let bound): .number(bound)
        case .oneOf(let values): .array(values)
        case .not(let inner): .object([inner.word: inner.value])
        }
    }
}

extension Trigger {
    /// What is said of it, by the words of `when`.
    fileprivate var members: JSONObject {
        var members = JSONObject()
        if !nth.isEmpty { members["nth"] = nth.count == 1 ? .int(nth[0]) : .array(nth.map { .int($0) }) }
        members["first"] = first.map { .int($0) }
        members["after"] = after.map { .int($0) }
        members["every"] = every.map { .int($0) }
        members["times"] = times.map { .int($0) }
        members["probability"] = probability.map { .number($0) }
        members["at"] = at.map { .string($0.spelled) }
        members["for"] = lasting.map { .string($0.spelled) }
        if per != .fake { members["per"] = .string(per.rawValue) }
        return members
    }
}

extension JSON {
    /// A number without a fraction that is nothing.
    fileprivate static func number(_ value: Double) -> JSON {
        Int(exactly: value).map { .int($0) } ?? .double(value)
    }
}
