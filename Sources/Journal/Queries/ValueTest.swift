internal import JSONTree
internal import Words

/// A test of the values that a field has in an entry: none, one, or several (repeated header fields, rules).
///
/// It passes if one of them passes; `not` if none does.
indirect enum ValueTest: Sendable {
    /// Equal as JSON; a text and a number are equal if they are spelled alike, since queries of URLs hold texts only.
    case equals(JSON)
    case like(Glob)
    case matches(Pattern)
    /// A text in a text, or an element of a list.
    case contains(JSON)
    case exists(Bool)
    case within(ClosedRange<Double>)
    case anyOf([ValueTest])
    case not(ValueTest)

    func passes(_ values: [JSON]) -> Bool {
        switch self {
        case .exists(let wanted): values.isEmpty != wanted
        case .anyOf(let tests): tests.contains { $0.passes(values) }
        case .not(let test): !test.passes(values)
        default: values.contains(where: passes)
        }
    }

    private func passes(_ value: JSON) -> Bool {
        switch self {
        case .equals(let wanted): Self.isAlike(value, wanted)
        case .like(let glob): glob.matches(value.spelling)
        case .matches(let pattern): pattern.occurs(in: value.spelling)
        case .contains(let wanted):
            value.array.map { $0.contains { Self.isAlike($0, wanted) } }
                ?? Array(value.spelling.utf8).holds(Array(wanted.spelling.utf8))
        case .within(let range): value.anyNumber.map(range.contains) ?? false
        case .exists, .anyOf, .not: false
        }
    }

    private static func isAlike(_ value: JSON, _ wanted: JSON) -> Bool {
        if value.isEquivalent(to: wanted) { return true }
        switch (value, wanted) {
        case (.string, .number), (.number, .string), (.string, .bool), (.bool, .string), (.null, .string):
            return value.spelling == wanted.spelling
        default: return false
        }
    }
}

extension JSON {
    /// A text as it is, anything else as JSON writes it.
    var spelling: String { string ?? text() }

    /// A number, also one that stands in a text.
    fileprivate var anyNumber: Double? { double ?? string.flatMap(Double.init) }
}
