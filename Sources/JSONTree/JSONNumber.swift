/// A number in the spelling in which it was written.
///
/// `1`, `1.0` and `1e0` are three numbers to a client that compares texts, and 18446744073709551615 is one that no
/// `Double` holds. Equality compares spellings.
public struct JSONNumber: Sendable, Hashable {
    /// The number as it stands in a text.
    public let spelling: String

    /// An integer.
    public init(_ value: Int) { spelling = String(value) }

    /// An integer up to 18446744073709551615.
    public init(_ value: UInt64) { spelling = String(value) }

    /// A number spelled as Python's `json` writes a float; not a number and the infinities are `NaN`, `Infinity`
    /// and `-Infinity`, which JSON proper has no words for.
    public init(_ value: Double) {
        spelling = value.isFinite ? value.pythonRepr : value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
    }

    /// A spelling of RFC 8259, section 6; nil when it is none.
    public init?(spelling: String) {
        guard Array(spelling.utf8).isJSONNumber else { return nil }
        self.spelling = spelling
    }

    /// For the parser, which has looked already.
    init(unchecked spelling: String) { self.spelling = spelling }

    /// Whether the spelling is that of an integer: Python's `int`, not its `float`.
    public var isInteger: Bool {
        // The n and I are those of NaN and Infinity.
        !spelling.utf8.contains { byte in
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "N"), UInt8(ascii: "I"): true
            default: false
            }
        }
    }

    /// The value when it is spelled as an integer and fits.
    public var int: Int? { Int(spelling) }

    /// The value when it is spelled as an integer without a sign and fits.
    public var uint64: UInt64? { UInt64(spelling) }

    /// The value, as near as a `Double` comes; too large a number is infinite, as in Python.
    public var double: Double {
        switch spelling {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        // A correct spelling that `Double` does not take is one beyond its range.
        default: Double(spelling) ?? (spelling.utf8.first == UInt8(ascii: "-") ? -.infinity : .infinity)
        }
    }

    /// The number as Python writes it after reading it: `1e5` becomes `100000.0`, `1.50` becomes `1.5`, `-0` becomes
    /// `0`; integers of any length stay.
    public var asPython: JSONNumber {
        if isInteger { return spelling == "-0" ? JSONNumber(0) : self }
        return JSONNumber(double)
    }
}

extension Array<UInt8> {
    /// Whether all the bytes are one number of RFC 8259.
    fileprivate var isJSONNumber: Bool {
        var place = first == UInt8(ascii: "-") ? 1 : 0
        let whole = self[place...].prefix(while: \.isDigit)
        guard let first = whole.first, whole.count == 1 || first != UInt8(ascii: "0") else { return false }
        place += whole.count
        if place < count, self[place] == UInt8(ascii: ".") {
            let fraction = self[(place + 1)...].prefix(while: \.isDigit)
            guard !fraction.isEmpty else { return false }
            place += 1 + fraction.count
        }
        if place < count, self[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            if place < count, self[place] == UInt8(ascii: "+") || self[place] == UInt8(ascii: "-") { place += 1 }
            let exponent = self[place...].prefix(while: \.isDigit)
            guard !exponent.isEmpty else { return false }
            place += exponent.count
        }
        return place == count
    }
}

extension UInt8 {
    /// Whether the byte is one of `0` to `9`.
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}
