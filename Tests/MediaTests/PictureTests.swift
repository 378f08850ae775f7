import Media
import Testing

@Suite struct PictureTests {
    @Test func `the same request paints the same picture`() {
        let first = Picture.make(seed: 42, prompt: "a cat", width: 120, height: 70)
        let second = Picture.make(seed: 42, prompt: "a cat", width: 120, height: 70)

        #expect(first == second)
        #expect(first.isOpaque)
    }

    @Test func `another seed, prompt or progress paints another picture`() {
        let picture = Picture.make(seed: 42, prompt: "a cat", width: 64, height: 64)

        #expect(Picture.make(seed: 43, prompt: "a cat", width: 64, height: 64) != picture)
        #expect(Picture.make(seed: 42, prompt: "a dog", width: 64, height: 64) != picture)
        #expect(Picture.make(seed: 42, prompt: "a cat", width: 64, height: 64, progress: 0.5) != picture)
    }

    @Test func `previews come nearer to the finished picture step by step`() {
        let finished = Picture.make(seed: 5, prompt: "hills", width: 80, height: 60)

        let distances = [0.0, 0.25, 0.5, 0.75, 1.0].map { progress in
            let preview = Picture.make(seed: 5, prompt: "hills", width: 80, height: 60, progress: progress)
            return zip(preview.pixels, finished.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        }

        #expect(distances == distances.sorted(by: >))
        #expect(distances.last == 0)
        #expect(Set(distances).count == distances.count)
    }

    @Test(arguments: [(1, 1), (15, 17), (2000, 1), (1, 2000), (96, 96)])
    func `any size can be painted`(width: Int, height: Int) {
        let picture = Picture.make(seed: .max, prompt: "🦊 und Möwe", width: width, height: height, progress: 0.9)

        #expect(picture.width == width)
        #expect(picture.height == height)
    }

    @Test func `senseless arguments are brought into bounds`() {
        #expect(Picture.make(seed: 0, prompt: "", width: 0, height: -4).pixels.count == 4)
        #expect(Picture.make(seed: 0, prompt: "", width: 8, height: 8, progress: .nan).width == 8)
    }

    @Test func `the label names prompt and seed`() {
        let one = Picture.make(seed: 1, prompt: "cat", width: 256, height: 256)

        // The band is dark, the letters on it are not.
        #expect(one[0, 255] == Colour(rgb: 0x16181d))
        #expect((0..<256).contains { one[$0, 236].red > 200 })
    }
}
