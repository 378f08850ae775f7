internal import YAMLNodes

/// A rule on one line, taken apart into the nodes of the rule that a file would hold.
///
/// ```
/// litellm POST /v1/chat/completions: error rate_limit, first 3
/// comfyui sends progress: drop {how: reset, after_bytes: 512}, nth 5 per client
/// gradio.wan2gp: refuse 3s, state lost, at 10s
/// ```
/// Behind the colon stand clauses with commas between them. A clause is a word and what it takes: a value, pairs of
/// names and values, or one value and pairs (`error rate_limit retry_after 2s`). A value is a word, or YAML in
/// brackets or quotes. Words of `when` and of its conditions stand beside the effects; `once` means `times 1`.
struct RuleLine {
    private let characters: [Unicode.Scalar]
    private let mark: YAMLMark
    private let log: ProblemLog

    /// - Parameter mark: where the line begins.
    init(_ text: String, at mark: YAMLMark, _ log: ProblemLog) {
        characters = Array(text.unicodeScalars)
        self.mark = mark
        self.log = log
    }

    /// The rule as a mapping; nil if the line cannot be taken apart, which has been noted.
    func node() -> YAMLNode? {
        guard !characters.contains(where: { $0 == "\n" || $0 == "\r" }) else {
            log.add("expected a rule on one line", at: mark)
            return nil
        }
        guard
            let colon = characters.indices.first(where: { index in
                characters[index] == ":"
                    && (index + 1 == characters.count || characters[index + 1].properties.isWhitespace)
            })
        else {
            log.add(
                "expected a colon and effects, as in \"comfyui POST /prompt: error out_of_memory\"",
                at: place(characters.count))
            return nil
        }
        guard let clauses = pieces(from: colon + 1, to: characters.count, at: ",") else { return nil }
        let noted = log.count
        var effects: [YAMLNode] = []
        var when: [(key: YAMLNode, value: YAMLNode)] = []
        var members: [(key: YAMLNode, value: YAMLNode)] = []
        for clause in clauses {
            guard let words = pieces(from: clause.lowerBound, to: clause.upperBound, at: nil) else { return nil }
            guard let first = words.first else {
                log.add("expected an effect or a condition, got nothing", at: place(clause.lowerBound))
                continue
            }
            guard let values = values(words.dropFirst()) else { return nil }
            read(scalar(first), Array(values), &members, &when, &effects)
        }
        // An effect that cannot be read is not one that is missing.
        guard !effects.isEmpty || log.count == noted else { return nil }
        let start = characters[..<colon].firstIndex { !$0.properties.isWhitespace } ?? 0
        let on = YAMLNode(
            content: .scalar(YAMLScalar(text: text(start..<colon), isPlain: true)), mark: place(start))
        members.append((key("on", on.mark), on))
        if !when.isEmpty {
            members.append((key("when", when[0].key.mark), YAMLNode(content: .mapping(when), mark: when[0].key.mark)))
        }
        if !effects.isEmpty {
            members.append(
                (key("effects", effects[0].mark), YAMLNode(content: .sequence(effects), mark: effects[0].mark)))
        }
        return YAMLNode(content: .mapping(members), mark: mark)
    }

    private func read(
        _ word: YAMLNode, _ values: [YAMLNode], _ members: inout [(key: YAMLNode, value: YAMLNode)],
        _ when: inout [(key: YAMLNode, value: YAMLNode)], _ effects: inout [YAMLNode]
    ) {
        let name = word.scalar?.text ?? ""
        let isState = name == "state" && (values.count > 1 || values.first?.mapping != nil)
        switch name {
        case "once":
            add(
                key("times", word.mark),
                YAMLNode(content: .scalar(YAMLScalar(text: "1", isPlain: true)), mark: word.mark), to: &when)
            readTrigger(values, &when)
        case "name":
            if let value = argument(of: word, values, primary: nil) { add(word, value, to: &members) }
        case _ where PartReader.triggerWords.contains(name): readTrigger([word] + values, &when)
        case _ where isState || name != "state" && PartReader.conditionWords.contains(name):
            if let value = argument(of: word, values, primary: nil) { add(word, value, to: &when) }
        default:
            let primary = ["drop": "how", "error": "name", "respond": "status"][name]
            guard let value = argument(of: word, values, primary: primary) else { return }
            effects.append(YAMLNode(content: .mapping([(word, value)]), mark: word.mark))
        }
    }

    /// `first 3 per client`: words of `when`, each with its value.
    private func readTrigger(_ words: [YAMLNode], _ when: inout [(key: YAMLNode, value: YAMLNode)]) {
        for index in stride(from: 0, to: words.count, by: 2) {
            guard index + 1 < words.count else {
                log.add("expected a value after \(words[index].gist)", at: words[index].mark)
                return
            }
            add(words[index], words[index + 1], to: &when)
        }
    }

