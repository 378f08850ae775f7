internal import Media

/// Several pictures in one WebP file: the extended format of the WebP container specification, whose frames are
/// the image chunks of still WebP files.
enum AnimatedWebP {
    /// - Parameters:
    ///   - quality: 0 to 100, `nil` to keep every pixel.
    ///   - texts: what else the file is to tell, by keyword: as Exif, in the fields in which upstream's `SaveAnimatedWEBP`
    ///     leaves it, the first in 0x0110 (Model) and the others from 0x010F (Make) down.
    static func encode(
        _ pictures: some Collection<Bitmap>, framesPerSecond: Double, quality: Int?, texts: [(String, String)] = []
    ) -> [UInt8] {
        guard let first = pictures.first else { return [] }
        let duration = max(1, Int(1000 / max(framesPerSecond, 0.01)))
        var body = ByteWriter()
        body.text("WEBP")
        var head = ByteWriter()
        // Bit 1: an animation follows; bit 3: Exif.
        head.little(texts.isEmpty ? 0x02 : 0x0a, 4)
        head.little(first.width - 1, 3)
        head.little(first.height - 1, 3)
        body.add(chunk("VP8X", head.bytes))
        var animation = ByteWriter()
        // Background colour, then 0 for an endless loop.
        animation.little(0, 6)
        body.add(chunk("ANIM", animation.bytes))
        for picture in pictures {
            var frame = ByteWriter()
            // Place, size and duration; the last byte tells that the frame replaces what was there.
            frame.little(0, 6)
            frame.little(picture.width - 1, 3)
            frame.little(picture.height - 1, 3)
            frame.little(duration, 3)
            frame.little(0x02, 1)
            frame.add(imageChunks(of: picture, quality))
            body.add(chunk("ANMF", frame.bytes))
        }
        if !texts.isEmpty { body.add(chunk("EXIF", exif(texts))) }
        return chunk("RIFF", body.bytes)
    }

    /// A TIFF header and one directory of texts (TIFF 6.0, section 2), by the number of the field.
    private static func exif(_ texts: [(String, String)]) -> [UInt8] {
        let fields = texts.enumerated().map {
            (0x0110 - $0.offset, Array("\($0.element.0):\($0.element.1)".utf8) + [0])
        }
        var (directory, values) = (ByteWriter(), ByteWriter())
        directory.text("II")
        directory.little(42, 2)
        directory.little(8, 4)
        directory.little(fields.count, 2)
        let start = 8 + 2 + 12 * fields.count + 4
        for (number, text) in fields.reversed() {
            directory.little(number, 2)
            // ASCII; four bytes stand here themselves, of more it is told where they are.
            directory.little(2, 2)
            directory.little(text.count, 4)
            if text.count <= 4 {
                directory.add(text + [0, 0, 0, 0].prefix(4 - text.count))
                continue
            }
            directory.little(start + values.bytes.count, 4)
            values.add(text)
            if text.count % 2 == 1 { values.little(0, 1) }
        }
        directory.little(0, 4)
        return directory.bytes + values.bytes
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        var chunk = ByteWriter()
        chunk.text(name)
        chunk.little(content.count, 4)
        chunk.add(content)
        if content.count % 2 == 1 { chunk.little(0, 1) }
        return chunk.bytes
    }

    /// The chunks of a still file that hold its picture.
    private static func imageChunks(of picture: Bitmap, _ quality: Int?) -> [UInt8] {
        // Both fail only for sizes beyond what a WebP can have; such a frame is left empty.
        let file =
            quality.map { quality in (try? WebP.encode(picture, quality: quality)) ?? [] }
            ?? (try? WebP.encodeLossless(picture)) ?? []
        var chunks: [UInt8] = []
        var place = 12
        while place + 8 <= file.count {
            let name = String(decoding: file[place..<(place + 4)], as: UTF8.self)
            let size = (0..<4).reduce(0) { $0 | Int(file[place + 4 + $1]) << (8 * $1) }
            let end = min(file.count, place + 8 + size + size % 2)
            if ["VP8 ", "VP8L", "ALPH"].contains(name) { chunks += file[place..<end] }
            place = end
        }
        return chunks
    }
}
