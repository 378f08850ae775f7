/// A node of a YAML document that knows where it stands, so that a complaint about it can say so.
///
/// Read by libyaml. Scalars stay texts: whether `yes` is a truth value is for the reader of the document to say, and the
/// imitated servers differ in it.
public struct YAMLNode: Sendable {
    /// What a node holds.
    public enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order of the document; no key stands there twice.
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    /// What it holds.
    public let content: Content
    /// Where it begins.
    public let mark: YAMLMark

    /// A node made elsewhere, by readers of other notations that share what reads the nodes.
    public init(content: Content, mark: YAMLMark) {
        self.content = content
        self.mark = mark
    }

    /// The first and only document of a text; nil if it holds none.
    ///
    /// Aliases are replaced by what they stand for, and merge keys (`<<`) by the members that they bring.
    ///
    /// - Throws: ``YAMLError`` for what is no YAML, a second document, a key that stands there twice, an alias
    ///   without an anchor, and a document of millions of nodes.
    public static func document(of text: String) throws(YAMLError) -> YAMLNode? {
        var composer = YAMLComposer(YAMLEvents(text))
        return try composer.document()
    }

    /// The scalar, nil if it is another node.
    public var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The elements of a sequence, nil if it is another node.
    public var sequence: [YAMLNode]? {
        if case .sequence(let nodes) = content { nodes } else { nil }
    }

    /// The members of a mapping, nil if it is another node.
    public var mapping: [(key: YAMLNode, value: YAMLNode)]? {
        if case .mapping(let members) = content { members } else { nil }
    }

    /// The value of a key, nil if it is missing or this is no mapping.
    public subscript(key: String) -> YAMLNode? {
        mapping?.first { $0.key.scalar?.text == key }?.value
    }
}

/// A single value.
public struct YAMLScalar: Sendable, Hashable {
    /// The text, quotes and escapes taken away.
    public let text: String
    /// Whether it stands there without quotes, so that it may mean a number, a truth value or nothing.
    public let isPlain: Bool
    /// Its tag if one was given, such as `!secret` or `tag:yaml.org,2002:str`.
    public let tag: String?

    /// A scalar made elsewhere.
    public init(text: String, isPlain: Bool, tag: String? = nil) {
        self.text = text
        self.isPlain = isPlain
        self.tag = tag
    }
}

/// A place in a document, counted from 1.
public struct YAMLMark: Sendable, Hashable {
    /// The line.
    public let line: Int
    /// The column, in characters.
    public let column: Int

    /// A place.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// Why a text could not be read.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, in a few words.
    public let message: String
    /// Where.
    public let mark: YAMLMark

    /// Place and message: `3:7: did not find expected key`.
    public var description: String { "\(mark.line):\(mark.column): \(message)" }
}
