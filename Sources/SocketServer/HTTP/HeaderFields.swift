/// The header fields of a request or an answer: order, spelling of names and repeated fields are kept.
///
/// All bytes lie in one array, so that a parsed head costs two allocations however many fields it has.
/// Lookups ignore the case of ASCII letters (RFC 9110 section 5.1).
public struct HeaderFields: Sendable, ExpressibleByDictionaryLiteral, CustomStringConvertible {
    typealias Entry = SIMD4<UInt32>

    var storage: [UInt8]
    var entries: [Entry]

    /// Names and values, and whatever stands between them: for whoever takes note of all fields without reading them.
    public var bytes: [UInt8] { storage }
    /// A field each: where in ``bytes`` its name begins and ends, and its value.
    public var places: [SIMD4<UInt32>] { entries }

    /// No fields.
    public init() {
        storage = []
        entries = []
    }

    /// No fields yet, and room for so many: many fields grow once then and not five times.
    public init(roomFor count: Int) {
        self.init()
        storage.reserveCapacity(count * 48)
        entries.reserveCapacity(count)
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        self.init()
        for (name, value) in elements { append(name, value) }
    }

    /// Fields in the order of `fields`.
    public init(_ fields: some Sequence<(String, String)>) {
        self.init()
        for (name, value) in fields { append(name, value) }
    }

    /// How many fields there are, repeated names counted each time.
    public var count: Int { entries.count }

    public var isEmpty: Bool { entries.isEmpty }

    /// About how many bytes names and values take together.
    public var byteCount: Int { storage.count }

    /// Adds a field at the end. Line breaks and NUL in the value are replaced by blanks: one field stays one line.
    public mutating func append(_ name: String, _ value: String) {
        if entries.isEmpty {
            // Most answers have no more fields than this: they grow once and not five times.
            storage.reserveCapacity(512)
            entries.reserveCapacity(16)
        }
        let nameStart = UInt32(storage.count)
        storage.append(text: name)
        let valueStart = UInt32(storage.count)
        storage.append(text: value)
        unsafe storage.withUnsafeMutableBufferPointer { bytes in
            for index in Int(valueStart)..<bytes.count {
                let byte = unsafe bytes[index]
                if byte == 0x0D || byte == 0x0A || byte == 0 { unsafe bytes[index] = 0x20 }
            }
        }
        entries.append(
            Entry(
                nameStart: nameStart, nameEnd: valueStart, valueStart: valueStart, valueEnd: UInt32(storage.count)))
    }

    /// Adds all fields of `other` at the end, each name behind a prefix.
    public mutating func append(contentsOf other: HeaderFields, prefix: String) {
        var start = UInt32(storage.count)
        let before = Array(prefix.utf8)
        let length = other.entries.reduce(0) { $0 + before.count + $1.name.count + $1.value.count }
        unsafe other.storage.withUnsafeBufferPointer { bytes in
            storage.append(addingCapacity: length) { room in
                for entry in other.entries {
                    unsafe before.withUnsafeBufferPointer { unsafe room.append(copying: $0) }
                    unsafe room.append(copying: UnsafeBufferPointer(rebasing: bytes[entry.name]))
                    unsafe room.append(copying: UnsafeBufferPointer(rebasing: bytes[entry.value]))
                    let nameEnd = start + UInt32(before.count + entry.name.count)
                    let valueEnd = nameEnd + UInt32(entry.value.count)
                    entries.append(
                        Entry(nameStart: start, nameEnd: nameEnd, valueStart: nameEnd, valueEnd: valueEnd))
                    start = valueEnd
                }
            }
        }
    }

    /// Adds all fields of `other` at the end.
    public mutating func append(contentsOf other: HeaderFields) {
        let shift = UInt32(storage.count)
        storage.append(contentsOf: other.storage)
        for entry in other.entries {
            entries.append(
                Entry(
                    nameStart: entry.nameStart + shift, nameEnd: entry.nameEnd + shift,
                    valueStart: entry.valueStart + shift, valueEnd: entry.valueEnd + shift))
        }
    }

