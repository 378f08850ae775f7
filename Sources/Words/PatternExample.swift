extension Pattern {
    /// A text that an expression is found in, beginning to end: for whoever must answer with one.
    ///
    /// - Parameter pick: chooses a number below the one that it is given.
    /// - Returns: nil if the expression cannot be read, or asks for more than ``mostScalars``, or for what has no example
    ///   here, such as a boundary between two letters.
    public static func example(of source: String, pick: (Int) -> Int) -> String? {
        var parser = PatternParser(source)
        guard let part = try? parser.parse(), let pattern = try? Pattern(source) else { return nil }
        var text = ""
        var left = mostScalars
        guard add(part, to: &text, left: &left, pick: pick), pattern.occurs(in: text) else { return nil }
        return text
    }

    /// The longest example.
    public static let mostScalars = 1_000

    /// False when there is no room left.
    private static func add(
        _ part: PatternPart, to text: inout String, left: inout Int, pick: (Int) -> Int
    ) -> Bool {
        // Each visit counts, also that of a part that writes nothing: repetitions of those are work, too.
        guard left > 0 else { return false }
        left -= 1
        switch part {
        case .anchor: return true
        case .scalar(let set):
            let scalars = set.examples
            guard !scalars.isEmpty else { return false }
            text.unicodeScalars.append(scalars[pick(scalars.count)])
            return true
        case .sequence(let parts):
            return parts.allSatisfy { add($0, to: &text, left: &left, pick: pick) }
        case .either(let parts):
            return add(parts[pick(parts.count)], to: &text, left: &left, pick: pick)
        case .repeated(let part, let least, let most):
            let count = least + pick(min(most.map { $0 - least } ?? 3, 3) + 1)
            return (0..<count).allSatisfy { _ in add(part, to: &text, left: &left, pick: pick) }
        }
    }
}

extension ScalarSet {
    /// Some of its scalars: letters and digits if it has any, else other characters that can be typed, else its first.
    fileprivate var examples: [Unicode.Scalar] {
        let ascii = (0x20...0x7E).map { Unicode.Scalar(UInt8($0)) }.filter(contains)
        let plain = ascii.filter { ScalarSet.isIn("w", $0) && $0 != "_" }
        if !plain.isEmpty { return plain }
        if !ascii.isEmpty { return ascii }
        return ranges.lazy.compactMap { Unicode.Scalar($0.lowerBound) }.filter(contains).prefix(1).map { $0 }
    }
}
