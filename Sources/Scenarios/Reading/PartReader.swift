internal import JSONTree
internal import Words
internal import YAMLNodes

/// Reads the parts of a document: its extensions know one part each, this file knows what all parts are made of.
///
/// What cannot be read is noted and nil, and reading goes on: all problems shall be told at once.
struct PartReader {
    let log: ProblemLog
    /// What there is to speak of; nil leaves that unchecked.
    let vocabulary: Vocabulary?

    // MARK: Mappings

    /// The members of a mapping whose fields are known.
    func fields(_ node: YAMLNode, _ known: [String], of what: String) -> [String: YAMLNode]? {
        guard let members = members(node, of: what) else { return nil }
        var fields: [String: YAMLNode] = [:]
        for (key, name, value) in members {
            if known.contains(name) {
                fields[name] = value
            } else {
                log.unknown("field of \(what)", name, among: known, at: key.mark)
            }
        }
        return fields
    }

    /// The members of a mapping whatever their names.
    func members(_ node: YAMLNode, of what: String) -> [(key: YAMLNode, name: String, value: YAMLNode)]? {
        guard let mapping = node.mapping else {
            log.expected("a mapping for \(what)", at: node)
            return nil
        }
        return mapping.compactMap { key, value in
            guard let scalar = key.scalar else {
                log.expected("the name of a field", at: key)
                return nil
            }
            return (key, scalar.text, value)
        }
    }

    // MARK: Scalars

    func text(_ node: YAMLNode, of what: String) -> String? {
        guard let scalar = node.scalar, !scalar.isNull else {
            log.expected("a text for \(what)", at: node)
            return nil
        }
        return scalar.text
    }

    /// A text that is no number and no truth value: a name.
    func name(_ node: YAMLNode, of what: String) -> String? {
        guard let name = node.scalar?.json.string, !name.isEmpty else {
            log.expected("a text for \(what)", at: node)
            return nil
        }
        return name
    }

    /// A whole number in a range.
    func number(_ node: YAMLNode, _ range: ClosedRange<Int>, of what: String) -> Int? {
        guard let number = node.scalar?.json.int, range.contains(number) else {
            let bounds =
                range.upperBound == .max
                ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
            log.expected("a whole number, \(bounds), for \(what)", at: node)
            return nil
        }
        return number
    }

    func decimal(_ node: YAMLNode, of what: String) -> Double? {
        guard let number = node.scalar?.json.double, number.isFinite else {
            log.expected("a number for \(what)", at: node)
            return nil
        }
        return number
    }

    func truth(_ node: YAMLNode, of what: String) -> Bool? {
        guard let scalar = node.scalar, let truth = scalar.truth else {
            log.expected("true or false for \(what)", at: node)
            return nil
        }
        return truth
    }

    /// `skip: true`: that nothing else may be said leaves no doubt what was meant.
    func expectTrue(_ node: YAMLNode, of what: String) -> Bool {
        guard node.scalar?.truth == true else {
            log.expected("true for \(what)", at: node)
            return false
        }
        return true
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ node: YAMLNode, of what: String) -> Word? {
        guard let text = text(node, of: what) else { return nil }
        guard let word = Word(rawValue: text) else {
            log.unknown(what, text, among: Word.allCases.map(\.rawValue), at: node.mark)
            return nil
        }
        return word
    }

    // MARK: Quantities

    /// A duration with its unit.
    func duration(
        _ node: YAMLNode, of what: String, atLeast: Duration = .zero, upTo longest: Duration = Distribution.longest
    ) -> Duration? {
        guard let text = node.scalar?.text, let duration = Duration(spelled: text) else {
            let number = node.scalar?.text ?? ""
            let example =
                Double(number) == nil || !number.allSatisfy(\.isNumber)
                ? ("200ms", "2s") : ("\(number)ms", "\(number)s")
            log.expected("a duration with its unit for \(what), such as \(example.0) or \(example.1)", at: node)
            return nil
        }
        guard duration <= longest, duration >= atLeast else {
            let bounds =
                atLeast > .zero ? "from \(atLeast.spelled) to \(longest.spelled)" : "no longer than \(longest.spelled)"
            log.expected("a duration \(bounds) for \(what)", at: node)
            return nil
        }
        return duration
    }

    /// A number of bytes, with or without a unit.
    func bytes(_ node: YAMLNode, _ range: ClosedRange<Int>, of what: String) -> Int? {
        guard let scalar = node.scalar, let bytes = ByteCount.read(scalar.text), range.contains(bytes) else {
            let bounds = "\(ByteCount.spelled(range.lowerBound)) to \(ByteCount.spelled(range.upperBound))"
            log.expected("a size, \(bounds), for \(what), such as 512 or 10KB", at: node)
            return nil
        }
        return bytes
    }

    // MARK: Values

    /// Any JSON value, as YAML's core schema has it: what is quoted is a text.
    func json(_ node: YAMLNode) -> JSON? {
        switch node.content {
        case .scalar(let scalar):
            guard scalar.tag == nil || scalar.tag == YAMLScalar.textTag else {
                log.add("expected a value without a tag, got the tag \(scalar.tag ?? "")", at: node.mark)
                return nil
            }
            return scalar.json
        case .sequence(let nodes):
            var values: [JSON] = []
            for node in nodes {
                guard let value = json(node) else { return nil }
                values.append(value)
            }
            return .array(values)
        case .mapping:
            guard let members = members(node, of: "a value") else { return nil }
            var object = JSONObject()
            for (_, name, value) in members {
                guard let value = json(value) else { return nil }
                object.append(name, value)
            }
            return .object(object)
        }
    }
}

extension YAMLScalar {
    static let textTag = "tag:yaml.org,2002:str"

    /// The scalar in YAML 1.2's core schema, except that numbers are JSON's.
    var json: JSON {
        guard isPlain, tag == nil else { return .string(text) }
        if isNull { return .null }
        if let truth { return .bool(truth) }
        return JSONNumber(spelling: text).map { .number($0) } ?? .string(text)
    }

    var isNull: Bool { isPlain && tag == nil && ["", "~", "null", "Null", "NULL"].contains(text) }

    var truth: Bool? {
        guard isPlain, tag == nil else { return nil }
        switch text {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return nil
        }
    }
}