    /// The first value of a field, or nil. Setting replaces the first and removes the others; nil removes all.
    public subscript(name: String) -> String? {
        get {
            guard let index = firstIndex(of: name) else { return nil }
            return value(at: index)
        }
        set {
            guard let newValue else { return remove(name) }
            guard let first = firstIndex(of: name) else { return append(name, newValue) }
            let spelling = self.name(at: first)
            var result = HeaderFields()
            for index in entries.indices {
                if index == first {
                    result.append(spelling, newValue)
                } else if !matches(index, name) {
                    result.append(self.name(at: index), value(at: index))
                }
            }
            self = result
        }
    }

    /// Every value of a field, in order.
    public func all(_ name: String) -> [String] {
        entries.indices.lazy.filter { matches($0, name) }.map { value(at: $0) }
    }

    /// Whether a field of this name is there.
    public func contains(_ name: String) -> Bool { firstIndex(of: name) != nil }

    /// Removes every field of this name.
    public mutating func remove(_ name: String) {
        entries.removeAll { entry in
            Self.equalIgnoringCase(storage[entry.name], name)
        }
    }

    /// Whether a comma-separated list field (RFC 9110 section 5.6.1) holds `token`, ignoring case.
    public func list(_ name: String, contains token: String) -> Bool {
        for index in entries.indices where matches(index, name) {
            for item in storage[entries[index].value].split(separator: 0x2C) {
                let trimmed = item.drop { $0 == 0x20 || $0 == 0x09 }
                let end = trimmed.lastIndex { $0 != 0x20 && $0 != 0x09 }
                guard let end else { continue }
                if Self.equalIgnoringCase(trimmed[trimmed.startIndex...end], token) { return true }
            }
        }
        return false
    }

    public var description: String {
        map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    }

    func name(at index: Int) -> String {
        String(decoding: storage[entries[index].name], as: UTF8.self)
    }

    func value(at index: Int) -> String {
        String(decoding: storage[entries[index].value], as: UTF8.self)
    }

    func firstIndex(of name: String) -> Int? {
        let length = name.utf8.count
        return entries.firstIndex { $0.name.count == length && Self.equalIgnoringCase(storage[$0.name], name) }
    }

    private func matches(_ index: Int, _ name: String) -> Bool {
        Self.equalIgnoringCase(storage[entries[index].name], name)
    }

    static func equalIgnoringCase(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
        guard bytes.count == text.utf8.count else { return false }
        var text = text
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            text.withUTF8 { text in
                for index in bytes.indices {
                    let (byte, other) = unsafe (bytes[index], text[index])
                    if byte != other, lower(byte) != lower(other) { return false }
                }
                return true
            }
        }
    }

    @inline(__always)
    static func lower(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}

extension HeaderFields: Sequence {
    public typealias Element = (name: String, value: String)

    public func makeIterator() -> AnyIterator<Element> {
        var index = 0
        return AnyIterator {
            guard index < entries.count else { return nil }
            defer { index += 1 }
            return (name(at: index), value(at: index))
        }
    }
}

extension HeaderFields: Equatable {
    /// Same fields, same order, same spelling.
    public static func == (left: HeaderFields, right: HeaderFields) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }
}

extension HeaderFields.Entry {
    init(nameStart: UInt32, nameEnd: UInt32, valueStart: UInt32, valueEnd: UInt32) {
        self.init(nameStart, nameEnd, valueStart, valueEnd)
    }

    var nameStart: UInt32 { x }
    var nameEnd: UInt32 { y }
    var valueStart: UInt32 { z }
    var valueEnd: UInt32 { w }
    var name: Range<Int> { Int(x)..<Int(y) }
    var value: Range<Int> { Int(z)..<Int(w) }
}

extension OutputSpan<UInt8> {
    /// Copies bytes to the end of what has been written.
    @inline(__always)
    mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress else { return }
        unsafe withUnsafeMutableBufferPointer { room, count in
            precondition(bytes.count <= room.count - count)
            unsafe (room.baseAddress! + count).update(from: source, count: bytes.count)
            count += bytes.count
        }
    }
}

extension [UInt8] {
    /// Appends a text in UTF-8. As `append(contentsOf: text.utf8)`, but without that one's detour for small strings.
    @inline(__always)
    mutating func append(text: String) {
        let done: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe append(contentsOf: $0) }
        if done == nil { append(contentsOf: text.utf8) }
    }
}
