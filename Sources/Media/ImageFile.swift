/// The picture formats that the fakes read and write.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case png, jpeg, webp

    /// The format that a file's first bytes announce.
    public init?(magicOf bytes: [UInt8]) {
        if PNG.isPNG(bytes) {
            self = .png
        } else if JPEG.isJPEG(bytes) {
            self = .jpeg
        } else if WebP.isWebP(bytes) {
            self = .webp
        } else {
            return nil
        }
    }

    /// The media type, for Content-Type.
    public var mediaType: String { "image/\(rawValue)" }
}

/// A picture file of whichever format.
public enum ImageFile {
    /// The picture of a PNG, JPEG or WebP file, told by its first bytes; the file's name does not count.
    public static func decode(_ bytes: [UInt8]) throws(MediaError) -> Bitmap {
        switch ImageFormat(magicOf: bytes) {
        case .png: return try PNG.decode(bytes)
        case .jpeg: return try JPEG.decode(bytes)
        case .webp: return try WebP.decode(bytes)
        case nil:
            let start = bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
            throw MediaError(.notThisFormat, "expected a PNG, JPEG or WebP file, got \(bytes.count) bytes: \(start)")
        }
    }
}
