public import JSONTree
internal import Words

extension Verification {
    /// Reads one claim, or a list of claims.
    ///
    /// - Throws: everything that is wrong with them.
    public static func all(json: JSON) throws(JournalQueryError) -> [Verification] {
        guard let list = json.array else { return [try Verification(json: json)] }
        var verifications: [Verification] = []
        var problems: [String] = []
        for (index, element) in list.enumerated() {
            do throws(JournalQueryError) {
                verifications.append(try Verification(json: element, at: "/\(index)"))
            } catch {
                problems += error.problems
            }
        }
        if list.isEmpty { problems.append("expected at least one claim") }
        if !problems.isEmpty { throw JournalQueryError(problems) }
        return verifications
    }

    /// Reads one claim.
    ///
    /// - Parameter place: where it stands in a larger value, for the messages.
    /// - Throws: everything that is wrong with it.
    public init(json: JSON, at place: String = "") throws(JournalQueryError) {
        var reading = ClaimReading(json, place)
        let claim = reading.claim()
        guard let claim, reading.problems.isEmpty else { throw JournalQueryError(reading.problems) }
        self.init(claim, name: json["name"]?.string ?? "")
    }
}

/// Reads the members of a claim and remembers all that is wrong.
private struct ClaimReading {
    /// The member that says what is claimed, with those that may stand beside it.
    private static let claims: [(word: String, others: [String])] = [
        ("count", ["exactly", "at_least", "at_most"]), ("never", []), ("order", []),
        ("gap", ["at_least", "at_most"]), ("latency", ["at_least", "at_most", "until"]),
        ("after", ["comes", "within"]),
    ]

    private let members: JSONObject
    private let place: String
    var problems: [String] = []

    init(_ json: JSON, _ place: String) {
        members = json.object ?? [:]
        self.place = place
        if json.object == nil { problems.append("\(prefix)expected an object, got \(json.pythonType)") }
    }

    private var prefix: String { place.isEmpty ? "" : "\(place): " }

    mutating func claim() -> Verification.Claim? {
        if !problems.isEmpty { return nil }
        let words = Self.claims.map(\.word)
        guard let (word, others) = Self.claims.first(where: { members.contains(key: $0.word) }) else {
            // A slip in the word itself is the likeliest reason.
            let near = members.keys.compactMap { key in nearestWord(to: key, among: words).map { (key, $0) } }.first
            let hint =
                near.map { "did you mean \"\($0.1)\" by \"\($0.0)\"?" }
                ?? "expected one of \(words.joined(separator: ", "))"
            problems.append("\(prefix)no claim: \(hint)")
            return nil
        }
        for key in members.keys where key != word && key != "name" && !others.contains(key) {
            problems.append("\(prefix)unknown member \"\(key)\": \(advice(for: key, among: [word, "name"] + others))")
        }
        if let name = members["name"], name.string == nil {
            problems.append("\(prefix)\"name\" is a text, got \(name)")
        }
        let claim = claim(word)
        return problems.isEmpty ? claim : nil
    }

    private mutating func claim(_ word: String) -> Verification.Claim? {
        switch word {
        case "count":
            let exact = count("exactly")
            let bounds =
                exact.map { Bounds.exactly($0) } ?? Bounds(atLeast: count("at_least"), atMost: count("at_most"))
            let query = query("count")
            let none = bounds.atLeast == nil && bounds.atMost == nil
            return query.map { .count($0, none ? Bounds(atLeast: 1) : bounds) }
        case "never": return query("never").map { .count($0, .exactly(0)) }
        case "order":
            guard let list = members["order"]?.array, list.count > 1 else {
                problems.append("\(prefix)\"order\" is a list of two queries or more")
                return nil
            }
            return .order(list.indices.compactMap { query(list[$0], at: "order/\($0)") })
        case "gap":
            let bounds = durations()
            return query("gap").map { .gap($0, bounds) }
        case "latency":
            let bounds = durations()
            let moment = moment()
            return query("latency").map { .latency($0, bounds, until: moment) }
        default:
            let within = duration("within")
            if members["within"] == nil { problems.append("\(prefix)\"within\" is missing: a time such as 5s") }
            let first = query("after")
            guard let second = query("comes"), let first, let within else { return nil }
            return .follows(first, second, within: within)
        }
    }

    private mutating func query(_ key: String) -> JournalQuery? {
        guard let json = members[key] else {
            problems.append("\(prefix)\"\(key)\" is missing: a query")
            return nil
        }
        return query(json, at: key)
    }

    private mutating func query(_ json: JSON, at key: String) -> JournalQuery? {
        do throws(JournalQueryError) {
            return try JournalQuery(json: json, at: "\(place)/\(key)")
        } catch {
            problems += error.problems
            return nil
        }
    }

    private mutating func count(_ key: String) -> Int? {
        guard let json = members[key] else { return nil }
        if let count = json.int, count >= 0 { return count }
        problems.append("\(prefix)\"\(key)\" is a count such as 2, got \(json)")
        return nil
    }

    private mutating func durations() -> Bounds<Duration> {
        let bounds = Bounds(atLeast: duration("at_least"), atMost: duration("at_most"))
        if members["at_least"] == nil, members["at_most"] == nil {
            problems.append("\(prefix)\"at_least\" or \"at_most\" is missing: a time such as 500ms")
        }
        return bounds
    }

    private mutating func duration(_ key: String) -> Duration? {
        guard let json = members[key] else { return nil }
        if let duration = Duration(typed: json.spelling) { return duration }
        problems.append("\(prefix)\"\(key)\" is a time such as 500ms or 2s, got \(json)")
        return nil
    }

    private mutating func moment() -> Verification.Moment {
        guard let json = members["until"] else { return .end }
        if let moment = json.string.flatMap(Verification.Moment.init) { return moment }
        let words = Verification.Moment.allCases.map(\.rawValue)
        problems.append("\(prefix)unknown \"until\" \(json): \(advice(for: json.spelling, among: words))")
        return .end
    }
}
