internal import Media

/// WebM files whose every frame is a key frame: the image chunk of a lossy WebP file is one of VP8.
enum WebM {
    static func encode(_ pictures: some Collection<Bitmap>, framesPerSecond: Double) -> [UInt8] {
        guard let first = pictures.first else { return [] }
        let pace = max(framesPerSecond, 0.01)
        let head = element(
            0x1a45_dfa3,
            number(0x4286, 1) + number(0x42f7, 1) + number(0x42f2, 4) + number(0x42f3, 8)
                + element(0x4282, Array("webm".utf8)) + number(0x4287, 2) + number(0x4285, 2))
        // Times count in milliseconds.
        let info = element(
            0x1549_a966,
            number(0x2ad7b1, 1_000_000) + float(0x4489, Double(pictures.count) * 1000 / pace)
                + element(0x4d80, Array("understudy".utf8)) + element(0x5741, Array("understudy".utf8)))
        let track = element(
            0xae,
            number(0xd7, 1) + number(0x73c5, 1) + number(0x83, 1) + element(0x86, Array("V_VP8".utf8))
                + element(0xe0, number(0xb0, first.width) + number(0xba, first.height)))
        var clusters: [UInt8] = []
        for (index, picture) in pictures.enumerated() {
            let time = Int((Double(index) * 1000 / pace).rounded())
            // Track 1, no time of its own, a key frame.
            clusters += element(
                0x1f43_b675, number(0xe7, time) + element(0xa3, [0x81, 0, 0, 0x80] + keyFrame(picture)))
        }
        return head + element(0x1853_8067, info + element(0x1654_ae6b, track) + clusters)
    }

    private static func keyFrame(_ picture: Bitmap) -> [UInt8] {
        // Fails only for sizes beyond what a WebP can have; such a frame is left empty.
        guard let file = try? WebP.encode(picture.opaque, quality: 80), file.count > 20 else { return [] }
        // RIFF head of 12 bytes, chunk head of 8; opaque pictures have nothing else before their data.
        let size = (0..<4).reduce(0) { $0 | Int(file[16 + $1]) << (8 * $1) }
        return Array(file[20..<min(file.count, 20 + size)])
    }

    private static func element(_ id: Int, _ content: [UInt8]) -> [UInt8] {
        var element = ByteWriter()
        element.big(id, id > 0xff_ffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1)
        // Lengths are written in eight bytes.
        element.big(1 << 56 | content.count, 8)
        element.add(content)
        return element.bytes
    }

    private static func number(_ id: Int, _ number: Int) -> [UInt8] {
        var value = ByteWriter()
        value.big(number, 8)
        return element(id, value.bytes)
    }

    private static func float(_ id: Int, _ number: Double) -> [UInt8] {
        var value = ByteWriter()
        value.big(Int(bitPattern: UInt(number.bitPattern)), 8)
        return element(id, value.bytes)
    }
}
