public import JSONTree
internal import Words

/// A new value for one member of a fake's state, as a user wrote it.
///
/// ```swift
/// isPaused = try StateChange("paused", value).bool()
/// ```
public struct StateChange: Sendable {
    /// The member's name, `/` leading from one into the next: for errors.
    public let name: String
    /// The last part of it, which may hold slashes of its own.
    public let last: String
    public let value: JSON

    public init(_ name: String, _ value: JSON) {
        self.init(name, last: name, value)
    }

    private init(_ name: String, last: String, _ value: JSON) {
        self.name = name
        self.last = last
        self.value = value
    }

    public func bool() throws(StateError) -> Bool {
        guard let bool = value.bool else { throw expected("true or false") }
        return bool
    }

    /// A whole number that is not negative.
    public func count(atMost most: Int = .max) throws(StateError) -> Int {
        guard let number = value.int, number >= 0 else { throw expected("a whole number, 0 or more") }
        if number > most { throw expected("at most \(most)") }
        return number
    }

    /// A number that is not negative.
    public func amount() throws(StateError) -> Double {
        guard let number = value.double, number >= 0, number.isFinite else { throw expected("a number, 0 or more") }
        return number
    }

    public func text() throws(StateError) -> String {
        guard let text = value.string else { throw expected("a text") }
        return text
    }

    public func texts() throws(StateError) -> [String] {
        guard let values = value.array else { throw expected("a list of texts") }
        var texts: [String] = []
        for value in values {
            guard let text = value.string else { throw expected("a list of texts") }
            texts.append(text)
        }
        return texts
    }

    /// The members of an object, each under this one's name.
    public func members() throws(StateError) -> [StateChange] {
        guard let object = value.object else { throw expected("an object") }
        return object.map { StateChange("\(name)/\($0.key)", last: $0.key, $0.value) }
    }

    /// The error that says what should have come.
    public func expected(_ what: String) -> StateError { StateError(name, "expected \(what), got \(value.text())") }

    /// The error of a member that only tells.
    public var isReadOnly: StateError {
        StateError(name, "it follows from what the fake does; it can be read, not set")
    }

    /// The error of a name that is none.
    public func isUnknown(among known: [String]) -> StateError {
        StateError(name, "there is no such member; \(advice(for: last, among: known))")
    }
}
