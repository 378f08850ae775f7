import Media
import Testing

@Suite struct ImageFileTests {
    /// Smooth, as photographs are: a lossy format must come near to it.
    private let picture = Picture.make(seed: 3, prompt: "a lighthouse", width: 80, height: 60)

    @Test(arguments: ImageFormat.allCases)
    func `a file is told by its first bytes`(format: ImageFormat) throws {
        let file = try encoded(as: format)

        #expect(ImageFormat(magicOf: file) == format)
        #expect(try ImageFile.decode(file).width == 80)
        #expect(try ImageFile.decode(file).height == 60)
    }

    @Test(arguments: ImageFormat.allCases)
    func `a picture comes back nearly as it was`(format: ImageFormat) throws {
        let decoded = try ImageFile.decode(encoded(as: format))

        let distance = zip(decoded.pixels, picture.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(distance / picture.pixels.count < 6)
        #expect(decoded.isOpaque)
    }

    @Test func `quality decides about the size`() throws {
        #expect(JPEG.encode(picture, quality: 20).count < JPEG.encode(picture, quality: 95).count)
        #expect(try WebP.encode(picture, quality: 20).count < WebP.encode(picture, quality: 95).count)
    }

    @Test func `WebP keeps transparency, and every pixel where it is asked to`() throws {
        var bitmap = picture
        bitmap.fill(x: 0, y: 0, width: 10, height: 10, with: Colour(red: 9, green: 9, blue: 9, alpha: 20))

        #expect(try !WebP.decode(WebP.encode(bitmap)).isOpaque)
        #expect(try WebP.decode(WebP.encodeLossless(bitmap)) == bitmap)
    }

    @Test(arguments: ImageFormat.allCases)
    func `a file that ends in the middle is refused`(format: ImageFormat) throws {
        let file = try encoded(as: format)

        for part in 0..<10 {
            #expect(throws: MediaError.self) { try ImageFile.decode(Array(file.prefix(file.count * part / 10))) }
        }
    }

    @Test(arguments: ImageFormat.allCases)
    func `changed bytes never stop the process`(format: ImageFormat) throws {
        for case (let changed, _) in Noise.spoiled(try encoded(as: format), times: 300) {
            // Refused or taken: either will do.
            _ = try? ImageFile.decode(changed)
        }
    }

    @Test func `noise is no picture`() {
        for seed in 1...50 {
            #expect(throws: MediaError.self) { try ImageFile.decode(Noise.bytes(seed * 20, seed: UInt64(seed))) }
        }
        #expect(throws: MediaError.self) { try ImageFile.decode([]) }
    }

    @Test func `a picture beyond the bounds of WebP is refused`() {
        #expect(throws: MediaError.self) { try WebP.encode(Bitmap(width: 16_384, height: 1)) }
    }

    private func encoded(as format: ImageFormat) throws -> [UInt8] {
        switch format {
        case .png: PNG.encode(picture)
        case .jpeg: JPEG.encode(picture, quality: 95)
        case .webp: try WebP.encode(picture, quality: 90)
        }
    }
}
