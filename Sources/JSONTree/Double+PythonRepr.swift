extension Double {
    /// What Python's `repr` says of the value: the shortest digits that read back the same, with an exponent below
    /// 1e-04 and from 1e+16 on, and with a point otherwise.
    public var pythonRepr: String {
        if isNaN { return "nan" }
        if isInfinite { return self < 0 ? "-inf" : "inf" }
        let sign = self.sign == .minus ? "-" : ""
        if isZero { return sign + "0.0" }
        let (digits, point) = shortestDigits

        guard point > -4, point <= 16 else {
            let exponent = point - 1
            let magnitude = String(exponent.magnitude)
            let fraction = digits.count > 1 ? "." + String(decoding: digits.dropFirst(), as: UTF8.self) : ""
            return sign + String(decoding: digits.prefix(1), as: UTF8.self) + fraction
                + (exponent < 0 ? "e-" : "e+") + (magnitude.utf8.count < 2 ? "0" : "") + magnitude
        }
        let zero = UInt8(ascii: "0")
        var text: [UInt8] = []
        if point <= 0 {
            text += [zero, UInt8(ascii: ".")] + Array(repeating: zero, count: -point) + digits
        } else if digits.count <= point {
            text += digits + Array(repeating: zero, count: point - digits.count) + [UInt8(ascii: "."), zero]
        } else {
            text += digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
        }
        return sign + String(decoding: text, as: UTF8.self)
    }

    /// The shortest digits, without zeros at either end, and where the point stands among them: 0.00123 is
    /// (123, -2).
    ///
    /// Swift's description has the same digits as Python's `repr` but another layout, so only they are taken from it.
    private var shortestDigits: (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var description = magnitude.description.utf8[...]
        if let e = description.firstIndex(of: UInt8(ascii: "e")) {
            // A leading plus is taken by Int, too.
            exponent = Int(Substring(description[description.index(after: e)...])) ?? 0
            description = description[..<e]
        }
        for byte in description {
            if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte) }
        }
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        let place = (point ?? digits.count + leading) - leading + exponent
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, place)
    }
}
