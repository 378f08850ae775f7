internal import CImage

/// WebP still pictures by libwebp.
public enum WebP {
    /// Whether the bytes begin as a WebP file does.
    public static func isWebP(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 12 && bytes.starts(with: Array("RIFF".utf8)) && bytes[8..<12].elementsEqual("WEBP".utf8)
    }

    /// A lossy WebP file; alpha is kept where the picture has any.
    ///
    /// - Parameter quality: 0 to 100. PIL's default is 80; ComfyUI's `/view?preview=` uses 90.
    public static func encode(_ bitmap: Bitmap, quality: Int = 80) throws(MediaError) -> [UInt8] {
        try check(bitmap)
        return try unsafe owned { output in
            unsafe WebPEncodeRGBA(
                bitmap.pixels, Int32(bitmap.width), Int32(bitmap.height), Int32(bitmap.width * 4),
                Float(min(max(quality, 0), 100)), output)
        }
    }

    /// A WebP file that keeps every pixel.
    public static func encodeLossless(_ bitmap: Bitmap) throws(MediaError) -> [UInt8] {
        try check(bitmap)
        return try unsafe owned { output in
            unsafe WebPEncodeLosslessRGBA(
                bitmap.pixels, Int32(bitmap.width), Int32(bitmap.height), Int32(bitmap.width * 4), output)
        }
    }

    /// The picture of a WebP file, lossy or lossless; animations are not decoded.
    public static func decode(_ bytes: [UInt8]) throws(MediaError) -> Bitmap {
        guard isWebP(bytes) else { throw MediaError(.notThisFormat, "WebP: the RIFF header is missing") }
        var width: Int32 = 0
        var height: Int32 = 0
        guard unsafe WebPGetInfo(bytes, bytes.count, &width, &height) != 0 else {
            throw MediaError(.damaged, "WebP: the header cannot be read")
        }
        try ImageBounds.check(width: Int(width), height: Int(height), of: "WebP")
        var bitmap = Bitmap(width: Int(width), height: Int(height))
        let size = bitmap.pixels.count
        guard unsafe WebPDecodeRGBAInto(bytes, bytes.count, &bitmap.pixels, size, width * 4) != nil else {
            throw MediaError(.damaged, "WebP: the picture is truncated, damaged or animated")
        }
        return bitmap
    }

    private static func check(_ bitmap: Bitmap) throws(MediaError) {
        guard bitmap.width <= WEBP_MAX_DIMENSION, bitmap.height <= WEBP_MAX_DIMENSION else {
            throw MediaError(
                .tooLarge,
                "WebP: expected at most \(WEBP_MAX_DIMENSION) pixels a side, got \(bitmap.width)x\(bitmap.height)")
        }
    }

    /// Copies what libwebp allocated and gives it back to the library.
    @unsafe private static func owned(
        _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int
    ) throws(MediaError) -> [UInt8] {
        var start: UnsafeMutablePointer<UInt8>?
        let length = unsafe encode(&start)
        defer { unsafe WebPFree(start) }
        guard length > 0, let start = unsafe start else {
            throw MediaError(.unsupported, "WebP: libwebp could not encode the picture")
        }
        return unsafe Array(UnsafeBufferPointer(start: start, count: length))
    }
}
