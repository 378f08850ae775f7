internal import JSONTree
internal import Words

/// Why a value of a query cannot be understood.
struct ValueFault: Error {
    let message: String
}

extension ValueTest {
    /// The words of the structured form, the same as in scenarios.
    static let words = ["equals", "matches", "contains", "exists", "at_least", "at_most", "one_of", "not"]

    /// Reads what stands behind a name in a URL or on a command line, or as a text in JSON: `200`, `4xx`, `400-499`,
    /// `>=400`, `!GET`, `~^/v1/`, `*_error`, and for words a list `a,b`.
    init(typed text: String, for field: JournalField) throws(ValueFault) {
        if let rest = text.dropping("!") {
            self = .not(try ValueTest(typed: rest, for: field))
        } else if let rest = text.dropping("~") {
            guard let pattern = try? Pattern(rest) else { throw ValueFault(message: "\"\(rest)\" is no regular expression") }
            self = .matches(pattern)
        } else if field.takesLists, text.utf8.contains(UInt8(ascii: ",")) {
            var tests: [ValueTest] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                tests.append(try ValueTest(typed: String(part), for: field))
            }
            self = .anyOf(tests)
        } else if field.isNumber || text.first == ">" || text.first == "<" {
            self = .within(try Self.range(text, for: field))
        } else if field == .text {
            self = .contains(.string(text))
        } else if let glob = Glob(text, isPath: field == .path) {
            self = .like(glob)
        } else {
            try field.check(text)
            self = .equals(.string(text))
        }
    }

    /// Reads a value of the JSON form: for the journal's own fields a text as it is typed, a number, or a list of
    /// them; for headers, query items and bodies what the value must equal; for all of them an object of tests.
    init(_ json: JSON, for field: JournalField) throws(ValueFault) {
        if let object = json.object, !field.isBody || object.keys.contains(where: Self.words.contains) {
            self = try Self.tests(object, for: field)
        } else if field.isParametric {
            self = .equals(json)
        } else if let list = json.array {
            var tests: [ValueTest] = []
            for element in list { tests.append(try ValueTest(element, for: field)) }
            self = .anyOf(tests)
        } else if let text = json.string ?? json.number?.spelling {
            self = try ValueTest(typed: text, for: field)
        } else {
            throw ValueFault(message: "expected a text, a number, a list of them or an object of tests, got \(json)")
        }
    }

    private static func tests(_ object: JSONObject, for field: JournalField) throws(ValueFault) -> ValueTest {
        var tests: [ValueTest] = []
        for (word, value) in object { tests.append(try Self.test(word, value, for: field)) }
        // All of them must pass: none may fail.
        return tests.count == 1 ? tests[0] : .not(.anyOf(tests.map { .not($0) }))
    }

    private static func test(_ word: String, _ value: JSON, for field: JournalField) throws(ValueFault) -> ValueTest {
        switch word {
        case "equals": return .equals(value)
        case "contains": return .contains(value)
        case "exists":
            guard let bool = value.bool else { throw ValueFault(message: "\"exists\" is true or false, got \(value)") }
            return .exists(bool)
        case "matches":
            guard let text = value.string, let pattern = try? Pattern(text) else {
                throw ValueFault(message: "\"matches\" is a regular expression, got \(value)")
            }
            return .matches(pattern)
        case "at_least", "at_most":
            guard let bound = value.double, bound.isFinite else {
                throw ValueFault(message: "\"\(word)\" is a number, got \(value)")
            }
            return .within(word == "at_least" ? bound...(.infinity) : -.infinity...bound)
        case "one_of":
            guard let list = value.array else { throw ValueFault(message: "\"one_of\" is a list, got \(value)") }
            return .anyOf(list.map { .equals($0) })
        case "not": return .not(try ValueTest(value, for: field))
        default: throw ValueFault(message: "unknown test \"\(word)\": \(advice(for: word, among: words))")
        }
    }

    private static func range(_ text: String, for field: JournalField) throws(ValueFault) -> ClosedRange<Double> {
        if let bound = text.bound(behind: ">=") { return bound...(.infinity) }
        if let bound = text.bound(behind: "<=") { return -.infinity...bound }
        if let bound = text.bound(behind: ">") { return bound.nextUp...(.infinity) }
        if let bound = text.bound(behind: "<") { return -.infinity...bound.nextDown }
        if let number = Int(text) { return Double(number)...Double(number) }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        if ends.count == 2, let low = ends[0], let high = ends[1], low <= high { return Double(low)...Double(high) }
        if field == .status, text.count == 3, text.lowercased().hasSuffix("xx"),
            let hundred = text.first?.wholeNumberValue
        {
            return Double(hundred * 100)...Double(hundred * 100 + 99)
        }
        let example = field == .status ? "200, 4xx, 400-499 or >=400" : "7, 1-9 or >=7"
        throw ValueFault(message: "\"\(field)\" is a number such as \(example), got \"\(text)\"")
    }
}

extension String {
    /// What follows a beginning, or nil.
    fileprivate func dropping(_ beginning: String) -> String? {
        hasPrefix(beginning) ? String(dropFirst(beginning.count)) : nil
    }

    /// The number that follows a beginning; `nan` bounds nothing.
    fileprivate func bound(behind beginning: String) -> Double? {
        dropping(beginning).flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
    }
}
