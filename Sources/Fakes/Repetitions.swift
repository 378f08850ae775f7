internal import Scenarios

/// How often each client has asked for the very same.
///
/// Ids and texts are named after it: so they follow from who asks for what, and not from the order in which concurrent
/// requests happen to arrive.
public struct Repetitions: Sendable {
    /// Clients can ask without end.
    private var counts = RecentCounts<UInt64>(most: 90_000)

    public init() {}

    /// A name for what is asked now: another one each time, and the same ones in another run.
    public mutating func name(_ client: String, _ asked: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var client = client
        client.withUTF8 { text in unsafe Self.mix(UnsafeRawBufferPointer(text), into: &hash) }
        unsafe asked.withUnsafeBytes { bytes in unsafe Self.mix(bytes, into: &hash) }
        return String(hash, radix: 36) + "-" + String(counts.count(hash))
    }

    /// Eight bytes at a time, and their count, which parts what follows: bodies are long, and every call has one.
    private static func mix(_ bytes: UnsafeRawBufferPointer, into hash: inout UInt64) {
        var index = 0
        while index + 8 <= bytes.count {
            unsafe stir(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)), into: &hash)
            index += 8
        }
        var rest: UInt64 = 0
        while index < bytes.count {
            rest = unsafe rest << 8 | UInt64(bytes[index])
            index += 1
        }
        stir(rest, into: &hash)
        stir(UInt64(bytes.count), into: &hash)
    }

    @inline(__always)
    private static func stir(_ word: UInt64, into hash: inout UInt64) {
        hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
    }
}
