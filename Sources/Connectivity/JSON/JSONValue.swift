/// A value of JSON, as the backends speak it.
///
/// Whole numbers stay whole over the range that the backends use: seeds of ComfyUI reach 2^64-1, and a Double
/// would lose their last digits.
public enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A whole number, written without a point.
    case integer(Int)
    /// A whole number beyond `Int.max`.
    case unsigned(UInt64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

// MARK: Looking inside

extension JSONValue {
    /// A member of an object; nil for other values and unknown names.
    public subscript(_ name: String) -> JSONValue? {
        get {
            guard case .object(let members) = self else { return nil }
            return members[name]
        }
        set {
            guard case .object(var members) = self else { return }
            self = .null  // so that the members are changed in place
            members[name] = newValue
            self = .object(members)
        }
    }

    /// An element of an array; nil for other values and places beyond the end.
    public subscript(_ place: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(place) else { return nil }
        return elements[place]
    }

    public var isNull: Bool { self == .null }

    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    public var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    public var object: [String: JSONValue]? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// A whole number, also one that was written with a point: `3.0`.
    public var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// What kind of value this is, for messages: `an object`, `the text "abc"`.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "the number \(value)"
        case .unsigned(let value): "the number \(value)"
        case .number(let value): "the number \(value)"
        case .string(let value): "the text \"\(value.prefix(40))\(value.count > 40 ? "…" : "")\""
        case .array(let value): "an array of \(value.count)"
        case .object(let value): "an object with \(value.keys.sorted().prefix(6).joined(separator: ", "))"
        }
    }
}

// MARK: Writing it down in code

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { $1 })
    }
}
