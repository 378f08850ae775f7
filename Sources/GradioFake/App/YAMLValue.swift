import JSONTree
import YAMLNodes

/// A node of an app file that knows where it stands.
struct YAMLValue {
    let node: YAMLNode
    let file: String

    /// Reads a whole file.
    init(parsing text: String, file: String) throws(AppFileError) {
        self.file = file
        let root: YAMLNode?
        do {
            root = try YAMLNode.document(of: text)
        } catch {
            throw AppFileError(file: file, line: error.mark.line, column: error.mark.column, message: error.message)
        }
        guard let root else { throw AppFileError(file: file, line: 1, column: 1, message: "the file is empty") }
        node = root
    }

    private init(node: YAMLNode, file: String) {
        self.node = node
        self.file = file
    }

    /// An error at this place.
    func error(_ message: String) -> AppFileError {
        AppFileError(file: file, line: node.mark.line, column: node.mark.column, message: message)
    }

    /// The members of a mapping in order.
    func members() throws(AppFileError) -> [(key: YAMLValue, value: YAMLValue)] {
        guard let mapping = node.mapping else { throw error("expected a mapping of keys and values") }
        return mapping.map { (YAMLValue(node: $0.key, file: file), YAMLValue(node: $0.value, file: file)) }
    }

    /// The elements of a sequence.
    func elements() throws(AppFileError) -> [YAMLValue] {
        guard let sequence = node.sequence else { throw error("expected a list") }
        return sequence.map { YAMLValue(node: $0, file: file) }
    }

    var isMapping: Bool { node.mapping != nil }
    var isSequence: Bool { node.sequence != nil }

    /// The text of a scalar, whatever it looks like.
    func text() throws(AppFileError) -> String {
        guard let scalar = node.scalar else { throw error("expected a text") }
        return scalar.text
    }

    /// A whole number.
    func whole() throws(AppFileError) -> Int {
        guard let value = try json().int else { throw error("expected a whole number") }
        return value
    }

    /// `true` or `false`.
    func flag() throws(AppFileError) -> Bool {
        guard let value = try json().bool else { throw error("expected true or false") }
        return value
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable & CaseIterable>(_: Word.Type) throws(AppFileError) -> Word
    where Word.RawValue == String {
        let text = try text()
        guard let word = Word(rawValue: text) else {
            let choices = Word.allCases.map(\.rawValue)
            let list = choices.map { "\"\($0)\"" }.joined(separator: ", ")
            throw error("\"\(text)\" is none of \(list)" + hint(for: text, in: choices))
        }
        return word
    }

    /// The value as JSON; numbers keep their spelling.
    func json() throws(AppFileError) -> JSON {
        switch node.content {
        case .scalar(let scalar): return Self.json(of: scalar)
        case .sequence:
            var values: [JSON] = []
            for element in try elements() { values.append(try element.json()) }
            return .array(values)
        case .mapping:
            var object = JSONObject()
            for (key, value) in try members() { object.append(try key.text(), try value.json()) }
            return .object(object)
        }
    }

    /// The value as a template: texts may have places to be filled in.
    func template() throws(AppFileError) -> ValueTemplate {
        switch node.content {
        case .scalar:
            guard case .string(let text) = try json() else { return .constant(try json()) }
            do { return try ValueTemplate(parsing: text) } catch { throw self.error(error) }
        case .sequence:
            var parts: [ValueTemplate] = []
            for element in try elements() { parts.append(try element.template()) }
            return .list(parts)
        default:
            var parts: [(String, ValueTemplate)] = []
            for (key, value) in try members() { parts.append((try key.text(), try value.template())) }
            return .object(parts)
        }
    }

    /// The value as an expression: a text without braces around it.
    func expression() throws(AppFileError) -> ValueTemplate {
        guard case .string(let text) = try json() else { return .constant(try json()) }
        do {
            if text.hasPrefix("{"), text.hasSuffix("}") { return try ValueTemplate(parsing: text) }
            return .expression(try ExpressionParser.parse(text))
        } catch { throw self.error(error) }
    }

    private func error(_ fault: ExpressionParser.Fault) -> AppFileError {
        error(fault.message + (fault.word.map { hint(for: $0, in: fault.choices) } ?? ""))
    }

    /// YAML 1.2's core schema; quoted texts stay texts.
    private static func json(of scalar: YAMLScalar) -> JSON {
        guard scalar.isPlain else { return .string(scalar.text) }
        switch scalar.text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return JSONNumber(spelling: scalar.text).map { .number($0) } ?? .string(scalar.text)
        }
    }
}
