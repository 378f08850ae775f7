internal import JSONTree

/// Answers are written as bytes, straight into one buffer: on the busy routes no tree of the answer is ever built.
extension [UInt8] {
    /// Appends text as it is.
    @inline(__always)
    mutating func add(_ text: String) {
        var text = text
        // Small strings have no storage to copy from; this way they are spared a loop over their bytes.
        text.withUTF8 { unsafe append(contentsOf: $0) }
    }

    /// Appends text as a JSON string, quoted and escaped as orjson does: letters beyond ASCII stay.
    mutating func add(quoted text: String) {
        JSON.string(text).write(into: &self)
    }

    /// Appends a string, or `null`.
    mutating func add(quoted text: String?) {
        if let text { add(quoted: text) } else { add("null") }
    }

    /// Appends a value, compact.
    mutating func add(_ value: JSON) {
        value.write(into: &self)
    }

    /// Appends an integer in decimal.
    mutating func add(_ number: Int) {
        if number < 0 {
            append(UInt8(ascii: "-"))
            add(digitsOf: number.magnitude)
        } else {
            add(digitsOf: UInt(number))
        }
    }

    private mutating func add(digitsOf number: UInt) {
        if number >= 10 { add(digitsOf: number / 10) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}

extension String {
    /// The bytes as text.
    init(utf8 bytes: [UInt8]) {
        self = String(decoding: bytes, as: UTF8.self)
    }
}

extension Double {
    /// A number as orjson and serde spell it in streamed chunks: `6.15e-6`, where Python writes `6.15e-06`, and with
    /// a point down to 1e-5.
    var orjsonSpelling: String {
        let python = pythonRepr
        guard let mark = python.firstIndex(of: "e"), let exponent = Int(python[python.index(after: mark)...]) else {
            return python
        }
        let mantissa = python[..<mark]
        guard exponent == -5 else { return "\(mantissa)e\(exponent)" }
        return "0.0000" + mantissa.filter { $0 != "." }
    }
}