    private func add(
        _ word: YAMLNode, _ value: YAMLNode, to members: inout [(key: YAMLNode, value: YAMLNode)]
    ) {
        if members.contains(where: { $0.key.scalar?.text == word.scalar?.text }) {
            log.add("\(word.gist) stands here twice", at: word.mark)
        } else {
            members.append((word, value))
        }
    }

    /// The words behind a word as one value. Nothing means true.
    private func argument(of word: YAMLNode, _ values: [YAMLNode], primary: String?) -> YAMLNode? {
        switch values.count {
        case 0: return YAMLNode(content: .scalar(YAMLScalar(text: "true", isPlain: true)), mark: word.mark)
        case 1: return values[0]
        default:
            var values = values
            if !values.count.isMultiple(of: 2) {
                guard let primary else {
                    log.add(
                        "expected names with their values after \(word.gist), got \(values.count) words",
                        at: values[0].mark)
                    return nil
                }
                values.insert(key(primary, values[0].mark), at: 0)
            }
            var members: [(key: YAMLNode, value: YAMLNode)] = []
            for index in stride(from: 0, to: values.count, by: 2) {
                add(values[index], values[index + 1], to: &members)
            }
            return YAMLNode(content: .mapping(members), mark: values[0].mark)
        }
    }

    // MARK: Letters

    private func place(_ offset: Int) -> YAMLMark { YAMLMark(line: mark.line, column: mark.column + offset) }

    private func key(_ name: String, _ mark: YAMLMark) -> YAMLNode {
        YAMLNode(content: .scalar(YAMLScalar(text: name, isPlain: true)), mark: mark)
    }

    private func text(_ range: Range<Int>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: characters[range])
        return text
    }

    private func scalar(_ range: Range<Int>) -> YAMLNode {
        YAMLNode(content: .scalar(YAMLScalar(text: text(range), isPlain: true)), mark: place(range.lowerBound))
    }

    private func values(_ words: ArraySlice<Range<Int>>) -> [YAMLNode]? {
        var values: [YAMLNode] = []
        for range in words {
            guard "{[\"'".unicodeScalars.contains(characters[range.lowerBound]) else {
                values.append(scalar(range))
                continue
            }
            do {
                guard let node = try YAMLNode.document(of: text(range)) else { return nil }
                values.append(node.moved(by: range.lowerBound, from: mark))
            } catch {
                log.add(error.message, at: place(range.lowerBound + error.mark.column - 1))
                return nil
            }
        }
        return values
    }

    /// The pieces between separators (nil: blanks) outside brackets and quotes, blanks around them taken away.
    private func pieces(from start: Int, to end: Int, at separator: Unicode.Scalar?) -> [Range<Int>]? {
        var pieces: [Range<Int>] = []
        var brackets: [Int] = []
        var quote: (scalar: Unicode.Scalar, at: Int)?
        var first = start
        func close(_ end: Int) {
            var range = first..<end
            while let head = range.first, characters[head].properties.isWhitespace { range = range.dropFirst() }
            while let tail = range.last, characters[tail].properties.isWhitespace { range = range.dropLast() }
            if separator != nil || !range.isEmpty { pieces.append(range) }
            first = end + 1
        }
        var index = start
        while index < end {
            let scalar = characters[index]
            if let open = quote {
                if scalar == "\\", open.scalar == "\"" { index += 1 } else if scalar == open.scalar { quote = nil }
            } else {
                let isStart = index == first || characters[index - 1].properties.isWhitespace || !brackets.isEmpty
                switch scalar {
                case "\"", "'": if isStart { quote = (scalar, index) }
                case "{", "[": if isStart { brackets.append(index) }
                case "}", "]": if !brackets.isEmpty { brackets.removeLast() }
                default:
                    let parts = separator.map { $0 == scalar } ?? scalar.properties.isWhitespace
                    if brackets.isEmpty, parts { close(index) }
                }
            }
            index += 1
        }
        if let open = quote?.at ?? brackets.last {
            log.add("expected the end of what begins with \(characters[open])", at: place(open))
            return nil
        }
        close(end)
        return pieces
    }
}

extension YAMLNode {
    /// The same node in a text that it is a part of.
    fileprivate func moved(by offset: Int, from start: YAMLMark) -> YAMLNode {
        let mark = YAMLMark(line: start.line, column: start.column + offset + mark.column - 1)
        switch content {
        case .scalar: return YAMLNode(content: content, mark: mark)
        case .sequence(let nodes):
            return YAMLNode(content: .sequence(nodes.map { $0.moved(by: offset, from: start) }), mark: mark)
        case .mapping(let members):
            let moved = members.map {
                (key: $0.moved(by: offset, from: start), value: $1.moved(by: offset, from: start))
            }
            return YAMLNode(content: .mapping(moved), mark: mark)
        }
    }
}

extension PartReader {
    /// A rule on one line.
    func line(_ text: String, at mark: YAMLMark) -> Rule? {
        RuleLine(text, at: mark, log).node().flatMap { rule($0) }
    }
}
