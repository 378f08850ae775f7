internal import JSONTree
internal import Scenarios
internal import Words

/// What of a chat's messages decides about the answer.
struct Conversation: Sendable {
    /// The last message of the user.
    let user: String
    /// The messages of the system, a line each.
    let system: String
    /// The results of tools with which it ends; nil when somebody has spoken last.
    let tool: String?
    /// How often the user has spoken.
    let turn: Int
    let model: String

    init(_ messages: [JSON], model: String) {
        self.model = model
        var user = ""
        var system: [String] = []
        var results: [String] = []
        var turn = 0
        for message in messages {
            let text = Self.text(of: message)
            switch message["role"]?.string {
            case "tool", "function":
                results.append(text)
                continue
            case "system", "developer": system.append(text)
            case "user":
                user = text
                turn += 1
            default: break
            }
            results = []
        }
        self.user = user
        self.system = system.joined(separator: "\n")
        tool = results.isEmpty ? nil : results.joined(separator: "\n")
        self.turn = turn
    }

    /// The text of a message: its content, or the texts of its parts.
    static func text(of message: JSON) -> String {
        guard let content = message["content"] else { return "" }
        return content.string ?? content.array?.compactMap { $0["text"]?.string }.joined(separator: " ") ?? ""
    }
}

/// A text with places that are filled from a conversation: `{{user}}`, `{{tool}}`, `{{system}}`, `{{turn}}`, `{{model}}`.
public struct Template: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case text(String)
        case place(String)
    }

    private var parts: [Part] = []
    private static let places = ["user", "tool", "system", "turn", "model"]

    /// - Throws: ``ConfigurationError`` where a place has no known name, or does not end.
    init(_ tree: JSON, at place: String) throws(ConfigurationError) {
        guard let text = tree.string else { throw ConfigurationError("\(place): expected a text") }
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            parts.append(.text(String(rest[..<start.lowerBound])))
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                throw ConfigurationError("\(place): expected }} behind {{")
            }
            let name = String(rest[start.upperBound..<end.lowerBound].trimmed)
            guard Self.places.contains(name) else {
                throw ConfigurationError(
                    "\(place): nothing is known for {{\(name)}}: \(advice(for: name, among: Self.places))")
            }
            parts.append(.place(name))
            rest = rest[end.upperBound...]
        }
        parts.append(.text(String(rest)))
    }

    func filled(from conversation: Conversation) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .place("user"): result += conversation.user
            case .place("tool"): result += conversation.tool ?? ""
            case .place("system"): result += conversation.system
            case .place("turn"): result += String(conversation.turn)
            case .place: result += conversation.model
            }
        }
        return result
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = self
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}

extension Answers {
    /// The fixture for a conversation, if there is one.
    func fixture(for conversation: Conversation) -> Fixture? {
        guard case .fixtures(let fixtures, _) = self else { return nil }
        return fixtures.first { $0.fits(conversation) }
    }

    /// What is said where no fixture fits.
    ///
    /// - Parameters:
    ///   - text: the last message.
    ///   - luck: from which sentences follow.
    func wording(
        on text: String, in conversation: @autoclosure () -> Conversation, luck: SeededRandom
    ) -> Wording {
        switch self {
        case .sentences:
            var prose = Prose(luck)
            return prose.wording()
        case .echo: return Wording(text)
        case .fixed(let answer): return Wording(answer)
        case .template(let template): return Wording(template.filled(from: conversation()))
        case .turns(let turns):
            let conversation = conversation()
            return Wording(turns[min(max(conversation.turn, 1), turns.count) - 1].filled(from: conversation))
        case .fixtures(_, let otherwise):
            return otherwise.wording(on: text, in: conversation(), luck: luck)
        }
    }
}
