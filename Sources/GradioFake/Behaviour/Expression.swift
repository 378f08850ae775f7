import JSONTree

/// A small part of Python's expressions, as app files use them between braces.
///
/// ```
/// 440 * 2 ** (pitch / 12)
/// "step " + str(i) if i < n else upper(text)
/// ```
indirect enum Expression: Sendable {
    case literal(JSON)
    case name(String)
    case list([Expression])
    case negative(Expression)
    case not(Expression)
    case binary(Operator, Expression, Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    case conditional(Expression, then: Expression, else: Expression)
    case index(Expression, Expression)
    case slice(Expression, from: Expression?, to: Expression?)
    case member(Expression, String)
    case call(String, [Expression], named: [(String, Expression)])

    /// Operators of two values, spelled as in Python.
    enum Operator: String, Sendable, CaseIterable {
        case power = "**"
        case times = "*"
        case floorDivision = "//"
        case division = "/"
        case remainder = "%"
        case plus = "+"
        case minus = "-"
        case equal = "=="
        case unequal = "!="
        case lessOrEqual = "<="
        case less = "<"
        case greaterOrEqual = ">="
        case greater = ">"
        case `in` = "in"
        case notIn = "not in"

        /// How strongly it binds; higher binds first.
        var strength: Int {
            switch self {
            case .power: 5
            case .times, .floorDivision, .division, .remainder: 4
            case .plus, .minus: 3
            default: 2
            }
        }
    }

    /// The names that the expression reads, for checking them against what is there.
    var freeNames: [String] {
        switch self {
        case .literal: []
        case .name(let name): [name]
        case .list(let parts): parts.flatMap(\.freeNames)
        case .negative(let part), .not(let part), .member(let part, _): part.freeNames
        case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right),
            .index(let left, let right):
            left.freeNames + right.freeNames
        case .conditional(let condition, let then, let otherwise):
            condition.freeNames + then.freeNames + otherwise.freeNames
        case .slice(let part, let from, let to):
            part.freeNames + (from?.freeNames ?? []) + (to?.freeNames ?? [])
        case .call(_, let parts, let named): parts.flatMap(\.freeNames) + named.flatMap(\.1.freeNames)
        }
    }
}
