internal import Encodings
internal import JSONTree
internal import YAMLNodes

extension PartReader {
    /// `body` is text or JSON, whichever it looks like.
    func message(_ name: String, _ node: YAMLNode) -> Message? {
        switch name {
        case "json": return json(node).map { .json($0) }
        case "text": return text(node, of: name).map { .text($0) }
        case "binary":
            guard let text = text(node, of: name), let bytes = Base64.decode(text, isStrict: true) else {
                log.expected("bytes in base64 for binary", at: node)
                return nil
            }
            return .binary(bytes)
        default:
            guard let value = json(node) else { return nil }
            return value.string.map { .text($0) } ?? .json(value)
        }
    }

    func send(_ node: YAMLNode) -> Effect? {
        if node.scalar != nil { return text(node, of: "send").map { .send(.text($0), times: 1) } }
        let contents = ["json", "text", "binary"]
        guard let fields = fields(node, contents + ["times"], of: "send") else { return nil }
        let said = contents.filter { fields[$0] != nil }
        guard said.count == 1, let name = said.first, let value = fields[name] else {
            log.add("send needs one of \(contents.joined(separator: ", "))", at: node.mark)
            return nil
        }
        let times = fields["times"].map { number($0, 1...Self.mostTimes, of: "times") } ?? 1
        guard let message = message(name, value), let times else { return nil }
        return .send(message, times: times)
    }

    /// Pointers with what becomes of them; `remove` lists those that go.
    func edits(_ node: YAMLNode) -> [Edit]? {
        guard let members = members(node, of: "edit") else { return nil }
        guard !members.isEmpty else {
            log.expected("pointers with their values for edit, such as {\"/data/value\": 1}", at: node)
            return nil
        }
        return members.flatMap { key, name, value -> [Edit] in
            if name == "remove" {
                return (value.sequence ?? [value]).compactMap { node in
                    guard let pointer = text(node, of: name), isPointer(pointer, at: node.mark) else { return nil }
                    return Edit(pointer: pointer, value: nil)
                }
            }
            guard isPointer(name, at: key.mark), let value = json(value) else { return [] }
            return [Edit(pointer: name, value: value)]
        }
    }

    private func isPointer(_ text: String, at mark: YAMLMark) -> Bool {
        if text.isEmpty || text.beginsWithSlash { return true }
        log.add("expected a pointer that begins with a slash, or remove, got \"\(text.clipped)\"", at: mark)
        return false
    }
}
