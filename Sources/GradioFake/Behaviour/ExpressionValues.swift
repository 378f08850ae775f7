import JSONTree

/// Evaluates an ``Expression`` as Python would.
struct ExpressionValues: Sendable {
    /// The variables of the run.
    var variables: [String: JSON]

    /// Where files are found and made.
    var files: FileStore

    /// The value of an expression.
    mutating func value(of expression: Expression) throws(AppFailure) -> JSON {
        switch expression {
        case .literal(let value): return value
        case .name(let name):
            guard let value = variables[name] else {
                throw .exception(type: "NameError", message: "name '\(name)' is not defined")
            }
            return value
        case .list(let parts): return .array(try values(of: parts))
        case .negative(let part):
            return try Arithmetic.apply(.minus, 0, try number(of: part, for: "unary -"))
        case .not(let part): return .bool(!(try value(of: part)).isTruthy)
        case .and(let left, let right):
            let value = try value(of: left)
            return value.isTruthy ? try self.value(of: right) : value
        case .or(let left, let right):
            let value = try value(of: left)
            return value.isTruthy ? value : try self.value(of: right)
        case .conditional(let condition, let then, let otherwise):
            return try value(of: try value(of: condition).isTruthy ? then : otherwise)
        case .binary(let operation, let left, let right):
            return try Arithmetic.apply(operation, try value(of: left), try value(of: right))
        case .index(let part, let index):
            return try Arithmetic.element(of: try value(of: part), at: try value(of: index))
        case .slice(let part, let from, let to):
            return try slice(part, from: from, to: to)
        case .member(let part, let name):
            let value = try value(of: part)
            guard let member = value[name] else {
                throw .exception(
                    type: "AttributeError", message: "'\(value.pythonType)' object has no attribute '\(name)'")
            }
            return member
        case .call(let name, let positional, let named):
            // The parser has looked the name up.
            guard let function = ExpressionFunction(rawValue: name) else {
                throw .exception(type: "NameError", message: "name '\(name)' is not defined")
            }
            var arguments = CallArguments(of: name, positional: try values(of: positional))
            for (name, part) in named { arguments.named[name] = try value(of: part) }
            return try call(function, arguments)
        }
    }

    private mutating func values(of parts: [Expression]) throws(AppFailure) -> [JSON] {
        var values: [JSON] = []
        for part in parts { values.append(try value(of: part)) }
        return values
    }

    private mutating func number(of part: Expression, for operation: String) throws(AppFailure) -> JSON {
        let value = try value(of: part)
        switch value {
        case .number: return value
        case .bool(let flag): return .int(flag ? 1 : 0)
        default: throw .type("bad operand type for \(operation): '\(value.pythonType)'")
        }
    }

    private mutating func slice(
        _ part: Expression, from: Expression?, to: Expression?
    ) throws(AppFailure) -> JSON {
        let value = try value(of: part)
        let first = try from.map { (part) throws(AppFailure) in try self.value(of: part).int ?? 0 }
        let last = try to.map { (part) throws(AppFailure) in try self.value(of: part).int ?? 0 }
        func range(_ count: Int) -> Range<Int> {
            func place(_ index: Int) -> Int { Swift.max(0, Swift.min(count, index < 0 ? index + count : index)) }
            let start = place(first ?? 0)
            return start..<Swift.max(start, place(last ?? count))
        }
        switch value {
        case .string(let text):
            let scalars = Array(text.unicodeScalars)
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[range(scalars.count)])
            return .string(String(view))
        case .array(let values): return .array(Array(values[range(values.count)]))
        default: throw .type("'\(value.pythonType)' object is not subscriptable")
        }
    }
}
