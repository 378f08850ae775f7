internal import CZlib

extension PNG {
    /// PIL hands its encoder a buffer of this size, and each filling becomes one IDAT chunk.
    private static let dataChunk = 65_536

    /// A PNG file: RGB, or RGBA with `alpha`; texts between IHDR and IDAT, where PIL writes them.
    ///
    /// - Parameters:
    ///   - text: keyword and text of each text chunk, in order; see `PIL/PngImagePlugin.py`, `PngInfo.add_text`.
    ///   - compression: zlib's level, 0 to 9. Low by default: a fake's pictures live shortly.
    public static func encode(
        _ bitmap: Bitmap, text: [(String, String)] = [], alpha: Bool = false, compression: Int = 1
    ) -> [UInt8] {
        let channels = alpha ? 4 : 3
        let data = deflated(
            filteredRows(of: bitmap, channels: channels), level: Int32(min(max(compression, 0), 9)))
        var file = signature
        file.reserveCapacity(data.count + 1024)

        var header: [UInt8] = []
        header.append(bigEndian: bitmap.width, bytes: 4)
        header.append(bigEndian: bitmap.height, bytes: 4)
        header += [8, alpha ? 6 : 2, 0, 0, 0]
        append(header[...], as: "IHDR", to: &file)
        for (keyword, text) in text {
            let text = PNGText(keyword: keyword, text: text)
            append(text.chunkBody[...], as: text.chunkName, to: &file)
        }
        for start in stride(from: 0, to: data.count, by: dataChunk) {
            append(data[start..<min(start + dataChunk, data.count)], as: "IDAT", to: &file)
        }
        append([], as: "IEND", to: &file)
        return file
    }

    private static func append(_ body: ArraySlice<UInt8>, as name: String, to file: inout [UInt8]) {
        file.append(bigEndian: body.count, bytes: 4)
        let start = file.count
        file += Array(name.utf8)
        file += body
        let sum = unsafe file[start...].withUnsafeBufferPointer {
            unsafe crc32(0, $0.baseAddress, UInt32($0.count))
        }
        file.append(bigEndian: Int(sum), bytes: 4)
    }

    /// The rows as deflate gets them: a filter byte, then the difference to the row above (to the left in the first).
    private static func filteredRows(of bitmap: Bitmap, channels: Int) -> [UInt8] {
        let stride = bitmap.width * channels
        let packed = channels == 4 ? bitmap.pixels : packedRGB(bitmap)
        return unsafe [UInt8](unsafeUninitializedCapacity: (stride + 1) * bitmap.height + 8) { target, count in
            unsafe packed.withUnsafeBytes { source in
                var out = UnsafeMutableRawPointer(target.baseAddress!)
                for row in 0..<bitmap.height {
                    let line = unsafe source.baseAddress! + row * stride
                    unsafe out.storeBytes(of: row == 0 ? 1 : 2, as: UInt8.self)
                    unsafe out += 1
                    if row == 0 {
                        unsafe out.copyMemory(from: line, byteCount: channels)
                        unsafe subtract(line, from: line + channels, count: stride - channels, into: out + channels)
                    } else {
                        unsafe subtract(line - stride, from: line, count: stride, into: out)
                    }
                    unsafe out += stride
                }
            }
            count = (stride + 1) * bitmap.height
        }
    }

    /// Differences of bytes, eight at a time: the high bits are kept apart so that no borrow crosses a byte.
    @unsafe private static func subtract(
        _ earlier: UnsafeRawPointer, from later: UnsafeRawPointer, count: Int, into out: UnsafeMutableRawPointer
    ) {
        let high: UInt64 = 0x8080_8080_8080_8080
        var at = 0
        while at &+ 8 <= count {
            let a = unsafe later.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let b = unsafe earlier.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            let difference = ((a | high) &- (b & ~high)) ^ ((a ^ ~b) & high)
            unsafe out.storeBytes(of: difference, toByteOffset: at, as: UInt64.self)
            at &+= 8
        }
        while at < count {
            let a = unsafe later.load(fromByteOffset: at, as: UInt8.self)
            let b = unsafe earlier.load(fromByteOffset: at, as: UInt8.self)
            unsafe out.storeBytes(of: a &- b, toByteOffset: at, as: UInt8.self)
            at &+= 1
        }
    }

    /// The pixels without their alpha bytes. Each word is stored whole; the next one covers its fourth byte.
    private static func packedRGB(_ bitmap: Bitmap) -> [UInt8] {
        let pixels = bitmap.width * bitmap.height
        return unsafe [UInt8](unsafeUninitializedCapacity: pixels * 3 + 1) { target, count in
            unsafe bitmap.pixels.withUnsafeBytes { source in
                let words = unsafe source.assumingMemoryBound(to: UInt32.self).baseAddress!
                var out = UnsafeMutableRawPointer(target.baseAddress!)
                var index = 0
                while index < pixels {
                    unsafe out.storeBytes(of: words[index], as: UInt32.self)
                    unsafe out += 3
                    index &+= 1
                }
            }
            count = pixels * 3
        }
    }

    private static func deflated(_ bytes: [UInt8], level: Int32) -> [UInt8] {
        let bound = Int(compressBound(UInt(bytes.count)))
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            var length = UInt(bound)
            let result = unsafe compress2(target.baseAddress!, &length, bytes, UInt(bytes.count), level)
            // The buffer is as large as zlib asked for, so only memory can be wanting.
            precondition(result == Z_OK, "zlib could not compress \(bytes.count) bytes")
            count = Int(length)
        }
    }
}
