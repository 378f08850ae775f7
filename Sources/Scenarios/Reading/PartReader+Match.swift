internal import JSONTree
internal import YAMLNodes

/// A match with the places of its words, for complaints about what they mean.
struct LocatedMatch {
    var match: Match
    var whole: YAMLMark
    var fake: YAMLMark
    /// Of the method or the verb.
    var verb: YAMLMark
    /// Of the path or the type.
    var object: YAMLMark
}

extension PartReader {
    static let verbs = ["connect", "opens", "receives", "sends"]
    static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    private static let subjectFields = ["method", "path", "connect", "opens", "receives", "sends"]

    /// `comfyui POST /prompt`, or the same as a mapping.
    func match(_ node: YAMLNode) -> LocatedMatch? {
        if let scalar = node.scalar, scalar.json.string != nil { return match(scalar, at: node.mark) }
        guard node.mapping != nil,
            let fields = fields(node, ["fake"] + Self.subjectFields + Self.conditionWords, of: "on")
        else {
            if node.mapping == nil {
                log.expected("what the rule is about, such as \"comfyui POST /prompt\"", at: node)
            }
            return nil
        }
        guard let fakeNode = fields["fake"] else {
            log.add("on needs fake: comfyui, litellm, gradio or any", at: node.mark)
            return nil
        }
        let conditions = conditions(node)
        guard let name = name(fakeNode, of: "fake"), let fake = fake(name, at: fakeNode.mark) else { return nil }
        guard let (subject, verb, object) = subject(fields, node) else { return nil }
        return LocatedMatch(
            match: Match(fake: fake, subject: subject, conditions: conditions), whole: node.mark, fake: fakeNode.mark,
            verb: verb, object: object)
    }

    private func match(_ scalar: YAMLScalar, at mark: YAMLMark) -> LocatedMatch? {
        // Inside a quoted scalar, its words stand behind the quote.
        let start = mark.column + (scalar.isPlain ? 0 : 1)
        let words = scalar.text.words.map {
            (text: $0.text, mark: YAMLMark(line: mark.line, column: start + $0.offset))
        }
        guard let first = words.first else {
            log.add("expected what the rule is about, such as \"comfyui POST /prompt\", got nothing", at: mark)
            return nil
        }
        let fake = fake(first.text, at: first.mark)
        var subject: Subject?
        var used = 2
        let verb = words.count > 1 ? words[1] : first
        let object = words.count > 2 ? words[2] : nil
        switch verb.text {
        case _ where words.count == 1: subject = .whole
        case "connect": subject = .connect
        case "receives", "sends":
            let type = object.flatMap { $0.text == "*" ? nil : $0.text }
            subject = verb.text == "sends" ? .sends(type: type) : .receives(type: type)
            used = 3
        case _ where verb.text.beginsWithSlash:
            subject = path(verb.text, at: verb.mark).map { .request(method: nil, path: $0) }
        case "opens", "ANY",
            _ where Self.methods.contains(verb.text):
            guard let object else {
                log.add("expected a path after \(verb.text)", at: verb.mark)
                return nil
            }
            let method = verb.text == "ANY" ? nil : verb.text
            subject = path(object.text, at: object.mark).map {
                verb.text == "opens" ? .opens(path: $0) : .request(method: method, path: $0)
            }
            used = 3
        default:
            log.unknown(
                "thing that happens", verb.text, among: Self.verbs + Self.methods, at: verb.mark)
        }
        if words.count > used, subject != nil {
            log.add("expected nothing more, got \"\(words[used].text.clipped)\"", at: words[used].mark)
        }
        guard let fake, let subject else { return nil }
        let objectMark = object?.mark ?? verb.mark
        return LocatedMatch(
            match: Match(fake: fake, subject: subject), whole: mark, fake: first.mark, verb: verb.mark,
            object: objectMark)
    }

