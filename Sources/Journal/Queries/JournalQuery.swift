public import JSONTree

/// Which entries are meant. All tests must pass; an entry that does not have a field at all fails a test of it.
///
/// Written the same in a URL, on a command line and in JSON:
///
/// ```
/// GET /journal?fake=comfyui&event=exchange&status=4xx&body./client_id=abc
/// understudy journal --where 'fake=comfyui method!=GET path=/history/{prompt_id} text="out of memory"'
/// {"fake": "comfyui", "status": [404, ">=500"], "header": {"x-trace": {"exists": true}}, "body": {"/stream": true}}
/// ```
///
/// A value is equal to what is there, or `!` not, `~` a regular expression found in it, `*` for anything, for numbers
/// `>=400`, `400-499`, for a status `4xx`, and for words a list with commas. Of a name that comes again with `=` any value
/// will do; `!=`, `~=`, `>=` and `<=` must hold each time. `text` is searched in targets, bodies, messages and what the journal says in words.
public struct JournalQuery: Sendable, CustomStringConvertible {
    /// Only entries of this number and later ones are meant.
    public var from = 0
    private(set) var tests: [FieldTest] = []

    /// Every entry.
    public init() {}

    /// The query of a URL, decoded.
    ///
    /// - Parameter others: names that belong to somebody else and are passed over, such as `limit`.
    /// - Throws: everything that is wrong with it.
    public init(items: [(name: String, value: String)], others: [String] = []) throws(JournalQueryError) {
        var reading = QueryReading(others: others)
        for (name, value) in items where !others.contains(name) { reading.read(name, typed: value) }
        self = try reading.query()
    }

    /// One line: `name=value` pairs with blanks between them, values with blanks in quotes.
    public init(line: String) throws(JournalQueryError) {
        var reading = QueryReading(others: [])
        for word in line.wordsWithQuotes {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 {
                reading.read(String(parts[0]), typed: String(parts[1]))
            } else {
                reading.complain("expected name=value, got \"\(word)\"")
            }
        }
        self = try reading.query()
    }

    /// The pairs of a line, for a URL; what is no pair is left out.
    public static func items(line: String) -> [(name: String, value: String)] {
        line.wordsWithQuotes.compactMap { word in
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }

    /// The form in JSON.
    ///
    /// - Parameter place: where it stands in a larger value, for the messages: `order/1`.
    public init(json: JSON, at place: String = "") throws(JournalQueryError) {
        var reading = QueryReading(others: [], place: place)
        if let object = json.object {
            for (name, value) in object { reading.read(name, value) }
        } else {
            reading.complain("expected an object of fields, got \(json.pythonType)")
        }
        self = try reading.query()
    }

    init(tests: [FieldTest], from: Int) {
        self.tests = tests
        self.from = from
    }

    /// Whether the entry is meant.
    public func matches(_ entry: JournalEntry) -> Bool {
        entry.number >= from && tests.allSatisfy { $0.passes(entry) }
    }

    /// As one line: `fake=comfyui status=4xx`.
    public var description: String {
        let texts = tests.sorted { $0.place < $1.place }.map(\.description) + (from > 1 ? ["since=\(from)"] : [])
        return texts.isEmpty ? "anything" : texts.joined(separator: " ")
    }
}

/// Why a query cannot be understood: all that is wrong with it, each with the word that may have been meant.
public struct JournalQueryError: Error, Sendable, CustomStringConvertible {
    public var problems: [String]

    public init(_ problems: [String]) {
        self.problems = problems
    }

    public var description: String { problems.joined(separator: "; ") }
}

/// One test of one field.
struct FieldTest: Sendable, CustomStringConvertible {
    let field: JournalField
    var test: ValueTest
    /// The value as it was written.
    var text: String
    /// The test's place in the query as it was written.
    let place: Int
    /// Whether another value of the same field may take its place.
    let isAlternative: Bool

    func passes(_ entry: JournalEntry) -> Bool { test.passes(field.values(in: entry)) }

    var description: String { "\(field)=\(text.contains(" ") ? "\"\(text)\"" : text)" }
}

extension String {
    /// Words between blanks; quotes keep blanks and vanish.
    fileprivate var wordsWithQuotes: [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in self {
            if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }
}
