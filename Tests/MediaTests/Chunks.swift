import Media

/// A second, simple reader of PNG chunks, so that the writer is not checked by its own kin.
enum Chunks {
    static func all(of file: [UInt8]) -> [(name: String, size: Int)] {
        var chunks: [(name: String, size: Int)] = []
        var at = 8
        while at + 12 <= file.count {
            let size = file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            chunks.append((String(decoding: file[at + 4..<at + 8], as: UTF8.self), size))
            at += size + 12
        }
        return chunks
    }

    static func names(of file: [UInt8]) -> [String] {
        all(of: file).map(\.name)
    }

    /// A file of an IHDR chunk alone, with its right checksum.
    static func png(header: [UInt8]) -> [UInt8] {
        let chunk = Array("IHDR".utf8) + header
        var sum: UInt32 = 0xffff_ffff
        for byte in chunk {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
        }
        sum ^= 0xffff_ffff
        let length = UInt32(header.count)
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + big(length) + chunk + big(sum)
            + big(0) + Array("IDAT".utf8) + [0x35, 0xaf, 0x06, 0x1e]
    }

    private static func big(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
