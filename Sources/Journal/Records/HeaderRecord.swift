/// The header fields of a request or an answer, in their order and spelling.
///
/// Whoever appends may hand in a closure that makes them: it runs when somebody reads them, which is seldom, and not
/// when they are written down, which is always.
public struct HeaderRecord: Sendable, ExpressibleByDictionaryLiteral {
    /// About how many bytes they take, for the journal's bound.
    public let size: Int
    private let make: @Sendable () -> [(name: String, value: String)]

    /// Fields that are made when they are read.
    ///
    /// - Parameter size: names and values together, in bytes.
    public init(size: Int, _ make: @escaping @Sendable () -> [(name: String, value: String)]) {
        self.size = size
        self.make = make
    }

    /// Fields as they stand in an array.
    public init(_ fields: [(String, String)] = []) {
        self.init(size: fields.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count }) {
            fields.map { (name: $0.0, value: $0.1) }
        }
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }

    /// All fields, repeated ones as often as they came.
    public var fields: [(name: String, value: String)] { make() }

    /// The first value of a field, whatever the case of its name.
    public subscript(name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name.lowercased() == name }?.value
    }

    /// Every value of a field, whatever the case of its name.
    public func all(_ name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name.lowercased() == name }.map(\.value)
    }
}
