extension JSON {
    /// The member of an object; nil for a missing key and for a value that is no object.
    ///
    /// Setting nil removes the key. Setting a member of something that is no object makes it one.
    public subscript(key: String) -> JSON? {
        get {
            if case .object(let object) = self { object[key] } else { nil }
        }
        set {
            var object = JSONObject()
            if case .object(let held) = self { object = held }
            self = .null  // leaves `object` the only owner, so that it changes in place
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The element of an array; nil past its end and for a value that is no array.
    public subscript(index: Int) -> JSON? {
        if case .array(let array) = self, array.indices.contains(index) { array[index] } else { nil }
    }

    /// The text of a string, else nil.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The value of a number spelled as an integer that an `Int` holds, else nil; `1.0` has none.
    public var int: Int? { number?.int }

    /// The value of any number, as near as a `Double` comes.
    public var double: Double? { number?.double }

    /// The number with its spelling, else nil.
    public var number: JSONNumber? {
        if case .number(let value) = self { value } else { nil }
    }

    /// `true` or `false`, else nil: numbers are not taken for them.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements of an array, else nil.
    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of an object, else nil.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// Whether the value is `null`; a missing member is not.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// What Python's `bool(x)` makes of the value: false for null, false, zero and everything empty.
    public var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .number(let value): value.double != 0
        case .string(let value): !value.isEmpty
        case .array(let values): !values.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    /// The value at an RFC 6901 pointer such as `/data/0/~1path`; the empty pointer means the whole.
    ///
    /// Nil when nothing is there, and for a pointer that does not begin with a slash.
    public subscript(pointer pointer: String) -> JSON? {
        if pointer.isEmpty { return self }
        guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
        var value = self
        for token in pointer.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let next = value.step(Substring(token)) else { return nil }
            value = next
        }
        return value
    }

    private func step(_ token: Substring) -> JSON? {
        switch self {
        case .object(let object): object[token.utf8.contains(UInt8(ascii: "~")) ? token.unescaped : String(token)]
        case .array:
            // No sign and no leading zero: RFC 6901, section 4.
            token == "0" || token.utf8.first != UInt8(ascii: "0") && token.utf8.allSatisfy(\.isDigit)
                ? Int(token).flatMap { self[$0] } : nil
        default: nil
        }
    }
}

extension Substring {
    /// `~1` is a slash and `~0` a tilde.
    fileprivate var unescaped: String {
        var text = ""
        var tilde = false
        for scalar in unicodeScalars {
            switch (tilde, scalar) {
            case (true, "0"): text.append("~")
            case (true, "1"): text.append("/")
            case (true, _): text.unicodeScalars.append(contentsOf: ["~", scalar])
            case (false, "~"): break
            case (false, _): text.unicodeScalars.append(scalar)
            }
            tilde = !tilde && scalar == "~"
        }
        return tilde ? text + "~" : text
    }
}
