internal import JSONTree
internal import Words

/// The conditions of one rule, ready to be asked: expressions compiled.
struct ConditionCheck: Sendable {
    private let conditions: [Condition]
    private let expressions: [String: Pattern]

    init(_ conditions: [Condition]) {
        self.conditions = conditions
        var expressions: [String: Pattern] = [:]
        for condition in conditions {
            for source in condition.test.expressions {
                // One that cannot be compiled was refused when the file was read; here it matches nothing.
                expressions[source] = try? Pattern(source)
            }
        }
        self.expressions = expressions
    }

    func holds(client: String, _ facts: some OccasionFacts) -> Bool {
        conditions.allSatisfy { condition in
            switch condition {
            case .header(let name, let test): passes(test, facts.header(name).map { .string($0) })
            case .query(let name, let test): passes(test, facts.query(name).map { .string($0) })
            case .body(let pointer, let test): passes(test, facts.body?[pointer: pointer])
            case .client(let test): passes(test, .string(client))
            case .state(let pointer, let test): passes(test, facts.state[pointer: pointer])
            }
        }
    }

    /// Whether nothing in the head of a request speaks against it; what else is asked for is not looked at.
    func mayHold(_ facts: some OccasionFacts) -> Bool {
        conditions.allSatisfy { condition in
            switch condition {
            case .header(let name, let test): passes(test, facts.header(name).map { .string($0) })
            case .query(let name, let test): passes(test, facts.query(name).map { .string($0) })
            case .body, .client, .state: true
            }
        }
    }

    private func passes(_ test: ValueTest, _ value: JSON?) -> Bool {
        if case .not(let inner) = test { return !passes(inner, value) }
        if case .exists(let wanted) = test { return (value != nil) == wanted }
        guard let value else { return false }
        switch test {
        case .equals(let wanted): return Self.isAlike(value, wanted)
        case .oneOf(let wanted): return wanted.contains { Self.isAlike(value, $0) }
        case .matches(let source):
            guard let expression = expressions[source] else { return false }
            return expression.occurs(in: Self.spelling(value))
        case .contains(let wanted):
            if let list = value.array { return list.contains { Self.isAlike($0, wanted) } }
            return Self.spelling(value).contains(Self.spelling(wanted))
        case .atLeast(let bound): return Self.number(value).map { $0 >= bound } ?? false
        case .atMost(let bound): return Self.number(value).map { $0 <= bound } ?? false
        case .exists, .not: return false
        }
    }

    private static func isAlike(_ value: JSON, _ wanted: JSON) -> Bool {
        if value == wanted { return true }
        if let left = value.double, let right = wanted.double { return left == right }
        switch (value, wanted) {
        case (.string, .number), (.string, .bool), (.number, .string): return spelling(value) == spelling(wanted)
        default: return false
        }
    }

    private static func spelling(_ value: JSON) -> String { value.string ?? value.text() }

    private static func number(_ value: JSON) -> Double? { value.double ?? value.string.flatMap { Double($0) } }
}

extension Condition {
    var test: ValueTest {
        switch self {
        case .header(_, let test), .query(_, let test), .body(_, let test), .client(let test), .state(_, let test): test
        }
    }

    var isAboutBody: Bool {
        if case .body = self { true } else { false }
    }

    var isAboutClient: Bool {
        if case .client = self { true } else { false }
    }
}

extension ValueTest {
    /// The regular expressions in it.
    var expressions: [String] {
        switch self {
        case .matches(let source): [source]
        case .not(let inner): inner.expressions
        default: []
        }
    }
}
