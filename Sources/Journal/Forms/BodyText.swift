internal import Encodings

/// A body as a text of JSON can hold it, without secrets.
enum BodyText {
    case text(String)
    case base64(String)

    /// - Parameter isWhole: whether the bytes are all of it; of a part the last character may be broken.
    init(_ bytes: [UInt8], isWhole: Bool, type: String? = nil, isBinary: Bool = false, redaction: Redaction) {
        let kept = isWhole ? bytes : Array(bytes.dropLast(Self.brokenTail(of: bytes)))
        if !isBinary, String(validating: kept, as: UTF8.self) != nil {
            self = .text(redaction.body(kept, type: type).asText)
        } else {
            self = .base64(Base64.encode(bytes))
        }
    }

    /// How many bytes at the end begin a character without ending it.
    private static func brokenTail(of bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte < 0x80 { return 0 }
            if byte >= 0xC0 { return back < (byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4) ? back : 0 }
        }
        return 0
    }
}
