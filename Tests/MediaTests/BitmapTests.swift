import Media
import Testing

@Suite struct BitmapTests {
    @Test func `a filled rectangle stays inside of the picture`() {
        var bitmap = Bitmap(width: 4, height: 3)

        bitmap.fill(x: 2, y: -1, width: 9, height: 2, with: .white)

        #expect(bitmap[2, 0] == .white)
        #expect(bitmap[3, 0] == .white)
        #expect(bitmap[1, 0] == .black)
        #expect(bitmap[2, 1] == .black)
    }

    @Test func `inverting twice gives the picture back`() {
        let bitmap = Bitmap(width: 2, height: 1, pixels: [1, 2, 3, 40, 255, 0, 128, 255])

        #expect(bitmap.inverted.pixels == [254, 253, 252, 40, 0, 255, 127, 255])
        #expect(bitmap.inverted.inverted == bitmap)
    }

    @Test func `channels are told apart`() {
        let bitmap = Bitmap(width: 1, height: 1, pixels: [9, 8, 7, 6])

        #expect(!bitmap.isOpaque)
        #expect(bitmap.opaque.pixels == [9, 8, 7, 255])
        #expect(bitmap.opaque.isOpaque)
        #expect(bitmap.alphaOnly.pixels == [0, 0, 0, 6])
    }

    @Test(arguments: [(1, 1), (7, 3), (16, 16), (33, 9)])
    func `a picture of one colour keeps it at every size`(width: Int, height: Int) {
        let colour = Colour(red: 200, green: 3, blue: 77, alpha: 254)
        let bitmap = Bitmap(width: 12, height: 10, filledWith: colour)

        let scaled = bitmap.scaled(width: width, height: height)

        #expect(scaled == Bitmap(width: width, height: height, filledWith: colour))
    }

    @Test func `shrinking to half averages`() {
        var bitmap = Bitmap(width: 64, height: 2)
        for x in 0..<64 where x % 2 == 0 { bitmap.fill(x: x, y: 0, width: 1, height: 2, with: .white) }

        let scaled = bitmap.scaled(width: 32, height: 1)

        #expect((120...136).contains(scaled[16, 0].red))
    }

    // Of a line 10, 60, 200, 250. Reckoned apart by PyTorch's formulas, with fractions cut off, and by Pillow 13.
    @Test(
        arguments: [
            (.nearestExact, [10, 60, 60, 200, 250, 250]), (.nearestExact, [10, 200, 250]),
            (.bilinear, [10, 35, 83, 176, 225, 250]), (.bilinear, [18, 130, 241]),
            (.area, [10, 35, 60, 200, 225, 250]), (.area, [35, 130, 225]), (.bicubic, [5, 21, 83, 176, 238, 254]),
            (.bicubic, [14, 130, 245]), (.lanczos, [9, 20, 81, 179, 240, 251]), (.lanczos, [9, 130, 251]),
        ] as [(Resampling, [UInt8])])
    func `each way of scaling has its own pixels, in both directions`(method: Resampling, expected: [UInt8]) {
        func pixels(_ levels: [UInt8]) -> [UInt8] { levels.flatMap { [$0, $0, $0, 255] as [UInt8] } }
        let line = pixels([10, 60, 200, 250])

        let row = Bitmap(width: 4, height: 1, pixels: line).scaled(width: expected.count, height: 1, by: method)
        let column = Bitmap(width: 1, height: 4, pixels: line).scaled(width: 1, height: expected.count, by: method)

        #expect(row.pixels == pixels(expected))
        #expect(column.pixels == row.pixels)
    }

    @Test func `a preview fits into its square and keeps its shape`() {
        let bitmap = Bitmap(width: 832, height: 1216)

        #expect(bitmap.fitting(side: 512).width == 350)
        #expect(bitmap.fitting(side: 512).height == 512)
        #expect(bitmap.fitting(side: 2000) == bitmap)
    }

    @Test func `a crop beyond the border is moved inside`() {
        var bitmap = Bitmap(width: 4, height: 4)
        bitmap[3, 3] = .white

        #expect(bitmap.cropped(x: 3, y: 3, width: 10, height: 10) == Bitmap(width: 1, height: 1, filledWith: .white))
        #expect(bitmap.cropped(x: 99, y: -5, width: 0, height: 2).width == 1)
    }
}
