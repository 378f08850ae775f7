internal import Media

/// Several pictures in one PNG file (the APNG chunks acTL, fcTL and fdAT); readers that do not know them show the first.
enum AnimatedPNG {
    /// - Parameter texts: what else the file is to tell, by keyword: in chunks `comf` behind the pictures, as upstream's
    ///   `SaveAnimatedPNG` leaves them there.
    static func encode(
        _ pictures: some Collection<Bitmap>, framesPerSecond: Double, texts: [(String, String)] = []
    ) -> [UInt8] {
        guard let first = pictures.first else { return [] }
        let delay = max(1, Int(1000 / max(framesPerSecond, 0.01)))
        var file: [UInt8] = []
        var sequence = 0
        for (name, content) in chunks(of: PNG.encode(first)) {
            switch name {
            case "IHDR":
                file += PNG.encode(first).prefix(8)
                file += chunk("IHDR", content)
                var control = ByteWriter()
                control.big(pictures.count, 4)
                // 0 plays forever.
                control.big(0, 4)
                file += chunk("acTL", control.bytes)
                file += frameControl(first, &sequence, delay)
            case "IEND":
                for picture in pictures.dropFirst() {
                    file += frameControl(picture, &sequence, delay)
                    for (name, content) in chunks(of: PNG.encode(picture)) where name == "IDAT" {
                        var data = ByteWriter()
                        data.big(sequence, 4)
                        data.add(content)
                        sequence += 1
                        file += chunk("fdAT", data.bytes)
                    }
                }
                for (keyword, text) in texts { file += chunk("comf", Array(keyword.utf8) + [0] + text.utf8) }
                file += chunk("IEND", [])
            default: file += chunk(name, content)
            }
        }
        return file
    }

    private static func frameControl(_ picture: Bitmap, _ sequence: inout Int, _ delay: Int) -> [UInt8] {
        var control = ByteWriter()
        control.big(sequence, 4)
        control.big(picture.width, 4)
        control.big(picture.height, 4)
        control.big(0, 8)
        // Milliseconds over 1000; the frame replaces the one before.
        control.big(delay, 2)
        control.big(1000, 2)
        control.big(0, 2)
        sequence += 1
        return chunk("fcTL", control.bytes)
    }

    private static func chunks(of file: [UInt8]) -> [(name: String, content: ArraySlice<UInt8>)] {
        var found: [(String, ArraySlice<UInt8>)] = []
        var place = 8
        while place + 12 <= file.count {
            let size = (0..<4).reduce(0) { $0 << 8 | Int(file[place + $1]) }
            let name = String(decoding: file[(place + 4)..<(place + 8)], as: UTF8.self)
            found.append((name, file[(place + 8)..<(place + 8 + size)]))
            place += 12 + size
        }
        return found
    }

    private static func chunk(_ name: String, _ content: some Collection<UInt8>) -> [UInt8] {
        var chunk = ByteWriter()
        chunk.big(content.count, 4)
        chunk.text(name)
        chunk.add(content)
        chunk.big(Int(CRC32.of(chunk.bytes.dropFirst(4))), 4)
        return chunk.bytes
    }
}

/// The checksum of PNG chunks (ISO 3309).
private enum CRC32 {
    private static let table = (0..<256).map { number -> UInt32 in
        (0..<8).reduce(UInt32(number)) { sum, _ in sum & 1 == 1 ? 0xedb8_8320 ^ (sum >> 1) : sum >> 1 }
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(0xffff_ffff) { sum, byte in table[Int((sum ^ UInt32(byte)) & 0xff)] ^ (sum >> 8) }
    }
}
