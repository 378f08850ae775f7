internal import JSONTree
internal import Words

/// What a query can ask an entry for.
enum JournalField: Sendable, Hashable, CustomStringConvertible {
    case fake, kind, connection, event
    case exchange, client, rule, effect, detail
    case method, target, path, route, status, outcome, error
    case direction, type
    case code, by, how
    case text
    case header(String), responseHeader(String), query(String)
    case body(String), response(String)

    /// The fields that stand for themselves, by their names.
    static let plain: [(name: String, field: JournalField)] = [
        ("fake", .fake), ("kind", .kind), ("connection", .connection), ("event", .event),
        ("exchange", .exchange), ("client", .client), ("rule", .rule), ("effect", .effect), ("detail", .detail),
        ("method", .method), ("target", .target), ("path", .path), ("route", .route), ("status", .status),
        ("outcome", .outcome), ("error", .error), ("direction", .direction), ("type", .type),
        ("code", .code), ("by", .by), ("how", .how), ("text", .text),
    ]

    /// The families of fields, by what stands before the dot.
    static let families = ["header", "response_header", "query", "body", "response"]

    /// A field by its name: `status`, `header.authorization`, `body./messages/0/role`.
    init?(_ name: String) {
        if let plain = Self.plain.first(where: { $0.name == name }) {
            self = plain.field
            return
        }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        self.init(family: String(name[..<dot]), member: String(name[name.index(after: dot)...]))
    }

    init?(family: String, member: String) {
        switch family {
        case "header": self = .header(member)
        case "response_header": self = .responseHeader(member)
        case "query": self = .query(member)
        case "body": self = .body(member)
        case "response": self = .response(member)
        default: return nil
        }
    }

    var description: String {
        switch self {
        case .header(let name): "header.\(name)"
        case .responseHeader(let name): "response_header.\(name)"
        case .query(let name): "query.\(name)"
        case .body(let pointer): "body.\(pointer)"
        case .response(let pointer): "response.\(pointer)"
        default: Self.plain.first { $0.field == self }?.name ?? ""
        }
    }

    /// Whether values are numbers only.
    var isNumber: Bool {
        switch self {
        case .connection, .exchange, .status, .code: true
        default: false
        }
    }

    /// Whether it belongs to a family, and its values to the client or the server, not to the journal.
    var isParametric: Bool {
        switch self {
        case .header, .responseHeader, .query, .body, .response: true
        default: false
        }
    }

    /// The pointer, if it is a place in a body.
    var pointer: String? {
        switch self {
        case .body(let pointer), .response(let pointer): pointer
        default: nil
        }
    }

    var isBody: Bool { pointer != nil }

    /// Whether a comma separates one word from the next.
    var takesLists: Bool {
        switch self {
        case .fake, .kind, .event, .method, .outcome, .error, .effect, .direction, .type, .by, .how: true
        default: isNumber
        }
    }

    /// Cheap questions come first: most entries fail one of them.
    var cost: Int { isBody ? 3 : self == .text ? 2 : isParametric ? 1 : 0 }

    /// The words that it can have, if they are known.
    private var vocabulary: [String]? {
        switch self {
        case .event: JournalEvent.Name.allCases.map(\.rawValue)
        case .outcome: ExchangeOutcome.words
        case .direction: JournalDirection.allCases.map(\.rawValue)
        case .by: ClosedRecord.Party.allCases.map(\.rawValue)
        case .how: ClosedRecord.Manner.allCases.map(\.rawValue)
        default: nil
        }
    }

    /// Refuses a word that no entry can have there.
    func check(_ word: String) throws(ValueFault) {
        guard let vocabulary, !vocabulary.contains(word) else { return }
        throw ValueFault(message: "unknown \(self) \"\(word)\": \(advice(for: word, among: vocabulary))")
    }
}