    /// `comfyui`, `gradio.wan2gp`, `any`.
    private func fake(_ text: String, at mark: YAMLMark) -> FakePattern? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ !$0.isEmpty }) else {
            log.add("expected a fake, such as comfyui or gradio.wan2gp, got \"\(text.clipped)\"", at: mark)
            return nil
        }
        return FakePattern(kind: parts[0] == "any" ? nil : parts[0], id: parts.count > 1 ? parts[1] : nil)
    }

    private func subject(
        _ fields: [String: YAMLNode], _ node: YAMLNode
    ) -> (Subject, verb: YAMLMark, object: YAMLMark)? {
        let said = Self.subjectFields.filter { fields[$0] != nil }
        guard said.count < 2 || said == ["method", "path"] else {
            log.add("expected one of \(said.joined(separator: ", ")), got \(said.count)", at: node.mark)
            return nil
        }
        guard let name = said.first, let value = fields[name] else { return (.whole, node.mark, node.mark) }
        switch name {
        case "connect": return expectTrue(value, of: "connect") ? (.connect, value.mark, value.mark) : nil
        case "opens":
            guard let path = path(value) else { return nil }
            return (.opens(path: path), value.mark, value.mark)
        case "receives", "sends":
            guard let text = text(value, of: name) else { return nil }
            let isAny = value.scalar?.truth == true || text == "*"
            return (
                name == "sends" ? .sends(type: isAny ? nil : text) : .receives(type: isAny ? nil : text), value.mark,
                value.mark
            )
        default:
            var method: String?
            if let node = fields["method"] {
                guard let text = text(node, of: "method") else { return nil }
                guard Self.methods.contains(text) || text == "ANY" else {
                    log.unknown("method", text, among: Self.methods, at: node.mark)
                    return nil
                }
                method = text == "ANY" ? nil : text
            }
            guard let node = fields["path"] else {
                return (.request(method: method, path: PathTemplate("/*")), value.mark, value.mark)
            }
            guard let path = path(node) else { return nil }
            return (.request(method: method, path: path), value.mark, node.mark)
        }
    }

    private func path(_ node: YAMLNode) -> PathTemplate? {
        guard let text = text(node, of: "a path") else { return nil }
        return path(text, at: node.mark)
    }

    private func path(_ text: String, at mark: YAMLMark) -> PathTemplate? {
        if let fault = PathTemplate.fault(in: text) {
            log.add("\(fault), got \"\(text.clipped)\"", at: mark)
            return nil
        }
        return PathTemplate(text)
    }
}

extension PathTemplate {
    /// What is wrong with the spelling of a template, nil if nothing is.
    static func fault(in text: String) -> String? {
        for path in text.split(separator: "|", omittingEmptySubsequences: false) {
            if let fault = fault(inAlternative: path) { return fault }
        }
        return nil
    }

    private static func fault(inAlternative text: Substring) -> String? {
        guard text.beginsWithSlash else { return "expected a path that begins with a slash" }
        if text.contains("?") { return "expected a path without a query, which is for `when: { query: … }`" }
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        for (number, segment) in segments.enumerated() {
            let opened = segment.utf8.count { $0 == UInt8(ascii: "{") }
            let closed = segment.utf8.count { $0 == UInt8(ascii: "}") }
            guard opened <= 1, opened == closed else { return "expected at most one {hole} in a segment of a path" }
            if opened == 1, let open = segment.firstIndex(of: "{"), let close = segment.firstIndex(of: "}") {
                guard open < close else { return "expected a {hole} in a path" }
                let isRest = segment[..<close].hasSuffix("...")
                if isRest, number < segments.count - 1 || segment.last != "}" {
                    return "expected {...} at the end of the path only"
                }
            }
            if segment.contains("*"), number < segments.count - 1 || segment != "*" && segment != "**" {
                return "expected * as the last segment of the path only"
            }
        }
        return nil
    }
}

extension StringProtocol {
    /// Whether a slash comes first, whatever letter may grow together with it.
    var beginsWithSlash: Bool { utf8.first == UInt8(ascii: "/") }
}

extension String {
    /// The words between blanks, with the number of characters before each.
    var words: [(text: String, offset: Int)] {
        var words: [(text: String, offset: Int)] = []
        var word = ""
        var offset = 0
        for scalar in unicodeScalars {
            if scalar.properties.isWhitespace {
                if !word.isEmpty { words.append((word, offset - word.unicodeScalars.count)) }
                word = ""
            } else {
                word.unicodeScalars.append(scalar)
            }
            offset += 1
        }
        if !word.isEmpty { words.append((word, offset - word.unicodeScalars.count)) }
        return words
    }
}
