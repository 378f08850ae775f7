internal import JSONTree
internal import YAMLNodes

/// YAML as a JSON tree, with plain scalars read as PyYAML reads them (YAML 1.1), for that is what the real proxy uses.
enum YAMLTree {
    /// Reads one document. An empty one is an empty object.
    ///
    /// - Throws: the parser's error, which names line and column.
    static func read(_ text: String) throws(YAMLError) -> JSON {
        guard let node = try YAMLNode.document(of: text) else { return [:] }
        return value(of: node)
    }

    static func value(of node: YAMLNode) -> JSON {
        switch node.content {
        case .scalar(let scalar): return value(of: scalar)
        case .sequence(let nodes): return .array(nodes.map { value(of: $0) })
        case .mapping(let pairs):
            var object = JSONObject()
            for (key, child) in pairs { object[key.scalar?.text ?? ""] = value(of: child) }
            return .object(object)
        }
    }

    private static func value(of scalar: YAMLScalar) -> JSON {
        let text = scalar.text
        guard scalar.isPlain else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return true
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return false
        default: break
        }
        guard let first = text.utf8.first, first < 0x3A, first != 0x2F else { return .string(text) }
        if let integer = Int(text) { return .int(integer) }
        let digits = text.filter { $0 != "_" }
        if digits.utf8.contains(UInt8(ascii: ".")), let number = Double(digits), number.isFinite {
            return .double(number)
        }
        return .string(text)
    }
}

/// A configuration that cannot be used: what was expected, what stood there, and in which file.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    /// One sentence for the person who wrote the file.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
