internal import CImage

/// JPEG by libjpeg-turbo, with the settings that PIL uses: baseline, 4:2:0, JFIF.
public enum JPEG {
    /// Whether the bytes begin as a JPEG file does.
    public static func isJPEG(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xff, 0xd8, 0xff])
    }

    /// A JPEG file; alpha is dropped.
    ///
    /// - Parameter quality: 1 to 100. PIL's default is 75; ComfyUI's previews use 95.
    public static func encode(_ bitmap: Bitmap, quality: Int = 75) -> [UInt8] {
        let compressor = unsafe tjInitCompress()
        defer { unsafe tjDestroy(compressor) }
        let bound = Int(tjBufSize(Int32(bitmap.width), Int32(bitmap.height), Int32(TJSAMP_420.rawValue)))
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            var start = target.baseAddress
            var length = UInt(bound)
            let result = unsafe tjCompress2(
                compressor, bitmap.pixels, Int32(bitmap.width), 0, Int32(bitmap.height), Int32(TJPF_RGBA.rawValue),
                &start, &length, Int32(TJSAMP_420.rawValue), Int32(min(max(quality, 1), 100)), TJFLAG_NOREALLOC)
            // The buffer is as large as the library asked for; a picture of this size cannot be refused.
            precondition(result == 0, "libjpeg-turbo could not compress a picture of \(bitmap.width)x\(bitmap.height)")
            count = Int(length)
        }
    }

    /// The picture of a JPEG file, grey or in colour, baseline or progressive.
    public static func decode(_ bytes: [UInt8]) throws(MediaError) -> Bitmap {
        guard isJPEG(bytes) else { throw MediaError(.notThisFormat, "JPEG: the start marker is missing") }
        let decompressor = unsafe tjInitDecompress()
        defer { unsafe tjDestroy(decompressor) }
        var width: Int32 = 0
        var height: Int32 = 0
        var subsampling: Int32 = 0
        var space: Int32 = 0
        let head = unsafe tjDecompressHeader3(
            decompressor, bytes, UInt(bytes.count), &width, &height, &subsampling, &space)
        guard head == 0 else { throw unsafe failure(of: decompressor) }
        try ImageBounds.check(width: Int(width), height: Int(height), of: "JPEG")

        var bitmap = Bitmap(width: Int(width), height: Int(height))
        // Progressive files of very many scans take very long: the library stops at 500.
        let result = unsafe tjDecompress2(
            decompressor, bytes, UInt(bytes.count), &bitmap.pixels, width, 0, height, Int32(TJPF_RGBA.rawValue),
            TJFLAG_LIMITSCANS)
        if result != 0 {
            let error = unsafe failure(of: decompressor)
            // Warnings (stray bytes between markers) do not spoil a picture, an early end does.
            let isWarning = unsafe tjGetErrorCode(decompressor) == TJERR_WARNING.rawValue
            guard isWarning, error.code != .truncated else { throw error }
        }
        return bitmap
    }

    @unsafe private static func failure(of decompressor: tjhandle?) -> MediaError {
        let message = unsafe String(cString: tjGetErrorStr2(decompressor))
        let early = message.hasPrefix("Premature end")
        return MediaError(early ? .truncated : .damaged, "JPEG: \(message)")
    }
}
