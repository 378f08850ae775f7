import JSONTree

/// Reads an ``Expression``.
struct ExpressionParser {
    /// Why a text is no expression.
    struct Fault: Error, Sendable {
        var message: String
        /// The word that is wrong, if it is one of a list.
        var word: String?
        /// The words that would be right.
        var choices: [String] = []
    }

    private let text: [Unicode.Scalar]
    private var place = 0
    private var depth = 0

    /// Reads the whole text.
    static func parse(_ text: String) throws(Fault) -> Expression {
        var parser = ExpressionParser(text: Array(text.unicodeScalars))
        let expression = try parser.conditional()
        parser.skipBlanks()
        guard parser.place == parser.text.count else {
            throw Fault(message: "unexpected \"\(parser.rest)\" in the expression \"\(text)\"")
        }
        return expression
    }

    private init(text: [Unicode.Scalar]) { self.text = text }

    // MARK: From the weakest to the strongest

    private mutating func conditional() throws(Fault) -> Expression {
        // Each level of brackets takes stack.
        depth += 1
        defer { depth -= 1 }
        guard depth < 64 else { throw Fault(message: "an expression with more than 64 levels of brackets") }
        let value = try disjunction()
        guard word("if") else { return value }
        let condition = try disjunction()
        guard word("else") else { throw Fault(message: "an \"if\" without its \"else\"") }
        return .conditional(condition, then: value, else: try conditional())
    }

    private mutating func disjunction() throws(Fault) -> Expression {
        var left = try conjunction()
        while word("or") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(Fault) -> Expression {
        var left = try negation()
        while word("and") { left = .and(left, try negation()) }
        return left
    }

    private mutating func negation() throws(Fault) -> Expression {
        word("not") ? .not(try negation()) : try operation(strength: 2)
    }

    private mutating func operation(strength: Int) throws(Fault) -> Expression {
        if strength == 5 { return try sign() }
        var left = try operation(strength: strength + 1)
        while let operation = operatorHere(strength: strength) {
            left = .binary(operation, left, try self.operation(strength: strength + 1))
        }
        return left
    }

    private mutating func sign() throws(Fault) -> Expression {
        if symbol("-") { return .negative(try sign()) }
        if symbol("+") { return try sign() }
        let base = try postfix()
        return symbol("**") ? .binary(.power, base, try sign()) : base
    }

    private mutating func postfix() throws(Fault) -> Expression {
        var value = try atom()
        while true {
            if symbol("[") {
                value = try subscripted(value)
            } else if symbol(".") {
                guard let name = identifier() else { throw Fault(message: "a name must follow the point") }
                value = .member(value, name)
            } else {
                return value
            }
        }
    }

    private mutating func subscripted(_ value: Expression) throws(Fault) -> Expression {
        var from: Expression?
        if !symbol(":") {
            let index = try conditional()
            if symbol("]") { return .index(value, index) }
            try expect(":")
            from = index
        }
        if symbol("]") { return .slice(value, from: from, to: nil) }
        let to = try conditional()
        try expect("]")
        return .slice(value, from: from, to: to)
    }

    private mutating func atom() throws(Fault) -> Expression {
        skipBlanks()
        if symbol("(") {
            let inner = try conditional()
            try expect(")")
            return inner
        }
        if symbol("[") { return .list(try arguments(until: "]").positional) }
        if let text = try quoted() { return .literal(.string(text)) }
        if let number = number() { return .literal(.number(number)) }
        guard let name = identifier() else {
            throw Fault(message: place == text.count ? "the expression ends too soon" : "unexpected \"\(rest)\"")
        }
        switch name {
        case "True", "true": return .literal(true)
        case "False", "false": return .literal(false)
        case "None", "null": return .literal(nil)
        default: break
        }
        guard symbol("(") else { return .name(name) }
        guard ExpressionFunction(rawValue: name) != nil else {
            throw Fault(
                message: "there is no function \"\(name)\"", word: name,
                choices: ExpressionFunction.allCases.map(\.rawValue))
        }
        let (positional, named) = try arguments(until: ")")
        return .call(name, positional, named: named)
    }

    private mutating func arguments(
        until end: String
    ) throws(Fault) -> (positional: [Expression], named: [(String, Expression)]) {
        var positional: [Expression] = []
        var named: [(String, Expression)] = []
        while !symbol(end) {
            let start = place
            if end == ")", let name = identifier(), symbol("="), !symbol("=") {
                named.append((name, try conditional()))
            } else {
                place = start
                positional.append(try conditional())
            }
            if symbol(end) { break }
            try expect(",")
        }
        return (positional, named)
    }

    // MARK: Tokens

    private var rest: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text[place...].prefix(20))
        return String(view)
    }

    private mutating func skipBlanks() {
        while place < text.count, text[place].properties.isWhitespace { place += 1 }
    }

    private mutating func symbol(_ wanted: String) -> Bool {
        skipBlanks()
        let scalars = Array(wanted.unicodeScalars)
        guard text[place...].starts(with: scalars) else { return false }
        // A star that is the first of two is another operator.
        if wanted == "*" || wanted == "/", place + 1 < text.count, text[place + 1] == text[place] { return false }
        place += scalars.count
        return true
    }

    private mutating func expect(_ wanted: String) throws(Fault) {
        guard symbol(wanted) else {
            throw Fault(
                message: "expected \"\(wanted)\"" + (place < text.count ? " before \"\(rest)\"" : " at the end"))
        }
    }

    private mutating func word(_ wanted: String) -> Bool {
        let start = place
        if identifier() == wanted { return true }
        place = start
        return false
    }

    private mutating func operatorHere(strength: Int) -> Expression.Operator? {
        for operation in Expression.Operator.allCases where operation.strength == strength {
            switch operation {
            case .in: if word("in") { return .in }
            case .notIn:
                let start = place
                if word("not"), word("in") { return .notIn }
                place = start
            default: if symbol(operation.rawValue) { return operation }
            }
        }
        return nil
    }

    private mutating func identifier() -> String? {
        skipBlanks()
        guard place < text.count, text[place] == "_" || text[place].properties.isAlphabetic else { return nil }
        var name = String.UnicodeScalarView()
        while place < text.count,
            text[place] == "_" || text[place].properties.isAlphabetic || ("0"..."9").contains(text[place])
        {
            name.append(text[place])
            place += 1
        }
        return String(name)
    }

    private mutating func number() -> JSONNumber? {
        var spelling = ""
        var end = place
        while end < text.count {
            let scalar = text[end]
            let afterExponent = spelling.last == "e" && (scalar == "-" || scalar == "+")
            guard ("0"..."9").contains(scalar) || scalar == "." || scalar == "e" && !spelling.isEmpty || afterExponent
            else { break }
            spelling.unicodeScalars.append(scalar)
            end += 1
        }
        guard let number = JSONNumber(spelling: spelling) else { return nil }
        place = end
        return number.asPython
    }

    private mutating func quoted() throws(Fault) -> String? {
        guard place < text.count, text[place] == "'" || text[place] == "\"" else { return nil }
        let quote = text[place]
        var content = String.UnicodeScalarView()
        place += 1
        while place < text.count, text[place] != quote {
            if text[place] == "\\", place + 1 < text.count {
                place += 1
                content.append(text[place] == "n" ? "\n" : text[place] == "t" ? "\t" : text[place])
            } else {
                content.append(text[place])
            }
            place += 1
        }
        guard place < text.count else { throw Fault(message: "a text without its closing quote") }
        place += 1
        return String(content)
    }
}
