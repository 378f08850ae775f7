internal import JSONTree
internal import Words

/// An entry that a query did not mean, but nearly.
public struct NearMiss: Sendable {
    /// One field of the query beside what the entry has there.
    public struct Comparison: Sendable {
        public let field: String
        public let expected: String
        /// Nil when the entry has no such field.
        public let found: String?
        public let agrees: Bool
    }

    public let number: Int
    /// The entry on one line.
    public let line: String
    /// Field by field, in the order of the query.
    public let comparisons: [Comparison]

    /// How many misses are shown beside each other.
    private static let shown = 3
    /// How many characters of a value are shown.
    private static let width = 60

    /// The nearest entries, the nearest first, and among equals the latest.
    ///
    /// An entry that agrees in nothing is not near.
    static func nearest(
        to query: JournalQuery, among entries: ArraySlice<JournalEntry>, redaction: Redaction
    ) -> [NearMiss] {
        let tests = query.tests.sorted { $0.place < $1.place }
        let ranked = entries.filter { $0.number >= query.from }.compactMap { entry -> (JournalEntry, Int)? in
            let costs = tests.map { $0.distance(from: entry) }
            return costs.contains(0) && costs.contains { $0 > 0 } ? (entry, costs.reduce(0, +)) : nil
        }
        return ranked.sorted { ($0.1, -$0.0.number) < ($1.1, -$1.0.number) }.prefix(shown).map { entry, _ in
            NearMiss(
                number: entry.number, line: entry.line(redaction: redaction),
                comparisons: tests.map { $0.comparison(with: entry, width: width, redaction) })
        }
    }
}

extension FieldTest {
    /// 0 when it passes, 1 for a slip of the finger, 2 for another value, 3 when there is none.
    fileprivate func distance(from entry: JournalEntry) -> Int {
        let values = field.values(in: entry)
        if test.passes(values) { return 0 }
        if values.isEmpty { return 3 }
        return field != .text && values.contains { nearestWord(to: $0.spelling, among: [text]) != nil } ? 1 : 2
    }

    fileprivate func comparison(
        with entry: JournalEntry, width: Int, _ redaction: Redaction
    ) -> NearMiss.Comparison {
        let values = field.values(in: entry)
        let agrees = test.passes(values)
        var found: String?
        if field == .text {
            found = agrees ? "found" : "not found"
        } else if !values.isEmpty {
            let shown = values.map { field.shown($0.spelling, kind: entry.kind, redaction) }.joined(separator: ", ")
            found = shown.count > width ? shown.prefix(width) + "…" : shown
        }
        let expected = field.shown(text, kind: entry.kind, redaction)
        return NearMiss.Comparison(field: field.description, expected: expected, found: found, agrees: agrees)
    }
}

extension JournalField {
    /// A value without its secret.
    fileprivate func shown(_ value: String, kind: String, _ redaction: Redaction) -> String {
        switch self {
        case .client: redaction.client(value, of: kind)
        case .target: redaction.target(value)
        case .header(let name), .responseHeader(let name): redaction.header(name, value)
        case .query(let name): redaction.isSecret(name) ? Redaction.stub(value) : value
        case .body(let pointer), .response(let pointer):
            redaction.isSecret(String(pointer.split(separator: "/").last ?? ""))
                ? Redaction.stub(value) : redaction.body(Array(value.utf8)).asText
        default: value
        }
    }
}
