/// The header fields of a request or an answer, in their order and spelling.
///
/// They stay the bytes that they were on the wire until somebody reads them, which is seldom: to note them down, which
/// happens each time, is to copy bytes.
public struct HeaderRecord: Sendable, ExpressibleByDictionaryLiteral {
    /// Names and values, and whatever stands between them.
    let bytes: [UInt8]
    /// A field each: where in the bytes its name begins and ends, and its value.
    let places: [SIMD4<UInt32>]

    /// Fields that lie in bytes.
    ///
    /// - Parameter places: of each field, where its name begins and ends, and where its value does.
    public init(bytes: [UInt8], places: [SIMD4<UInt32>]) {
        self.bytes = bytes
        self.places = places
    }

    /// Fields as they stand in an array.
    public init(_ fields: [(String, String)] = []) {
        var bytes: [UInt8] = []
        var places: [SIMD4<UInt32>] = []
        for (name, value) in fields {
            let start = UInt32(bytes.count)
            bytes += name.utf8
            let middle = UInt32(bytes.count)
            bytes += value.utf8
            places.append(SIMD4(start, middle, middle, UInt32(bytes.count)))
        }
        self.init(bytes: bytes, places: places)
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }

    /// All fields, repeated ones as often as they came.
    public var fields: [(name: String, value: String)] {
        places.map { (name: text($0.x, $0.y), value: text($0.z, $0.w)) }
    }

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

    private func text(_ start: UInt32, _ end: UInt32) -> String {
        String(decoding: bytes[Int(start)..<Int(end)], as: UTF8.self)
    }
}
