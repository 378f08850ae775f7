/// Puts numbers of any order of bytes behind each other.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    mutating func text(_ text: String) { add(text.utf8) }

    /// The lowest `count` bytes of a number, lowest first.
    mutating func little(_ number: Int, _ count: Int) {
        for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }

    /// The lowest `count` bytes of a number, highest first.
    mutating func big(_ number: Int, _ count: Int) {
        for place in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }
}
