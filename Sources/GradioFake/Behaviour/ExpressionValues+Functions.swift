import JSONTree

extension ExpressionValues {
    /// The result of a function.
    mutating func call(_ function: ExpressionFunction, _ arguments: CallArguments) throws(AppFailure) -> JSON {
        switch function {
        case .abs, .bool, .float, .int, .len, .list, .max, .min, .range, .round, .str, .sum:
            try builtin(function, arguments)
        case .join, .lower, .replace, .split, .title, .upper: try textMethod(function, arguments)
        case .hash: .int(Int(Fingerprint.of(arguments.text(0, "text")) % 2_147_483_647))
        case .pick: try pick(arguments)
        case .size, .seconds, .file, .binary, .sine, .sound, .pitched, .picture, .plain, .video:
            try fileFunction(function, arguments)
        }
    }

    private func builtin(_ function: ExpressionFunction, _ arguments: CallArguments) throws(AppFailure) -> JSON {
        if function == .range { return try range(arguments) }
        if function == .max || function == .min { return try extreme(function, arguments) }
        let value = try arguments.required(0, "object")
        switch (function, value) {
        case (.str, let value): return .string(value.pythonStr)
        case (.bool, let value): return .bool(value.isTruthy)
        case (.len, .string(let text)): return .int(text.unicodeScalars.count)
        case (.len, .array(let values)): return .int(values.count)
        case (.len, .object(let members)): return .int(members.count)
        case (.len, let value): throw .type("object of type '\(value.pythonType)' has no len()")
        case (.list, .string(let text)): return .array(text.unicodeScalars.map { .string(String(Character($0))) })
        case (.list, .object(let members)): return .array(members.keys.map { .string($0) })
        case (.list, .array(let values)): return .array(values)
        case (.list, let value): throw .type("'\(value.pythonType)' object is not iterable")
        case (.int, let value): return try whole(value)
        case (.float, let value): return .double(try fraction(value))
        case (.abs, .number(let number)):
            return number.int.map { .int(Swift.abs($0)) } ?? .double(Swift.abs(number.double))
        case (.round, .number(let number)):
            return try rounded(
                number, arguments.whole(1, "ndigits", default: 0, in: -300...300),
                keepsPoint: arguments.value(1, "ndigits") != nil)
        case (.sum, .array(let values)):
            var total: JSON = 0
            for value in values { total = try Arithmetic.apply(.plus, total, value) }
            return total
        default: throw .type("bad operand type for \(function.rawValue)(): '\(value.pythonType)'")
        }
    }

    private func whole(_ value: JSON) throws(AppFailure) -> JSON {
        switch value {
        case .bool(let flag): return .int(flag ? 1 : 0)
        case .number(let number):
            if let whole = number.int { return .int(whole) }
            guard let whole = Int(exactly: number.double.rounded(.towardZero)) else {
                throw .exception(type: "OverflowError", message: "cannot convert float infinity to integer")
            }
            return .int(whole)
        case .string(let text):
            guard let whole = Int(text.filter { $0 != " " }) else {
                throw .value("invalid literal for int() with base 10: \(text.pythonRepr)")
            }
            return .int(whole)
        default:
            throw .type(
                "int() argument must be a string, a bytes-like object or a real number, not '\(value.pythonType)'")
        }
    }

    private func fraction(_ value: JSON) throws(AppFailure) -> Double {
        switch value {
        case .bool(let flag): return flag ? 1 : 0
        case .number(let number): return number.double
        case .string(let text):
            guard let number = Double(text) else {
                throw .value("could not convert string to float: \(text.pythonRepr)")
            }
            return number
        default: throw .type("float() argument must be a string or a real number, not '\(value.pythonType)'")
        }
    }

    private func rounded(_ number: JSONNumber, _ digits: Int, keepsPoint: Bool) -> JSON {
        if number.int != nil { return .number(number) }
        guard keepsPoint else {
            return Int(exactly: number.double.rounded(.toNearestOrEven)).map { .int($0) } ?? .number(number)
        }
        var scale = 1.0
        for _ in 0..<Swift.abs(digits) { scale *= 10 }
        let scaled = digits < 0 ? number.double / scale : number.double * scale
        let whole = scaled.rounded(.toNearestOrEven)
        return .double(digits < 0 ? whole * scale : whole / scale)
    }

    private func range(_ arguments: CallArguments) throws(AppFailure) -> JSON {
        let bounds = -1_000_000...1_000_000
        let first = try arguments.whole(0, "start", default: 0, in: bounds)
        let isCount = arguments.positional.count < 2
        let last = isCount ? first : try arguments.whole(1, "stop", default: 0, in: bounds)
        let step = try arguments.whole(2, "step", default: 1, in: bounds)
        guard step != 0 else { throw .value("range() arg 3 must not be zero") }
        let count = Swift.abs((last - (isCount ? 0 : first)) / step)
        guard count <= 100_000 else { throw .value("range() of more than 100000 elements") }
        return .array(stride(from: isCount ? 0 : first, to: last, by: step).map { .int($0) })
    }

    private func extreme(_ function: ExpressionFunction, _ arguments: CallArguments) throws(AppFailure) -> JSON {
        var values = arguments.positional
        if values.count == 1, let list = values[0].array { values = list }
        guard var best = values.first else { throw .value("\(function.rawValue)() iterable argument is empty") }
        for value in values.dropFirst()
        where try Arithmetic.apply(function == .max ? .greater : .less, value, best).isTruthy {
            best = value
        }
        return best
    }

    private func textMethod(_ function: ExpressionFunction, _ arguments: CallArguments) throws(AppFailure) -> JSON {
        let value = try arguments.required(0, "text")
        if function == .join, let parts = value.array {
            return .string(parts.map(\.pythonStr).joined(separator: arguments.text(1, "separator")))
        }
        guard let text = value.string else {
            throw .exception(
                type: "AttributeError",
                message: "'\(value.pythonType)' object has no attribute '\(function.rawValue)'")
        }
        switch function {
        case .upper: return .string(text.uppercased())
        case .lower: return .string(text.lowercased())
        case .title:
            return .string(
                text.split(separator: " ", omittingEmptySubsequences: false)
                    .map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined(separator: " "))
        case .split:
            let separator = arguments.text(1, "separator", default: " ")
            guard let first = separator.first, separator.count == 1 else { throw .value("one character splits a text") }
            return .array(text.split(separator: first).map { .string(String($0)) })
        case .replace:
            return .string(text.replacing(arguments.text(1, "old"), with: arguments.text(2, "new")))
        default: return .string(text)
        }
    }

    private func pick(_ arguments: CallArguments) throws(AppFailure) -> JSON {
        guard let choices = try arguments.required(0, "choices").array, !choices.isEmpty else {
            throw .value("pick() takes a list that is not empty")
        }
        return choices[Int(arguments.seed(1, "by") % UInt64(choices.count))]
    }
}
