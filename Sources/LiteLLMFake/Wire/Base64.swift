/// Base64 (RFC 4648), for embeddings, images and wrapped response ids.
enum Base64 {
    /// Encodes; `urlSafe` uses `-` and `_`. Padding stays in both, as the proxy's ids have it.
    static func encode(_ bytes: [UInt8], urlSafe: Bool = false) -> String {
        let letters =
            Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
            + Array((urlSafe ? "-_" : "+/").utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<Swift.min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for byte in group { bits = bits << 8 | UInt32(byte) }
            bits <<= UInt32(3 - group.count) * 8
            for index in 0..<4 {
                result.append(
                    index <= group.count ? letters[Int(bits >> UInt32(18 - 6 * index) & 0x3F)] : UInt8(ascii: "="))
            }
        }
        return String(utf8: result)
    }
}
