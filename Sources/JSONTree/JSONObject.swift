/// The members of a JSON object in their order, as a Python dict keeps them.
///
/// A few members are found by looking along them; past ``indexThreshold`` an index is kept, so that an object with
/// thousands of keys (ComfyUI's node table) answers as fast as one with ten.
public struct JSONObject: Sendable {
    /// A member: (key, value).
    public typealias Element = (key: String, value: JSON)

    /// From this number of members on, keys are found by an index.
    static let indexThreshold = 16

    private(set) var members: [Member] = []
    private var index: [ExactKey: Int]?

    struct Member: Sendable, Hashable {
        let key: String
        var value: JSON

        static func == (left: Member, right: Member) -> Bool {
            left.key.isSpelled(as: right.key) && left.value == right.value
        }
    }

    /// An object without members.
    public init() {}

    /// Members in order; a key that comes again replaces the value and keeps the first place.
    public init(_ members: some Sequence<(String, JSON)>) {
        self.members.reserveCapacity(members.underestimatedCount)
        for (key, value) in members { append(key, value) }
    }

    /// The value of a key.
    ///
    /// Setting a key that is there keeps its place, setting a new one appends it, setting nil removes it.
    public subscript(key: String) -> JSON? {
        get { position(of: key).map { members[$0].value } }
        set {
            if let newValue {
                append(key, newValue)
            } else if let place = position(of: key) {
                members.remove(at: place)
                index = nil
                indexIfLarge()
            }
        }
    }

    /// The value of a key, or what stands in for it when the key is missing.
    public subscript(key: String, default value: @autoclosure () -> JSON) -> JSON {
        get { self[key] ?? value() }
        set { self[key] = newValue }
    }

    /// Adds a member at the end, or replaces the value in its place when the key is there already.
    public mutating func append(_ key: String, _ value: JSON) {
        if let place = position(of: key) {
            members[place].value = value
        } else {
            if members.isEmpty { members.reserveCapacity(4) }
            members.append(Member(key: key, value: value))
            index?[ExactKey(key)] = members.count - 1
            if index == nil { indexIfLarge() }
        }
    }

    /// Removes all members that the condition names.
    public mutating func removeAll(where shouldBeRemoved: (Element) throws -> Bool) rethrows {
        try members.removeAll { try shouldBeRemoved(($0.key, $0.value)) }
        index = nil
        indexIfLarge()
    }

    /// Sets the members of another object in this one, as Python's `dict.update`.
    public mutating func merge(_ other: JSONObject) {
        for member in other.members { append(member.key, member.value) }
    }

    /// The number of members.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// The values in order.
    public var values: [JSON] { members.map(\.value) }

    /// Whether the key is there, with whatever value.
    public func contains(key: String) -> Bool { position(of: key) != nil }

    private func position(of key: String) -> Int? {
        if let index { return index[ExactKey(key)] }
        for place in members.indices where members[place].key.isSpelled(as: key) { return place }
        return nil
    }

    private mutating func indexIfLarge() {
        guard members.count > JSONObject.indexThreshold else { return }
        var index = [ExactKey: Int](minimumCapacity: 2 * members.count)
        for (place, member) in members.enumerated() { index[ExactKey(member.key)] = place }
        self.index = index
    }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool { left.members == right.members }

    public func hash(into hasher: inout Hasher) { hasher.combine(members) }
}

extension JSONObject: Sequence {
    /// Walks along the members in order.
    public struct Iterator: IteratorProtocol {
        fileprivate var members: IndexingIterator<[Member]>

        public mutating func next() -> Element? { members.next().map { ($0.key, $0.value) } }
    }

    public func makeIterator() -> Iterator { Iterator(members: members.makeIterator()) }

    public var underestimatedCount: Int { members.count }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}

/// A key that hashes and compares by its bytes.
private struct ExactKey: Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ExactKey, right: ExactKey) -> Bool { left.text.isSpelled(as: right.text) }
}
