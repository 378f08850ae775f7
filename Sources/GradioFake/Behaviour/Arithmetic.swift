import Glibc
import JSONTree

/// Python's operators on the values of JSON.
enum Arithmetic {
    /// The result of an operator, or the exception that Python would raise.
    static func apply(
        _ operation: Expression.Operator, _ left: JSON, _ right: JSON
    ) throws(AppFailure) -> JSON {
        switch operation {
        case .equal: return .bool(areEqual(left, right))
        case .unequal: return .bool(!areEqual(left, right))
        case .in, .notIn:
            let found = try contains(left, in: right)
            return .bool(operation == .in ? found : !found)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return .bool(try compare(operation, left, right))
        case .plus:
            if case .string(let a) = left {
                guard case .string(let b) = right else {
                    throw .type("can only concatenate str (not \"\(right.pythonType)\") to str")
                }
                return .string(a + b)
            }
            if case .array(let a) = left, case .array(let b) = right { return .array(a + b) }
        case .times:
            if let repeated = repeated(left, right) ?? repeated(right, left) { return repeated }
        case .remainder:
            if case .string(let text) = left { return .string(text) }
        default: break
        }
        guard let a = Operand(left), let b = Operand(right) else {
            throw .type(
                "unsupported operand type(s) for \(operation.rawValue): '\(left.pythonType)' and '\(right.pythonType)'")
        }
        if let a = a.whole, let b = b.whole, let result = try whole(operation, a, b) { return .int(result) }
        return .double(try fraction(operation, a.value, b.value))
    }

    /// `value[index]`.
    static func element(of value: JSON, at index: JSON) throws(AppFailure) -> JSON {
        switch (value, index) {
        case (.object(let members), .string(let key)):
            guard let member = members[key] else { throw .exception(type: "KeyError", message: key.pythonRepr) }
            return member
        case (.array(let values), .number):
            guard let place = index.int.map({ $0 < 0 ? $0 + values.count : $0 }), values.indices.contains(place) else {
                throw .exception(type: "IndexError", message: "list index out of range")
            }
            return values[place]
        case (.string(let text), .number):
            let scalars = Array(text.unicodeScalars)
            guard let place = index.int.map({ $0 < 0 ? $0 + scalars.count : $0 }), scalars.indices.contains(place)
            else { throw .exception(type: "IndexError", message: "string index out of range") }
            return .string(String(Character(scalars[place])))
        case (.array, _): throw .type("list indices must be integers or slices, not \(index.pythonType)")
        default: throw .type("'\(value.pythonType)' object is not subscriptable")
        }
    }

    /// Python's `==`: numbers by value, booleans as 0 and 1.
    static func areEqual(_ left: JSON, _ right: JSON) -> Bool {
        if let a = Operand(left), let b = Operand(right) { return a.value == b.value }
        switch (left, right) {
        case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy(areEqual)
        case (.object(let a), .object(let b)):
            return a.count == b.count
                && a.allSatisfy { member in b[member.key].map { areEqual(member.value, $0) } ?? false }
        default: return left == right
        }
    }

    private struct Operand {
        var whole: Int?
        var value: Double

        init?(_ json: JSON) {
            switch json {
            case .bool(let flag):
                whole = flag ? 1 : 0
                value = flag ? 1 : 0
            case .number(let number):
                whole = number.int
                value = number.double
            default: return nil
            }
        }
    }

    /// Nil where the result is no integer, or too large for one.
    private static func whole(
        _ operation: Expression.Operator, _ a: Int, _ b: Int
    ) throws(AppFailure) -> Int? {
        func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
            result.overflow ? nil : result.partialValue
        }
        switch operation {
        case .plus: return checked(a.addingReportingOverflow(b))
        case .minus: return checked(a.subtractingReportingOverflow(b))
        case .times: return checked(a.multipliedReportingOverflow(by: b))
        case .floorDivision, .remainder:
            guard b != 0 else { throw zeroDivision("integer division or modulo by zero") }
            guard b != -1 else { return operation == .remainder ? 0 : checked(0.subtractingReportingOverflow(a)) }
            let remainder = a % b
            let isMixed = remainder != 0 && (remainder < 0) != (b < 0)
            return operation == .remainder ? remainder + (isMixed ? b : 0) : a / b - (isMixed ? 1 : 0)
        case .power:
            guard b >= 0 else { return nil }
            return Int(exactly: pow(Double(a), Double(b)))
        default: return nil
        }
    }

    private static func fraction(
        _ operation: Expression.Operator, _ a: Double, _ b: Double
    ) throws(AppFailure) -> Double {
        switch operation {
        case .plus: return a + b
        case .minus: return a - b
        case .times: return a * b
        case .power: return pow(a, b)
        case .division:
            guard b != 0 else { throw zeroDivision("division by zero") }
            return a / b
        case .floorDivision:
            guard b != 0 else { throw zeroDivision("float floor division by zero") }
            return floor(a / b)
        case .remainder:
            guard b != 0 else { throw zeroDivision("float modulo") }
            return a - b * floor(a / b)
        default: return .nan
        }
    }

    private static func zeroDivision(_ message: String) -> AppFailure {
        .exception(type: "ZeroDivisionError", message: message)
    }

    /// No result is longer than this: an app file's mistake must not take the memory.
    private static let longest = 4_000_000

    private static func repeated(_ value: JSON, _ times: JSON) -> JSON? {
        guard let count = times.int else { return nil }
        switch value {
        case .string(let text):
            return .string(String(repeating: text, count: max(0, min(count, longest / max(1, text.utf8.count)))))
        case .array(let values):
            let count = max(0, min(count, longest / 16 / max(1, values.count)))
            return .array((0..<count).flatMap { _ in values })
        default: return nil
        }
    }

    private static func contains(_ value: JSON, in whole: JSON) throws(AppFailure) -> Bool {
        switch whole {
        case .array(let values): return values.contains { areEqual($0, value) }
        case .object(let members): return value.string.map { members.contains(key: $0) } ?? false
        case .string(let text):
            guard let part = value.string else {
                throw .type("'in <string>' requires string as left operand, not \(value.pythonType)")
            }
            return part.isEmpty || text.contains(part)
        default: throw .type("argument of type '\(whole.pythonType)' is not iterable")
        }
    }

    private static func compare(
        _ operation: Expression.Operator, _ left: JSON, _ right: JSON
    ) throws(AppFailure) -> Bool {
        if let a = Operand(left), let b = Operand(right) { return holds(operation, a.value, b.value) }
        if case .string(let a) = left, case .string(let b) = right { return holds(operation, a, b) }
        throw .type(
            "'\(operation.rawValue)' not supported between instances of '\(left.pythonType)' and '\(right.pythonType)'")
    }

    private static func holds<Value: Comparable>(_ operation: Expression.Operator, _ a: Value, _ b: Value) -> Bool {
        switch operation {
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        default: a >= b
        }
    }
}
