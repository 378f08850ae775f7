/// A picture in memory: RGBA, 8 bits a channel, straight alpha, rows from the top, no padding between them.
public struct Bitmap: Sendable, Hashable {
    /// Pixels in a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// `width * height * 4` bytes.
    public internal(set) var pixels: [UInt8]

    /// A picture of one colour.
    public init(width: Int, height: Int, filledWith colour: Colour = .black) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        self.width = width
        self.height = height
        self.pixels = unsafe [UInt8](unsafeUninitializedCapacity: width * height * 4) { buffer, count in
            let words = unsafe UnsafeMutableRawBufferPointer(buffer).bindMemory(to: UInt32.self)
            unsafe words.initialize(repeating: colour.word)
            count = width * height * 4
        }
    }

    /// A picture from its bytes; their number must be `width * height * 4`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        precondition(pixels.count == width * height * 4, "four bytes a pixel")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// The pixel in column `x` of row `y`.
    public subscript(x: Int, y: Int) -> Colour {
        get {
            let at = offset(x, y)
            return Colour(red: pixels[at], green: pixels[at + 1], blue: pixels[at + 2], alpha: pixels[at + 3])
        }
        set {
            let at = offset(x, y)
            pixels[at] = newValue.red
            pixels[at + 1] = newValue.green
            pixels[at + 2] = newValue.blue
            pixels[at + 3] = newValue.alpha
        }
    }

    /// Whether every pixel is opaque, so that nothing is lost without the alpha channel.
    public var isOpaque: Bool {
        unsafe pixels.withUnsafeBytes { bytes in
            let words = unsafe bytes.assumingMemoryBound(to: UInt32.self)
            return unsafe words.allSatisfy { $0 >= 0xff00_0000 }
        }
    }

    /// Paints a rectangle; what lies outside of the picture is left out.
    public mutating func fill(x: Int, y: Int, width: Int, height: Int, with colour: Colour) {
        let left = max(0, x)
        let right = min(self.width, x + width)
        let rows = max(0, y)..<max(0, y, min(self.height, y + height))
        guard left < right else { return }
        let stride = self.width
        unsafe withWords { words in
            for row in rows {
                unsafe words.extracting(row * stride + left..<row * stride + right).update(repeating: colour.word)
            }
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "a pixel inside of the picture")
        return (y * width + x) * 4
    }

    /// The pixels as words (see `Colour.word`): the loops over whole pictures must be quick in debug builds too.
    mutating func withWords<Result>(_ body: (UnsafeMutableBufferPointer<UInt32>) -> Result) -> Result {
        unsafe pixels.withUnsafeMutableBytes { bytes in
            // An array's storage is aligned to 16 bytes, and nothing else is bound to it inside of the call.
            unsafe body(bytes.assumingMemoryBound(to: UInt32.self))
        }
    }
}
