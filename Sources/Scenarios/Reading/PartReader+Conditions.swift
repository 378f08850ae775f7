internal import JSONTree
internal import Words
internal import YAMLNodes

extension PartReader {
    /// In the order in which conditions are kept, wherever they stood.
    static let conditionWords = ["header", "query", "body", "client", "state"]
    private static let tests = [
        "equals", "matches", "contains", "exists", "at_least", "at_most", "one_of", "not",
    ]
    private static let longestExpression = 1000

    /// The conditions among the members of `on` or `when`.
    func conditions(_ node: YAMLNode) -> [Condition] {
        Self.conditionWords.flatMap { word in
            node[word].map { conditions(word, $0) } ?? []
        }
    }

    /// Those of `on` and those of `when` together, in one order.
    static func joined(_ conditions: [Condition]) -> [Condition] {
        conditionWords.flatMap { word in conditions.filter { $0.word == word } }
    }

    private func conditions(_ word: String, _ node: YAMLNode) -> [Condition] {
        if word == "client" { return tests(node, of: word).map { .client($0) } }
        // A list of mappings serves who asks twice of the same name.
        return (node.sequence ?? [node]).flatMap { node in
            (members(node, of: word) ?? []).flatMap { key, name, value in
                condition(word, name, key.mark, value)
            }
        }
    }

    private func condition(_ word: String, _ name: String, _ mark: YAMLMark, _ value: YAMLNode) -> [Condition] {
        let tests = tests(value, of: "\(word) \(name.clipped)")
        switch word {
        case "header", "query":
            guard !name.isEmpty else {
                log.add("expected the name of a \(word == "header" ? "field" : "parameter"), got nothing", at: mark)
                return []
            }
            return tests.map { word == "header" ? .header(name, $0) : .query(name, $0) }
        default:
            let pointer = name.asPointer
            if word == "state" {
                check(stateName: pointer, at: mark)
                return tests.map { .state(pointer: pointer, $0) }
            }
            return tests.map { .body(pointer: pointer, $0) }
        }
    }

    /// A bare value, or tests by their names.
    private func tests(_ node: YAMLNode, of what: String) -> [ValueTest] {
        guard let mapping = node.mapping else { return json(node).map { [.equals($0)] } ?? [] }
        guard !mapping.isEmpty else {
            log.expected("a value or a test (\(Self.tests.joined(separator: ", "))) for \(what)", at: node)
            return []
        }
        return (members(node, of: what) ?? []).compactMap { key, name, value in
            guard Self.tests.contains(name) else {
                log.unknown("test", name, among: Self.tests, at: key.mark)
                return nil
            }
            return test(name, value)
        }
    }

    private func test(_ name: String, _ value: YAMLNode) -> ValueTest? {
        switch name {
        case "equals": return json(value).map { .equals($0) }
        case "contains": return json(value).map { .contains($0) }
        case "exists": return truth(value, of: name).map { .exists($0) }
        case "at_least": return decimal(value, of: name).map { .atLeast($0) }
        case "at_most": return decimal(value, of: name).map { .atMost($0) }
        case "matches": return expression(value).map { .matches($0) }
        case "one_of":
            guard let values = value.sequence, !values.isEmpty else {
                log.expected("a list of values for one_of", at: value)
                return nil
            }
            let read = values.compactMap { json($0) }
            return read.count == values.count ? .oneOf(read) : nil
        default:
            let inner = tests(value, of: name)
            if inner.count > 1 { log.add("expected one test for not, got \(inner.count)", at: value.mark) }
            return inner.first.map { .not($0) }
        }
    }

    /// A regular expression that can be compiled.
    private func expression(_ node: YAMLNode) -> String? {
        guard let source = text(node, of: "matches") else { return nil }
        guard source.utf8.count <= Self.longestExpression else {
            log.add("expected a regular expression of \(Self.longestExpression) bytes at most", at: node.mark)
            return nil
        }
        do {
            _ = try Pattern(source)
            return source
        } catch {
            log.expected("a regular expression (\(error))", at: node)
            return nil
        }
    }
}

extension Condition {
    var word: String {
        switch self {
        case .header: "header"
        case .query: "query"
        case .body: "body"
        case .client: "client"
        case .state: "state"
        }
    }
}

extension String {
    /// As a JSON pointer: a bare name is that of a member of the whole.
    fileprivate var asPointer: String {
        if isEmpty || beginsWithSlash { return self }
        var pointer = "/"
        for scalar in unicodeScalars {
            switch scalar {
            case "~": pointer += "~0"
            case "/": pointer += "~1"
            default: pointer.unicodeScalars.append(scalar)
            }
        }
        return pointer
    }
}
