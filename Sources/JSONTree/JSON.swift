internal import Glibc

/// A JSON value as it stands in a text: objects keep the order of their keys and numbers keep their spelling.
///
/// The servers that are played here answer with what they were sent, in the order in which it came, and their
/// clients compare bytes; a dictionary and a `Double` would lose both. Values are written as literals:
///
/// ```swift
/// let event: JSON = ["type": "status", "data": ["sid": nil, "progress": 0.5]]
/// event.text(.python)   // {"type": "status", "data": {"sid": null, "progress": 0.5}}
/// ```
///
/// Equality is exact: two values are equal when they write the same text. `1` and `1.0` differ, and so do two
/// objects with their keys in another order; ``isEquivalent(to:)`` compares what is meant.
public enum JSON: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    /// An integer.
    public static func int(_ value: Int) -> JSON { .number(JSONNumber(value)) }

    /// An integer that needs the 64th bit, as ComfyUI's seeds do.
    public static func uint64(_ value: UInt64) -> JSON { .number(JSONNumber(value)) }

    /// A number spelled as Python's `repr` spells a float: `1.0`, `1e-05`, and `NaN` where Python writes it.
    public static func double(_ value: Double) -> JSON { .number(JSONNumber(value)) }
}

extension JSON: Hashable {
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.isSpelled(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        case .array(let values): hasher.combine(values)
        case .object(let members): hasher.combine(members)
        }
    }

    /// Whether both mean the same, as Python's `==` has it: the order of keys and the spelling of numbers do not count.
    public func isEquivalent(to other: JSON) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            left == right || left.double == right.double && !(left.isInteger && right.isInteger)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { member in
                    right[member.key].map { $0.isEquivalent(to: member.value) } ?? false
                }
        default: self == other
        }
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}

extension JSON: CustomStringConvertible {
    public var description: String { text() }
}

extension String {
    /// Whether both are the same bytes. `==` would also call two Unicode spellings of one letter equal, which are
    /// different keys and different values to every server.
    func isSpelled(as other: String) -> Bool {
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        let isSame = unsafe utf8.withContiguousStorageIfAvailable { left in
            unsafe other.utf8.withContiguousStorageIfAvailable { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return true }
                return unsafe memcmp(left, right, count) == 0
            }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
