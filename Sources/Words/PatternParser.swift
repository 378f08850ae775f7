/// The parts of a regular expression.
indirect enum PatternPart {
    case scalar(ScalarSet)
    case anchor(Pattern.Anchor)
    case sequence([PatternPart])
    case either([PatternPart])
    case repeated(PatternPart, least: Int, most: Int?)
}

/// Reads a regular expression.
struct PatternParser {
    private var rest: Substring.UnicodeScalarView
    private var ignoresCase = false
    private var depth = 0
    private static let deepest = 50
    private static let mostRepetitions = 1_000

    init(_ source: String) {
        rest = source[...].unicodeScalars
    }

    mutating func parse() throws(PatternError) -> PatternPart {
        if take("(?i)") { ignoresCase = true }
        let part = try alternatives()
        guard rest.isEmpty else { throw PatternError(description: "a bracket is closed that was not opened") }
        return part
    }

    private mutating func alternatives() throws(PatternError) -> PatternPart {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw PatternError(description: "brackets more than \(Self.deepest) deep") }
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .either(parts)
    }

    private mutating func sequence() throws(PatternError) -> PatternPart {
        var parts: [PatternPart] = []
        while let next = rest.first, next != "|", next != ")" { parts.append(try quantified(try atom())) }
        return .sequence(parts)
    }

    private mutating func quantified(_ atom: PatternPart) throws(PatternError) -> PatternPart {
        var part = atom
        while let (least, most) = try quantifier() {
            // Lazy or greedy: it is found or not.
            if !take("?"), rest.first == "+" { throw PatternError(description: "possessive quantifiers are unknown") }
            part = .repeated(part, least: least, most: most)
        }
        return part
    }

    private mutating func quantifier() throws(PatternError) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard rest.first == "{" else { return nil }
        let before = rest
        rest.removeFirst()
        guard let least = number() else {
            rest = before
            return nil  // a bracket that stands for itself
        }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else { throw PatternError(description: "expected }, as in {2,5}") }
        guard least <= most ?? least, max(least, most ?? 0) <= Self.mostRepetitions else {
            throw PatternError(
                description: "expected at most \(Self.mostRepetitions) repetitions, the smaller number first")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        guard let number = Int(String(digits)), digits.count <= 6 else { return nil }
        rest.removeFirst(digits.count)
        return number
    }

    private mutating func atom() throws(PatternError) -> PatternPart {
        switch rest.removeFirst() {
        case "^": return .anchor(.start)
        case "$": return .anchor(.end)
        case ".": return .scalar(ScalarSet(ranges: [10...10], isOpposite: true))
        case "[": return .scalar(try scalarClass())
        case "(":
            if rest.first == "?", !take("?:") {
                throw PatternError(description: "no looking around, no names, (?i) only at the beginning")
            }
            let part = try alternatives()
            guard take(")") else { throw PatternError(description: "a bracket is not closed") }
            return part
        case "\\":
            if take("b") { return .anchor(.boundary) }
            if take("B") { return .anchor(.noBoundary) }
            return .scalar(try escaped())
        case let scalar where "*+?".unicodeScalars.contains(scalar):
            throw PatternError(description: "nothing stands before \(scalar)")
        case let scalar: return .scalar(set(scalar))
        }
    }

    private func set(_ scalar: Unicode.Scalar) -> ScalarSet {
        ScalarSet(ranges: [scalar.value...scalar.value], ignoresCase: ignoresCase)
    }

    /// What stands behind a backslash.
    private mutating func escaped() throws(PatternError) -> ScalarSet {
        guard let scalar = rest.popFirst() else {
            throw PatternError(description: "nothing stands behind the backslash")
        }
        switch scalar {
        case "d", "w", "s": return ScalarSet(classes: [(Character(scalar), false)])
        case "D", "W", "S": return ScalarSet(classes: [(Character(scalar.properties.lowercaseMapping), true)])
        case "n": return set("\n")
        case "r": return set("\r")
        case "t": return set("\t")
        case "a"..."z", "A"..."Z", "0"..."9": throw PatternError(description: "unknown escape \\\(scalar)")
        default: return set(scalar)
        }
    }

    private mutating func scalarClass() throws(PatternError) -> ScalarSet {
        var result = ScalarSet(ignoresCase: ignoresCase)
        result.isOpposite = take("^")
        var isFirst = true
        while let scalar = rest.popFirst() {
            if scalar == "]", !isFirst { return result }
            isFirst = false
            var one = scalar == "\\" ? try escaped() : set(scalar)
            if let low = one.ranges.first?.lowerBound, rest.first == "-", rest.dropFirst().first ?? "]" != "]" {
                rest.removeFirst()
                let end = rest.removeFirst()
                let high = (end == "\\" ? try escaped() : set(end)).ranges.first?.lowerBound
                guard let high, low <= high else { throw PatternError(description: "expected a range such as a-z") }
                one.ranges = [low...high]
            }
            result.ranges += one.ranges
            result.classes += one.classes
        }
        throw PatternError(description: "a class is not closed: expected ]")
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.unicodeScalars) else { return false }
        rest.removeFirst(text.unicodeScalars.count)
        return true
    }
}

/// Makes an automaton of the parts, from behind: each part is told where it goes on.
struct PatternBuilder {
    private(set) var states: [Pattern.State] = [.found]
    let found = 0

    mutating func add(_ part: PatternPart, before next: Int) throws(PatternError) -> Int {
        switch part {
        case .scalar(let set): return try add(.scalar(set, next: next))
        case .anchor(let anchor): return try add(.only(anchor, next: next))
        case .sequence(let parts):
            var next = next
            for part in parts.reversed() { next = try add(part, before: next) }
            return next
        case .either(let parts):
            var start = try add(parts[parts.count - 1], before: next)
            for part in parts.dropLast().reversed() {
                start = try add(.fork(try add(part, before: next), start))
            }
            return start
        case .repeated(let part, let least, let most):
            var next = next
            if let most {
                let end = next
                for _ in least..<most { next = try add(.fork(try add(part, before: next), end)) }
            } else {
                let loop = try add(.fork(next, next))
                states[loop] = .fork(try add(part, before: loop), next)
                next = loop
            }
            for _ in 0..<least { next = try add(part, before: next) }
            return next
        }
    }

    private mutating func add(_ state: Pattern.State) throws(PatternError) -> Int {
        guard states.count < Pattern.mostStates else {
            throw PatternError(description: "it is too large: more than \(Pattern.mostStates) states")
        }
        states.append(state)
        return states.count - 1
    }
}
