/// Sixteen by sixteen pixels as the samples of an I_PCM macroblock: 256 of luma, 64 of blue, 64 of red difference.
///
/// BT.709 in limited range: luma from 16 to 235, chroma from 16 to 240. Beyond the picture its border goes on.
struct Macroblock {
    private var bytes = [UInt8](repeating: 0, count: 384)

    /// The samples of one macroblock of a picture, counted in macroblocks from the upper left.
    mutating func samples(of bitmap: Bitmap, column: Int, row: Int) -> [UInt8] {
        let lastX = bitmap.width - 1
        let lastY = bitmap.height - 1
        unsafe bitmap.pixels.withUnsafeBytes { pixels in
            unsafe bytes.withUnsafeMutableBufferPointer { out in
                for y in stride(from: 0, to: 16, by: 2) {
                    for x in stride(from: 0, to: 16, by: 2) {
                        var red = 0
                        var green = 0
                        var blue = 0
                        for corner in 0..<4 {
                            let dx = x &+ corner & 1
                            let dy = y &+ corner >> 1
                            let at = min(row * 16 &+ dy, lastY) * bitmap.width &+ min(column * 16 &+ dx, lastX)
                            let word = unsafe pixels.loadUnaligned(fromByteOffset: at &* 4, as: UInt32.self)
                            let r = Int(word & 0xff)
                            let g = Int(word >> 8 & 0xff)
                            let b = Int(word >> 16 & 0xff)
                            unsafe out[dy &* 16 &+ dx] = UInt8((47 &* r &+ 157 &* g &+ 16 &* b &+ 128) >> 8 &+ 16)
                            red &+= r
                            green &+= g
                            blue &+= b
                        }
                        let at = y / 2 &* 8 &+ x / 2
                        // Four pixels are summed: two bits more to shift out.
                        unsafe out[256 &+ at] = UInt8((112 &* blue &- 26 &* red &- 86 &* green &+ 512) >> 10 &+ 128)
                        unsafe out[320 &+ at] = UInt8((112 &* red &- 102 &* green &- 10 &* blue &+ 512) >> 10 &+ 128)
                    }
                }
            }
        }
        return bytes
    }
}
