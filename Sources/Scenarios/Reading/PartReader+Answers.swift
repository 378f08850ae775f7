internal import JSONTree
internal import YAMLNodes

extension PartReader {
    /// A native error by name, a status, or a mapping for either.
    func error(_ node: YAMLNode) -> Effect? {
        if let scalar = node.scalar {
            if scalar.json.int != nil { return status(node).map { .respond(Response(status: $0)) } }
            return name(node, of: "error").flatMap { name in
                check(errorName: name, at: node.mark)
                return .error(NativeErrorUse(name))
            }
        }
        if node["status"] != nil { return response(node).map { .respond($0) } }
        let known = ["name", "after_messages", "message", "retry_after"]
        guard let fields = fields(node, known, of: "error") else { return nil }
        guard let name = fields["name"] else {
            log.add("error needs name, a native error, or status", at: node.mark)
            return nil
        }
        guard let text = self.name(name, of: "name") else { return nil }
        check(errorName: text, at: name.mark)
        return .error(
            NativeErrorUse(
                text,
                afterMessages: fields["after_messages"].flatMap { number($0, 0...1_000_000_000, of: "after_messages") },
                message: fields["message"].flatMap { self.text($0, of: "message") },
                retryAfter: fields["retry_after"].flatMap {
                    duration($0, of: "retry_after", upTo: .seconds(24 * 3600))
                }))
    }

    private func status(_ node: YAMLNode) -> Int? {
        number(node, 200...999, of: "a status")
    }

    func response(_ node: YAMLNode) -> Response? {
        if node.scalar != nil { return status(node).map { Response(status: $0) } }
        let contents = ["body", "json", "text", "binary"]
        guard let fields = fields(node, ["status", "headers"] + contents, of: "respond") else { return nil }
        var response = Response()
        if let node = fields["status"] {
            guard let status = status(node) else { return nil }
            response.status = status
        }
        if let node = fields["headers"] { response.headers = headers(node) }
        let said = contents.filter { fields[$0] != nil }
        if said.count > 1 { log.add("expected one of \(said.joined(separator: ", ")), got all", at: node.mark) }
        if let name = said.first, let value = fields[name] { response.body = message(name, value) }
        return response
    }

    /// A mapping whose values are texts, or lists of them; or a list of such mappings.
    private func headers(_ node: YAMLNode) -> [HeaderLine] {
        (node.sequence ?? [node]).flatMap { node in
            (members(node, of: "headers") ?? []).flatMap { key, name, value -> [HeaderLine] in
                if name.isEmpty || !name.utf8.allSatisfy(\.isTokenByte) {
                    log.add("expected the name of a field, got \"\(name.clipped)\"", at: key.mark)
                }
                return (value.sequence ?? [value]).compactMap { node -> HeaderLine? in
                    guard let text = text(node, of: name.clipped) else { return nil }
                    guard !text.unicodeScalars.contains(where: { $0 == "\r" || $0 == "\n" || $0 == "\0" }) else {
                        log.add("expected the value of a field on one line", at: node.mark)
                        return nil
                    }
                    return HeaderLine(name, text)
                }
            }
        }
    }
}

extension UInt8 {
    /// Whether a name of a field may hold it (RFC 9110 section 5.6.2).
    fileprivate var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
