/// Portable Network Graphics: written by hand, so that chunks stand where PIL puts them; read by libpng.
public enum PNG {
    static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// Whether the bytes begin as a PNG file does.
    public static func isPNG(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: signature)
    }

    /// The texts of a file in their order: `tEXt`, `zTXt` is left out, `iTXt` only if uncompressed.
    ///
    /// Reads no pixel. A repeated keyword is given as often as it stands there.
    public static func textChunks(of bytes: [UInt8]) throws(MediaError) -> [(keyword: String, text: String)] {
        var texts: [(keyword: String, text: String)] = []
        var chunks = try PNGChunks(bytes)
        while let chunk = try chunks.next() {
            if let text = PNGText(chunk) { texts.append((text.keyword, text.text)) }
        }
        return texts
    }
}

/// One chunk: its four-letter name and what it holds.
struct PNGChunk {
    let name: String
    let body: ArraySlice<UInt8>
}

/// Goes through a file from chunk to chunk, up to and with IEND.
struct PNGChunks {
    private var reader: ByteReader
    private var ended = false

    init(_ bytes: [UInt8]) throws(MediaError) {
        guard PNG.isPNG(bytes) else { throw MediaError(.notThisFormat, "PNG: the signature is missing") }
        reader = ByteReader(bytes[8...], of: "PNG")
    }

    mutating func next() throws(MediaError) -> PNGChunk? {
        guard !ended else { return nil }
        let length = try reader.bigEndian(4)
        let name = String(decoding: try reader.take(4), as: UTF8.self)
        let body = try reader.take(length)
        _ = try reader.take(4)
        ended = name == "IEND"
        return PNGChunk(name: name, body: body)
    }
}
