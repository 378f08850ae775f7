import JSONTree

/// The arguments of a call in an expression, by place or by name.
struct CallArguments {
    var positional: [JSON]
    var named: [String: JSON] = [:]
    private let function: String

    init(of function: String, positional: [JSON]) {
        self.function = function
        self.positional = positional
    }

    /// The value at a place or under a name.
    func value(_ place: Int, _ name: String) -> JSON? {
        positional.indices.contains(place) ? positional[place] : named[name]
    }

    /// The value, which must be there.
    func required(_ place: Int, _ name: String) throws(AppFailure) -> JSON {
        guard let value = value(place, name) else {
            throw .type("\(function)() missing 1 required positional argument: '\(name)'")
        }
        return value
    }

    /// A number, or what stands for it.
    func number(_ place: Int, _ name: String, default fallback: Double) throws(AppFailure) -> Double {
        guard let value = value(place, name), !value.isNull else { return fallback }
        guard let number = value.double, number.isFinite else {
            throw .type("\(function)() argument '\(name)' must be a number, not '\(value.pythonType)'")
        }
        return number
    }

    /// A whole number within bounds, or what stands for it.
    func whole(
        _ place: Int, _ name: String, default fallback: Int, in bounds: ClosedRange<Int>
    ) throws(AppFailure) -> Int {
        let number = try number(place, name, default: Double(fallback))
        return Int(max(Double(bounds.lowerBound), min(Double(bounds.upperBound), number.rounded(.towardZero))))
    }

    /// A text, or what stands for it; other values as Python's `str` has them.
    func text(_ place: Int, _ name: String, default fallback: String = "") -> String {
        value(place, name)?.pythonStr ?? fallback
    }

    /// A seed: a number of any size or a text.
    func seed(_ place: Int, _ name: String) -> UInt64 {
        guard let value = value(place, name) else { return 0 }
        return value.number?.uint64 ?? value.int.map { UInt64(bitPattern: Int64($0)) }
            ?? Fingerprint.of(value.pythonStr)
    }
}

/// A number that follows from a text (FNV-1a, 64 bits).
enum Fingerprint {
    static func of(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash
    }
}
