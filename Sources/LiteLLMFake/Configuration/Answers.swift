public import JSONTree
internal import Words

/// What a model says that nobody has described otherwise.
///
/// ```yaml
/// answers: sentences                            # they follow from the seed and the request
/// answers: echo                                 # the last message, given back
/// answers: Any other text.
/// answers: { template: "You said: {{user}}" }
/// answers: { turns: [Who is there?, "{{user}} who?", Ha.] }
/// answers:
///   fixtures:
///     - { when: { tool: sunny }, say: It is sunny. }
///     - { when: { user: weather }, call: { name: get_weather, arguments: { city: Paris } } }
///     - { when: { user: { matches: "^[0-9]+$" }, turn: 2 }, say: "That is a number, {{user}}." }
///   otherwise: sentences
/// ```
public indirect enum Answers: Sendable, Equatable {
    /// Sentences that follow from the seed and the request.
    case sentences
    /// The last message of the request, given back.
    case echo
    /// Always this text.
    case fixed(String)
    /// A text with places that are filled from the conversation.
    case template(Template)
    /// One text for each turn of the user; the last one goes on for ever.
    case turns([Template])
    /// What fits the conversation: the first fixture that does, and something else where none does.
    case fixtures([Fixture], otherwise: Answers)

    /// `sentences`, `echo`, or any other text as a fixed answer.
    public init(named mode: String) {
        switch mode {
        case "sentences": self = .sentences
        case "echo": self = .echo
        default: self = .fixed(mode)
        }
    }

    /// Reads one of the forms above.
    ///
    /// - Throws: ``ConfigurationError`` that says what was expected at which place.
    public init(_ tree: JSON, at place: String) throws(ConfigurationError) {
        if let mode = tree.string {
            self.init(named: mode)
            return
        }
        let fields = try ConfigurationError.fields(
            of: tree, at: place, known: ["template", "turns", "fixtures", "otherwise"], or: "sentences, echo, a text")
        if let text = fields["template"] {
            self = .template(try Template(text, at: place + ".template"))
        } else if let turns = fields["turns"] {
            guard let texts = turns.array, !texts.isEmpty else {
                throw ConfigurationError("\(place).turns: expected a list of texts, one for each turn")
            }
            var all: [Template] = []
            for (index, text) in texts.enumerated() { all.append(try Template(text, at: "\(place).turns[\(index)]")) }
            self = .turns(all)
        } else if let fixtures = fields["fixtures"] {
            guard let list = fixtures.array else {
                throw ConfigurationError("\(place).fixtures: expected a list, each with when and say or call")
            }
            var all: [Fixture] = []
            for (index, entry) in list.enumerated() {
                all.append(try Fixture(entry, at: "\(place).fixtures[\(index)]"))
            }
            let otherwise = try fields["otherwise"].map { (tree) throws(ConfigurationError) in
                try Answers(tree, at: place + ".otherwise")
            }
            self = .fixtures(all, otherwise: otherwise ?? .sentences)
        } else {
            throw ConfigurationError("\(place): expected template, turns or fixtures")
        }
    }
}

/// An answer to conversations of a kind.
public struct Fixture: Sendable, Equatable {
    /// What text a message must have.
    enum Demand: Sendable, Equatable {
        /// This one somewhere, whatever the case of its letters.
        case contains(String)
        /// A regular expression that occurs in it.
        case matches(String, Pattern)

        static func == (left: Demand, right: Demand) -> Bool { left.source == right.source }

        private var source: [String] {
            switch self {
            case .contains(let text): ["contains", text]
            case .matches(let source, _): ["matches", source]
            }
        }

        init(_ tree: JSON, at place: String) throws(ConfigurationError) {
            if let text = tree.string {
                self = .contains(text.lowercased())
                return
            }
            guard let source = tree["matches"]?.string, tree.object?.count == 1 else {
                throw ConfigurationError("\(place): expected a text, or {matches: …} with a regular expression")
            }
            do {
                self = .matches(source, try Pattern(source))
            } catch {
                throw ConfigurationError("\(place).matches: \(error)")
            }
        }

        func isMet(by text: String) -> Bool {
            switch self {
            case .contains(let wanted): wanted.isEmpty || text.lowercased().contains(wanted)
            case .matches(_, let pattern): pattern.occurs(in: text)
            }
        }
    }

    /// A call of a function that the request offers, or would.
    struct Call: Sendable, Equatable {
        let name: String
        let arguments: String
    }

    /// Of the last message of the user.
    private(set) var user: Demand?
    /// Of the results of tools with which the conversation ends.
    private(set) var tool: Demand?
    /// Of the system's messages.
    private(set) var system: Demand?
    /// How often the user has spoken.
    private(set) var turn: Int?
    /// What is said, if no function is called.
    private(set) var say: Template?
    private(set) var calls: [Call] = []

    init(_ tree: JSON, at place: String) throws(ConfigurationError) {
        let fields = try ConfigurationError.fields(of: tree, at: place, known: ["when", "say", "call"])
        let when = try ConfigurationError.fields(
            of: fields["when"] ?? [:], at: place + ".when", known: ["user", "tool", "system", "turn"])
        func demand(_ name: String) throws(ConfigurationError) -> Demand? {
            guard let tree = when[name] else { return nil }
            return try Demand(tree, at: "\(place).when.\(name)")
        }
        user = try demand("user")
        tool = try demand("tool")
        system = try demand("system")
        if let tree = when["turn"] {
            guard let number = tree.int, number > 0 else {
                throw ConfigurationError("\(place).when.turn: expected a number from 1, how often the user has spoken")
            }
            turn = number
        }
        if let text = fields["say"] { say = try Template(text, at: place + ".say") }
        for call in fields["call"].map({ $0.array ?? [$0] }) ?? [] {
            guard let name = call["name"]?.string else {
                throw ConfigurationError("\(place).call: expected the name of a function, and its arguments")
            }
            calls.append(Call(name: name, arguments: (call["arguments"] ?? [:]).text()))
        }
        guard (say == nil) != calls.isEmpty else {
            throw ConfigurationError("\(place): expected either say, a text, or call, a function")
        }
    }

    /// Whether it is for a conversation. One that does not ask for a tool's result is for what people say: it is not for
    /// conversations that end with one, or the same function would be called for ever.
    func fits(_ conversation: Conversation) -> Bool {
        if let turn, turn != conversation.turn { return false }
        if let user, !user.isMet(by: conversation.user) { return false }
        if let system, !system.isMet(by: conversation.system) { return false }
        switch (tool, conversation.tool) {
        case (nil, nil): return true
        case (let tool?, let result?): return tool.isMet(by: result)
        default: return false
        }
    }
}

extension ConfigurationError {
    /// The members of an object, none of which is unknown.
    ///
    /// - Parameters:
    ///   - known: their names; nil where they are the user's own.
    ///   - others: what else could stand there, for the person who wrote something else.
    static func fields(
        of tree: JSON, at place: String, known: [String]?, or others: String? = nil
    ) throws(ConfigurationError) -> JSONObject {
        guard let object = tree.object else {
            let also = others.map { ", or one of: " + $0 } ?? ""
            let names = known.map { " with " + $0.joined(separator: ", ") } ?? ""
            throw ConfigurationError("\(place): expected an object\(names)\(also)")
        }
        guard let known else { return object }
        for (name, _) in object where !known.contains(name) {
            throw ConfigurationError("\(place): unknown field \"\(name)\": \(advice(for: name, among: known))")
        }
        return object
    }
}
