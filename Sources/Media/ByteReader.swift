/// Reads numbers from a file's bytes and throws where the file ends too early.
struct ByteReader {
    let bytes: ArraySlice<UInt8>
    private(set) var position: Int
    private let format: String

    init(_ bytes: ArraySlice<UInt8>, of format: String) {
        self.bytes = bytes
        self.position = bytes.startIndex
        self.format = format
    }

    var remaining: Int { bytes.endIndex - position }

    mutating func take(_ count: Int) throws(MediaError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else {
            throw MediaError(
                .truncated,
                "\(format): expected \(count) bytes at offset \(position), the file has \(max(0, remaining))")
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func bigEndian(_ count: Int) throws(MediaError) -> Int {
        try take(count).reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func littleEndian(_ count: Int) throws(MediaError) -> Int {
        try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

extension [UInt8] {
    /// Appends the low `count` bytes of a number, most significant first.
    mutating func append(bigEndian value: Int, bytes count: Int) {
        for shift in stride(from: (count - 1) * 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Appends the low `count` bytes of a number, least significant first.
    mutating func append(littleEndian value: Int, bytes count: Int) {
        for shift in stride(from: 0, to: count * 8, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
