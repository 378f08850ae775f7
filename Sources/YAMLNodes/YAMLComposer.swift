/// Makes nodes of events: resolves aliases and merge keys, refuses what stands there twice.
struct YAMLComposer {
    /// Nodes of a document, those that aliases bring counted each time: a short text of aliases to aliases could
    /// stand for more than memory holds.
    private static let mostNodes = 1_000_000
    /// How deep nodes may lie in one another.
    private static let mostLevels = 200

    private let events: YAMLEvents
    private var anchors: [String: (node: YAMLNode, size: Int)] = [:]
    private var count = 0
    private var level = 0

    init(_ events: YAMLEvents) {
        self.events = events
    }

    /// The only document, nil if there is none.
    mutating func document() throws(YAMLError) -> YAMLNode? {
        guard case (.documentStart, _) = try events.next() else { return nil }
        let (event, mark) = try events.next()
        let root = try node(event, mark)
        let (after, place) = try events.next()
        guard case .end = after else { throw YAMLError(message: "expected one document, found another", mark: place) }
        return root
    }

    private mutating func node(_ event: YAMLEvent, _ mark: YAMLMark) throws(YAMLError) -> YAMLNode {
        let before = count
        try grow(by: 1, at: mark)
        level += 1
        defer { level -= 1 }
        guard level <= Self.mostLevels else {
            throw YAMLError(message: "nested deeper than \(Self.mostLevels) levels", mark: mark)
        }
        switch event {
        case .scalar(let scalar, let anchor):
            return remember(YAMLNode(content: .scalar(scalar), mark: mark), as: anchor, size: 1)
        case .alias(let name):
            guard let (node, size) = anchors[name] else {
                throw YAMLError(message: "the alias *\(name) has no anchor before it", mark: mark)
            }
            try grow(by: size, at: mark)
            return node
        case .sequenceStart(let anchor):
            var nodes: [YAMLNode] = []
            while true {
                let (event, mark) = try events.next()
                if case .sequenceEnd = event { break }
                nodes.append(try node(event, mark))
            }
            return remember(YAMLNode(content: .sequence(nodes), mark: mark), as: anchor, size: count - before)
        case .mappingStart(let anchor):
            let members = try self.members()
            return remember(YAMLNode(content: .mapping(members), mark: mark), as: anchor, size: count - before)
        case .documentStart, .sequenceEnd, .mappingEnd, .end:
            throw YAMLError(message: "expected a value", mark: mark)
        }
    }

    private mutating func members() throws(YAMLError) -> [(key: YAMLNode, value: YAMLNode)] {
        var members: [(key: YAMLNode, value: YAMLNode)] = []
        var merged: [(key: YAMLNode, value: YAMLNode)] = []
        var names: Set<String> = []
        while true {
            let (event, mark) = try events.next()
            if case .mappingEnd = event { break }
            let key = try node(event, mark)
            let (valueEvent, valueMark) = try events.next()
            let value = try node(valueEvent, valueMark)
            if let scalar = key.scalar {
                if scalar.isPlain, scalar.text == "<<" {
                    merged += try Self.mergeable(value)
                    continue
                }
                guard names.insert(scalar.text).inserted else {
                    throw YAMLError(message: "the key \"\(scalar.text)\" stands here twice", mark: key.mark)
                }
            }
            members.append((key, value))
        }
        // What stands in the mapping itself wins over what is merged, and an earlier merge over a later one.
        for member in merged {
            if let name = member.key.scalar?.text, !names.insert(name).inserted { continue }
            members.append(member)
        }
        return members
    }

    private static func mergeable(_ node: YAMLNode) throws(YAMLError) -> [(key: YAMLNode, value: YAMLNode)] {
        if let mapping = node.mapping { return mapping }
        var members: [(key: YAMLNode, value: YAMLNode)] = []
        for element in node.sequence ?? [node] {
            guard let mapping = element.mapping else {
                throw YAMLError(message: "expected a mapping to merge", mark: element.mark)
            }
            members += mapping
        }
        return members
    }

    private mutating func remember(_ node: YAMLNode, as anchor: String?, size: Int) -> YAMLNode {
        if let anchor { anchors[anchor] = (node, size) }
        return node
    }

    private mutating func grow(by size: Int, at mark: YAMLMark) throws(YAMLError) {
        count += size
        guard count <= Self.mostNodes else {
            throw YAMLError(message: "more than \(Self.mostNodes) nodes", mark: mark)
        }
    }
}
