/// Silence in the formats whose coders are too much for a fake: files that every player plays, and that last as long as
/// they are asked to.
public enum Silence {
    /// An hour: nobody waits longer to hear nothing.
    private static let longest = 3600.0

    /// MPEG-1 layer III: mono, 44.1 kHz, 32 kbit/s. A frame whose side information is all zero has no sound in it.
    public static func mp3(seconds: Double) -> [UInt8] {
        let header: [UInt8] = [0xFF, 0xFB, 0x10, 0xC4]
        // 144 × 32,000 / 44,100 bytes, of which 100 are nothing.
        return repeated(header + [UInt8](repeating: 0, count: 100), seconds, each: 1152.0 / 44_100)
    }

    /// AAC-LC in ADTS: mono, 44.1 kHz. One channel with no bands in it, and the end mark.
    public static func aac(seconds: Double) -> [UInt8] {
        repeated([0xFF, 0xF1, 0x50, 0x40, 0x01, 0x7F, 0xFC, 0, 0, 0, 0x07], seconds, each: 1024.0 / 44_100)
    }

    /// Opus in Ogg (RFC 7845): mono, packets of 20 ms.
    public static func opus(seconds: Double) -> [UInt8] {
        let head = Array("OpusHead".utf8) + [1, 1, 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0]
        let tags = Array("OpusTags".utf8) + [5, 0, 0, 0] + Array("quiet".utf8) + [0, 0, 0, 0]
        var file = OggPage(flags: 2, position: 0, number: 0, packets: [head]).bytes
        file += OggPage(flags: 0, position: 0, number: 1, packets: [tags]).bytes
        // CELT over the full band, and the shortest frame that says so.
        let quiet: [UInt8] = [0xF8, 0xFF, 0xFE]
        let count = count(seconds, each: 0.02)
        for (index, start) in stride(from: 0, to: count, by: 50).enumerated() {
            let packets = min(50, count - start)
            file +=
                OggPage(
                    flags: start + packets == count ? 4 : 0, position: (start + packets) * 960, number: index + 2,
                    packets: Array(repeating: quiet, count: packets)
                ).bytes
        }
        return file
    }

    private static func count(_ seconds: Double, each: Double) -> Int {
        max(1, Int((min(max(0, seconds.isFinite ? seconds : 0), longest) / each).rounded()))
    }

    private static func repeated(_ frame: [UInt8], _ seconds: Double, each: Double) -> [UInt8] {
        let count = count(seconds, each: each)
        var file: [UInt8] = []
        file.reserveCapacity(count * frame.count)
        for _ in 0..<count { file += frame }
        return file
    }
}

/// A page of an Ogg stream (RFC 3533) with whole packets, each shorter than 255 bytes.
private struct OggPage {
    /// 2 for the first page, 4 for the last.
    let flags: UInt8
    /// Samples up to its end.
    let position: Int
    let number: Int
    let packets: [[UInt8]]

    var bytes: [UInt8] {
        var page = Array("OggS".utf8) + [0, flags]
        page.append(littleEndian: position, bytes: 8)
        page.append(littleEndian: 1, bytes: 4)  // the stream's own number
        page.append(littleEndian: number, bytes: 4)
        page += [0, 0, 0, 0, UInt8(packets.count)]
        page += packets.map { UInt8($0.count) }
        page += packets.joined()
        var check: [UInt8] = []
        check.append(littleEndian: Int(Self.checksum(page)), bytes: 4)
        page.replaceSubrange(22..<26, with: check)
        return page
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte) << 24) { value, _ in value << 1 ^ (value >> 31 == 1 ? 0x04C1_1DB7 : 0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.reduce(0) { $0 << 8 ^ table[Int(UInt8($0 >> 24) ^ $1)] }
    }
}
