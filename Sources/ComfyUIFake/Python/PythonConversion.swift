internal import JSONTree

/// `int()`, `float()`, `str()` and `bool()` of JSON values, with the interpreter's own complaints.
enum PythonConversion {
    /// The value that an input of the given type stores and runs with; other types keep it as it is.
    static func convert(_ value: JSON, to type: String) throws(PythonError) -> JSON {
        switch type {
        case "INT": try int(value)
        case "FLOAT": .double(try float(value))
        case "STRING": .string(value.pythonStr)
        case "BOOLEAN": .bool(value.isTruthy)
        default: value
        }
    }

    /// A whole number of any size; floats lose their fraction.
    static func int(_ value: JSON) throws(PythonError) -> JSON {
        switch value {
        case .bool(let flag): return .int(flag ? 1 : 0)
        case .number(let number) where number.isInteger: return value
        case .number(let number):
            let double = number.double
            if double.isNaN { throw .value("cannot convert float NaN to integer") }
            if double.isInfinite {
                throw PythonError(type: "OverflowError", text: "cannot convert float infinity to integer")
            }
            return whole(double)
        case .string(let text):
            guard let digits = digits(of: text), let number = JSONNumber(spelling: digits) else {
                throw .value("invalid literal for int() with base 10: \(text.pythonRepr)")
            }
            return .number(number)
        default:
            throw .type(
                "int() argument must be a string, a bytes-like object or a real number, not '\(value.pythonType)'")
        }
    }

    /// A float, also from text such as `1e3`, `inf` and `nan`.
    static func float(_ value: JSON) throws(PythonError) -> Double {
        switch value {
        case .bool(let flag): return flag ? 1 : 0
        case .number(let number):
            let double = number.double
            if number.isInteger, double.isInfinite {
                throw PythonError(type: "OverflowError", text: "int too large to convert to float")
            }
            return double
        case .string(let text):
            guard let double = double(of: text) else {
                throw .value("could not convert string to float: \(text.pythonRepr)")
            }
            return double
        default:
            throw .type("float() argument must be a string or a real number, not '\(value.pythonType)'")
        }
    }

    /// A finite float without its fraction, exactly, however large.
    private static func whole(_ double: Double) -> JSON {
        if let int = Int(exactly: double.rounded(.towardZero)) { return .int(int) }
        // Beyond 64 bits a double is a whole number of which Python prints every digit.
        var digits: [UInt8] = [0]
        for bit in String(double.magnitude.significandBitPattern | 1 << 52, radix: 2).utf8 {
            digits.double(adding: bit & 1)
        }
        for _ in 0..<(Int(double.exponent) - 52) { digits.double(adding: 0) }
        let spelling = (double < 0 ? "-" : "") + String(decoding: digits.reversed().map { $0 + 48 }, as: UTF8.self)
        return JSONNumber(spelling: spelling).map { .number($0) } ?? .int(0)
    }

    /// A base-10 literal as `int()` takes it, in JSON's spelling.
    private static func digits(of text: String) -> String? {
        var literal = text.strippedAsPython
        var sign = ""
        if let first = literal.first, first == "-" || first == "+" {
            sign = first == "-" ? "-" : ""
            literal.removeFirst()
        }
        guard let bare = literal.withoutUnderscores, !bare.isEmpty,
            bare.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        let trimmed = bare.drop { $0 == "0" }
        return trimmed.isEmpty ? "0" : sign + trimmed
    }

    private static func double(of text: String) -> Double? {
        let literal = text.strippedAsPython.lowercased()
        let unsigned = literal.first == "-" || literal.first == "+" ? String(literal.dropFirst()) : literal
        switch unsigned {
        case "inf", "infinity": return literal.first == "-" ? -.infinity : .infinity
        case "nan": return .nan
        default:
            // Swift also reads hexadecimal floats, Python does not; the sign is gone already.
            guard let bare = unsigned.withoutUnderscores, !bare.isEmpty, bare.first != "-", bare.first != "+",
                bare.utf8.allSatisfy({ (48...57).contains($0) || [43, 45, 46, 101].contains($0) })
            else { return nil }
            // Python allows "1." and ".5".
            let padded = (bare.hasPrefix(".") ? "0" : "") + bare.replacingFinalPoint
            guard let value = Double(padded) else { return nil }
            return literal.first == "-" ? -value : value
        }
    }
}

extension String {
    /// Without the white space that Python's number parsers ignore around a literal.
    fileprivate var strippedAsPython: String {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }

    /// Without single underscores between digits; `nil` where one stands elsewhere.
    fileprivate var withoutUnderscores: String? {
        guard utf8.contains(95) else { return self }
        let bytes = Array(utf8)
        for (place, byte) in bytes.enumerated() where byte == 95 {
            guard place > 0, place + 1 < bytes.count, (48...57).contains(bytes[place - 1]),
                (48...57).contains(bytes[place + 1])
            else { return nil }
        }
        return String(decoding: bytes.filter { $0 != 95 }, as: UTF8.self)
    }

    /// `1.` and `1.e5` with a digit after the point, which Swift's parser wants.
    fileprivate var replacingFinalPoint: String {
        var text = ""
        var previous: Character?
        for character in self {
            if previous == ".", !character.isNumber { text.append("0") }
            text.append(character)
            previous = character
        }
        return previous == "." ? text + "0" : text
    }
}

extension Array<UInt8> {
    /// Decimal digits, lowest first, times two.
    fileprivate mutating func double(adding bit: UInt8) {
        var carry = bit
        for place in indices {
            let sum = self[place] * 2 + carry
            self[place] = sum % 10
            carry = sum / 10
        }
        if carry > 0 { append(carry) }
    }
}
