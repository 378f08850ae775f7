/// A text chunk as PIL's `PngInfo.add_text` makes it: `tEXt` if Latin-1 can hold the text, else `iTXt`.
struct PNGText {
    let keyword: String
    let text: String

    init(keyword: String, text: String) {
        self.keyword = keyword
        self.text = text
    }

    /// The text of a `tEXt` or an uncompressed `iTXt` chunk.
    init?(_ chunk: PNGChunk) {
        guard let end = chunk.body.firstIndex(of: 0) else { return nil }
        keyword = String(latin1: chunk.body[..<end])
        let rest = chunk.body[(end + 1)...]
        switch chunk.name {
        case "tEXt":
            text = String(latin1: rest)
        case "iTXt":
            // compression flag, compression method, language, 0, translated keyword, 0, text
            let fields = rest.dropFirst(2).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            guard rest.first == 0, fields.count == 3 else { return nil }
            text = String(decoding: fields[2], as: UTF8.self)
        default:
            return nil
        }
    }

    var chunkName: String { text.latin1 == nil ? "iTXt" : "tEXt" }

    var chunkBody: [UInt8] {
        // PIL refuses a keyword outside of Latin-1; a question mark does no harm here.
        let key = keyword.latin1 ?? keyword.unicodeScalars.map { $0.value < 256 ? UInt8($0.value) : 0x3f }
        if let latin1 = text.latin1 { return key + [0] + latin1 }
        return key + [0, 0, 0, 0, 0] + Array(text.utf8)
    }
}

extension String {
    /// The text as Latin-1, one byte a character, or nil if it needs more.
    fileprivate var latin1: [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            guard scalar.value < 256 else { return nil }
            bytes.append(UInt8(scalar.value))
        }
        return bytes
    }

    fileprivate init(latin1 bytes: ArraySlice<UInt8>) {
        self.init(String.UnicodeScalarView(bytes.lazy.map { Unicode.Scalar($0) }))
    }
}
