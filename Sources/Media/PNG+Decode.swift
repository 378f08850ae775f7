internal import CImage

extension PNG {
    /// The picture of a PNG file of any colour type and depth, interlaced or not, as 8-bit RGBA.
    public static func decode(_ bytes: [UInt8]) throws(MediaError) -> Bitmap {
        guard isPNG(bytes) else { throw MediaError(.notThisFormat, "PNG: the signature is missing") }
        var image = unsafe png_image()
        unsafe image.version = UInt32(PNG_IMAGE_VERSION)
        defer { unsafe png_image_free(&image) }

        // libpng reads from the array in both calls, so both stand inside of one closure.
        let outcome: Result<Bitmap, MediaError> = unsafe bytes.withUnsafeBytes { source in
            guard unsafe png_image_begin_read_from_memory(&image, source.baseAddress, source.count) != 0 else {
                return .failure(unsafe failure(of: image))
            }
            let width = Int(unsafe image.width)
            let height = Int(unsafe image.height)
            do throws(MediaError) {
                try ImageBounds.check(width: width, height: height, of: "PNG")
            } catch {
                return .failure(error)
            }
            // RGBA; PNG_FORMAT_RGBA is an expression that does not come over from C.
            unsafe image.format = UInt32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
            unsafe image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
            var bitmap = Bitmap(width: width, height: height, filledWith: .clear)
            let read = unsafe bitmap.pixels.withUnsafeMutableBytes {
                unsafe png_image_finish_read(&image, nil, $0.baseAddress, Int32(width * 4), nil)
            }
            guard read != 0 else { return .failure(unsafe failure(of: image)) }
            return .success(bitmap)
        }
        return try outcome.get()
    }

    private static func failure(of image: png_image) -> MediaError {
        let message = unsafe withUnsafeBytes(of: image.message) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return MediaError(.damaged, "PNG: \(message)")
    }
}
