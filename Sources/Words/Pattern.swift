/// A regular expression that is looked for in time that grows with the text and not faster, whatever both are: no
/// expression keeps a loop from its sockets. (The standard library's engine tries one way after the other, and
/// `(a+)+b` has more ways than anybody has time.)
///
/// Understood are literals, `.`, classes (`[a-z]`, `[^…]`, `\d \w \s` and their opposites), groups `( )` and `(?: )`,
/// `|`, the quantifiers `* + ? {2} {2,} {2,5}` (lazy ones too), the anchors `^ $ \b \B` and `(?i)` at the beginning;
/// no references back and no looking around. All is by Unicode scalars, `\d` and `\w` by Unicode's properties.
///
/// All ways are gone at once (Thompson 1968). That takes at most ``mostSteps`` steps; what has not been found then is
/// taken for not there.
public struct Pattern: Sendable {
    /// One state of the automaton.
    enum State: Sendable {
        case scalar(ScalarSet, next: Int)
        /// Goes on at both.
        case fork(Int, Int)
        /// Goes on where the condition holds.
        case only(Anchor, next: Int)
        case found
    }

    /// A place between two scalars.
    enum Anchor: Sendable {
        case start, end, boundary, noBoundary
    }

    private let states: [State]
    private let start: Int

    /// Some tens of milliseconds.
    public static let mostSteps = 4_000_000
    /// Repetitions are written out: this is how large an expression may become.
    public static let mostStates = 5_000

    /// - Throws: ``PatternError``.
    public init(_ source: String) throws(PatternError) {
        var parser = PatternParser(source)
        var builder = PatternBuilder()
        start = try builder.add(try parser.parse(), before: builder.found)
        states = builder.states
    }

    /// Whether it is found somewhere in a text.
    public func occurs(in text: String) -> Bool {
        var walk = PatternWalk(states)
        var last: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            let place = PatternWalk.Place(before: last, after: scalar)
            walk.enter(start, at: place)
            if walk.hasFound { return true }
            walk.step(scalar)
            if walk.isExhausted { return false }
            last = scalar
        }
        walk.enter(start, at: PatternWalk.Place(before: last, after: nil))
        return walk.hasFound
    }
}

/// Why a text is no regular expression that can be used.
public struct PatternError: Error, CustomStringConvertible {
    public let description: String
}

/// Scalars that a state takes.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var classes: [(letter: Character, isOpposite: Bool)] = []
    var isOpposite = false
    var ignoresCase = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        (holds(scalar) || (ignoresCase && otherCase(scalar).map(holds) ?? false)) != isOpposite
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
            || classes.contains { Self.isIn($0.letter, scalar) != $0.isOpposite }
    }

    private func otherCase(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        let properties = scalar.properties
        let other = properties.isLowercase ? properties.uppercaseMapping : properties.lowercaseMapping
        return other.unicodeScalars.count == 1 ? other.unicodeScalars.first : nil
    }

    static func isIn(_ letter: Character, _ scalar: Unicode.Scalar) -> Bool {
        switch letter {
        case "d": scalar.properties.numericType == .decimal
        case "s": scalar.properties.isWhitespace
        default: scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
        }
    }
}

/// All ways through an automaton at once.
private struct PatternWalk {
    struct Place {
        let before: Unicode.Scalar?
        let after: Unicode.Scalar?

        func holds(_ anchor: Pattern.Anchor) -> Bool {
            switch anchor {
            case .start: before == nil
            case .end: after == nil
            case .boundary: isWord(before) != isWord(after)
            case .noBoundary: isWord(before) == isWord(after)
            }
        }

        private func isWord(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { ScalarSet.isIn("w", $0) } ?? false }
    }

    private let states: [Pattern.State]
    /// States whose scalar has been taken: entered at the next place.
    private var arrived: [Int] = []
    /// States that wait for a scalar.
    private var waiting: [Int] = []
    /// At which step a state was entered last.
    private var entered: [Int]
    private var place = 1
    private var steps = 0
    private(set) var hasFound = false

    init(_ states: [Pattern.State]) {
        self.states = states
        entered = Array(repeating: 0, count: states.count)
    }

    var isExhausted: Bool { steps > Pattern.mostSteps }

    /// Goes on from all that have arrived at a place, and begins anew there.
    mutating func enter(_ start: Int, at here: Place) {
        place += 1
        var open = arrived
        open.append(start)
        arrived.removeAll(keepingCapacity: true)
        waiting.removeAll(keepingCapacity: true)
        while let state = open.popLast() {
            guard entered[state] != place else { continue }
            entered[state] = place
            steps += 1
            switch states[state] {
            case .scalar: waiting.append(state)
            case .fork(let one, let two):
                open.append(one)
                open.append(two)
            case .only(let anchor, let next): if here.holds(anchor) { open.append(next) }
            case .found: hasFound = true
            }
        }
    }

    mutating func step(_ scalar: Unicode.Scalar) {
        for state in waiting {
            steps += 1
            if case .scalar(let set, let next) = states[state], set.contains(scalar) { arrived.append(next) }
        }
    }
}
