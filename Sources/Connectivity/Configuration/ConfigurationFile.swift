internal import Yams

/// A file of a configuration, read into its keys: YAML, or JSON if its name ends so.
///
/// Pure: the text and the environment come from outside. Nothing stops at the first problem.
struct ConfigurationFile {
    struct Entry {
        var key: String
        var form: ConfigurationForm
        var text: String
        var line: Int
    }

    let path: String
    private(set) var entries: [Entry] = []
    private(set) var problems: [ConfigurationProblem] = []
    private let environment: [String: String]

    init(_ text: String, path: String, environment: [String: String]) {
        self.path = path
        self.environment = environment
        if path.hasSuffix(".json") {
            do {
                _ = try JSONValue(parsing: text)
            } catch {
                let line = 1 + text.utf8.prefix(error.offset).count { $0 == 0x0A }
                note(line, "", error.expected, "something else")
                return
            }
        }
        do {
            // YAML contains JSON, and its nodes know their lines.
            guard let root = try Yams.compose(yaml: text) else { return }
            walk(root, at: "")
        } catch {
            switch error as? YamlError {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                note(mark.line, "", "YAML", problem)
            case .duplicatedKeysInMapping(let keys, let context):
                note(
                    context.mark.line, keys.map { "\($0)" }.joined(separator: ", "), "each key once", "it several times"
                )
            default: note(1, "", "YAML", "\(error)")
            }
        }
    }

    private mutating func walk(_ node: Node, at key: String) {
        let line = node.mark?.line ?? 1
        if let form = ConfigurationKey.all[key] {
            read(node, key, form, line)
        } else if case .mapping(let members) = node {
            for (name, value) in members {
                let text = name.string ?? ""
                let below = key.isEmpty ? text : "\(key).\(text)"
                if ConfigurationKey.all[below] != nil || ConfigurationKey.groups.contains(below) {
                    walk(value, at: below)
                } else {
                    noteUnknown(text, in: key, name.mark?.line ?? line)
                }
            }
        } else {
            note(line, key, "keys below it: \(Self.known(in: key).joined(separator: ", "))", Self.told(node))
        }
    }

    private mutating func read(_ node: Node, _ key: String, _ form: ConfigurationForm, _ line: Int) {
        let texts: [String]
        switch (node, form) {
        case (.scalar(let scalar), _): texts = [scalar.string]
        case (.sequence(let elements), .ports): texts = elements.map { $0.string ?? "?" }
        default: return note(line, key, form.expected, Self.told(node))
        }
        var substituted: [String] = []
        for text in texts {
            switch Substitution.apply(to: text, environment) {
            case .success(let text): substituted.append(text)
            case .failure(let missing):
                note(line, key, missing.expected, missing.came)
                return
            }
        }
        entries.append(Entry(key: key, form: form, text: substituted.joined(separator: ","), line: line))
    }

    private mutating func noteUnknown(_ word: String, in key: String, _ line: Int) {
        let known = Self.known(in: key)
        let nearest = ConfigurationKey.nearest(to: word, among: known).map { "\"\($0)\"" }
        note(
            line, key.isEmpty ? word : "\(key).\(word)",
            nearest ?? "one of \(known.joined(separator: ", "))", "the unknown key \"\(word)\"")
    }

    private mutating func note(_ line: Int, _ key: String, _ expected: String, _ came: String) {
        problems.append(
            ConfigurationProblem(source: .file(path: path, line: line), key: key, expected: expected, came: came))
    }

    /// The keys that may stand right below one.
    private static func known(in key: String) -> [String] {
        let prefix = key.isEmpty ? "" : key + "."
        let all = Array(ConfigurationKey.all.keys) + Array(ConfigurationKey.groups)
        return Set(
            all.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count).prefix { $0 != "." }) }
        ).sorted()
    }

    private static func told(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "one value"
        case .mapping: "keys below it"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}

/// `${VAR}` and `${VAR:-default}` in a value; `$$` is a dollar.
enum Substitution {
    struct Missing: Error {
        var expected: String
        var came: String
    }

    static func apply(to text: String, _ environment: [String: String]) -> Result<String, Missing> {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result.append("$")
                rest.removeFirst()
                continue
            }
            guard rest.first == "{" else {
                result.append("$")
                continue
            }
            guard let end = rest.firstIndex(of: "}") else {
                return .failure(Missing(expected: "} after ${", came: "the end of the value"))
            }
            let inside = rest[..<end].dropFirst()
            rest = rest[rest.index(after: end)...]
            let name = inside.firstRange(of: ":-").map { inside[..<$0.lowerBound] } ?? inside
            let standard = inside.firstRange(of: ":-").map { inside[$0.upperBound...] }
            guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
                return .failure(Missing(expected: "the name of a variable between ${ and }", came: "\"\(name)\""))
            }
            let value = environment[String(name)].flatMap { $0.isEmpty && standard != nil ? nil : $0 }
            guard let chosen = value ?? standard.map(String.init) else {
                return .failure(
                    Missing(expected: "the variable \(name) in the environment, or ${\(name):-default}", came: "none"))
            }
            result += chosen
        }
        return .success(result + rest)
    }
}
