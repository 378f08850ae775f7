import JSONTree

/// A value of an app file with places to be filled in: `"echo: {text}"`, `{ items: "{list(text)}" }`.
///
/// A text that is one expression in braces takes the expression's value and type; any other text is filled in as
/// Python's f-strings are. `{{` and `}}` stand for braces.
indirect enum ValueTemplate: Sendable {
    case constant(JSON)
    case expression(Expression)
    case text([Piece])
    case list([ValueTemplate])
    case object([(String, ValueTemplate)])

    /// A part of a text.
    enum Piece: Sendable {
        case literal(String)
        case expression(Expression)
    }

    /// Reads a text of an app file.
    init(parsing text: String) throws(ExpressionParser.Fault) {
        var pieces: [Piece] = []
        var literal = ""
        var rest = text[...]
        func closing(_ text: Substring) throws(ExpressionParser.Fault) -> Substring.Index {
            var quote: Character?
            for index in text.indices {
                switch (quote, text[index]) {
                case (nil, "}"): return index
                case (nil, "'"), (nil, "\""): quote = text[index]
                case (let open?, let character) where open == character: quote = nil
                default: break
                }
            }
            throw ExpressionParser.Fault(message: "an opening brace without its closing one; write {{ for a brace")
        }
        while let character = rest.first {
            rest.removeFirst()
            if (character == "{" || character == "}") && rest.first == character {
                literal.append(character)
                rest.removeFirst()
            } else if character == "{" {
                let end = try closing(rest)
                if !literal.isEmpty { pieces.append(.literal(literal)) }
                literal = ""
                pieces.append(.expression(try ExpressionParser.parse(String(rest[..<end]))))
                rest = rest[rest.index(after: end)...]
            } else {
                literal.append(character)
            }
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        self =
            switch (pieces.count, pieces.first) {
            case (1, .expression(let expression)): .expression(expression)
            case (1, .literal(let text)): .constant(.string(text))
            case (0, _): .constant("")
            default: .text(pieces)
            }
    }

    /// The names that the template reads.
    var freeNames: [String] {
        switch self {
        case .constant: []
        case .expression(let expression): expression.freeNames
        case .text(let pieces):
            pieces.flatMap { piece -> [String] in
                if case .expression(let expression) = piece { expression.freeNames } else { [] }
            }
        case .list(let parts): parts.flatMap(\.freeNames)
        case .object(let members): members.flatMap(\.1.freeNames)
        }
    }
}

extension ExpressionValues {
    /// A template filled in.
    mutating func value(of template: ValueTemplate) throws(AppFailure) -> JSON {
        switch template {
        case .constant(let value): return value
        case .expression(let expression): return try value(of: expression)
        case .text(let pieces):
            var text = ""
            for piece in pieces {
                switch piece {
                case .literal(let literal): text += literal
                case .expression(let expression): text += try value(of: expression).pythonStr
                }
            }
            return .string(text)
        case .list(let parts):
            var values: [JSON] = []
            for part in parts { values.append(try value(of: part)) }
            return .array(values)
        case .object(let members):
            var object = JSONObject()
            for (key, part) in members { object.append(key, try value(of: part)) }
            return .object(object)
        }
    }
}
