/// How often each client has asked for the very same.
///
/// Ids and texts are named after it: so they follow from who asks for what, and not from the order in which concurrent
/// requests happen to arrive.
public struct Repetitions: Sendable {
    private var counts: [UInt64: Int] = [:]
    /// Clients can ask without end: beyond so many, what is new has the same luck each time.
    private static let most = 100_000

    public init() {}

    /// A name for what is asked now: another one each time, and the same ones in another run.
    public mutating func name(_ client: String, _ asked: some Sequence<UInt8>) -> String {
        // FNV-1a; a byte that no UTF-8 text holds parts the two.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in client.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        for byte in asked { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let count = counts[hash, default: 0] + 1
        if count > 1 || counts.count < Self.most { counts[hash] = count }
        return String(hash, radix: 36) + "-" + String(count)
    }
}
