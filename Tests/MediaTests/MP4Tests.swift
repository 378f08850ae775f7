import Media
import Testing

@Suite struct MP4Tests {
    @Test func `the index stands before the pictures`() throws {
        let film = try FilmReader(MP4.encode(frames: clip(), framesPerSecond: 16))

        let top = film.boxes.filter { !$0.path.contains(".") }
        #expect(top.map(\.path) == ["ftyp", "moov", "mdat"])
        let place = try FilmReader.numbers(of: "moov.trak.mdia.minf.stbl.stco", in: film.boxes)[2]
        #expect(place == top[2].body.startIndex)
        #expect(film.samples.last?.endIndex == top[2].body.endIndex)
    }

    @Test(arguments: [1, 16, 24, 29.97])
    func `a film lasts as long as its frames`(rate: Double) throws {
        let film = try FilmReader(MP4.encode(frames: clip(frames: 6), framesPerSecond: rate))

        let clock = try FilmReader.numbers(of: "moov.trak.mdia.mdhd", in: film.boxes)
        #expect(film.samples.count == 6)
        #expect(abs(Double(clock[4]) / Double(clock[3]) - 6 / rate) < 0.0001)
        let header = try FilmReader.numbers(of: "moov.mvhd", in: film.boxes)
        #expect(abs(Double(header[4]) / 1000 - 6 / rate) < 0.0011)
    }

    @Test(arguments: [(96, 64), (100, 50), (33, 17), (1, 1), (16, 16), (130, 20)])
    func `sizes that are no multiple of sixteen are cropped`(width: Int, height: Int) throws {
        let film = try FilmReader(MP4.encode(frames: clip(width: width, height: height), framesPerSecond: 8))

        let sequence = film.sequence
        #expect(sequence.columns * 16 - sequence.cropRight == width + width % 2)
        #expect(sequence.rows * 16 - sequence.cropBottom == height + height % 2)
        let header = try FilmReader.numbers(of: "moov.trak.tkhd", in: film.boxes).suffix(2)
        #expect(header.map { $0 >> 16 } == [width + width % 2, height + height % 2])
    }

    @Test(arguments: [(96, 64), (100, 50)])
    func `a decoder shows the frames`(width: Int, height: Int) throws {
        let clip = clip(width: width, height: height, frames: 9)

        let film = try FilmReader(MP4.encode(frames: clip, framesPerSecond: 8))

        for (frame, luma) in zip(clip, try film.luma()) {
            for y in stride(from: 0, to: height, by: 3) {
                for x in stride(from: 0, to: width, by: 3) {
                    let shown = Double(luma[y * film.sequence.columns * 16 + x])
                    #expect(abs(shown - brightness(of: frame[x, y])) < 1.5)
                }
            }
        }
    }

    @Test func `what does not change costs next to nothing`() throws {
        let still = Array(repeating: Picture.make(seed: 1, prompt: "still", width: 320, height: 240), count: 300)

        let film = try FilmReader(MP4.encode(frames: still, framesPerSecond: 30))

        #expect(film.samples[0].count > 320 * 240 * 3 / 2)
        #expect(film.samples.dropFirst().allSatisfy { $0.count < 16 })
        // 300 frames go round the eight bits of frame_num.
        #expect(try film.luma().count == 300)
    }

    @Test func `a film of noise keeps to its limit and stays whole`() throws {
        let frames = (0..<20).map { seed in
            Bitmap(width: 64, height: 64, pixels: Noise.bytes(64 * 64 * 4, seed: UInt64(seed)))
        }

        let file = try MP4.encode(frames: frames, framesPerSecond: 10, limit: 30_000)

        #expect(file.count < 32_000)
        #expect(try FilmReader(file).luma().count == 20)
    }

    @Test func `frames of another size are scaled to the first`() throws {
        let frames = [Bitmap(width: 32, height: 32), Bitmap(width: 64, height: 16, filledWith: .white)]

        let film = try FilmReader(MP4.encode(frames: frames, framesPerSecond: 1))

        let shown = try film.luma()
        #expect(shown[0].allSatisfy { $0 == 16 })
        #expect(shown[1].allSatisfy { $0 == 235 || $0 == 236 })
    }

    @Test func `no frame and a vast frame are refused`() {
        #expect(throws: MediaError.self) { try MP4.encode(frames: [], framesPerSecond: 24) }
        #expect(throws: MediaError.self) {
            try MP4.encode(frames: [Bitmap(width: 16_384, height: 2400)], framesPerSecond: 24)
        }
    }

    @Test func `a clip repeats, and another seed gives another one`() {
        #expect(Array(clip()) == Array(clip()))
        #expect(Array(clip(seed: 1)) != Array(clip(seed: 2)))
        #expect(Set(clip(frames: 12)).count == 12)
    }

    private func clip(seed: UInt64 = 3, width: Int = 64, height: Int = 48, frames: Int = 4) -> Clip {
        Clip(seed: seed, prompt: "waves", width: width, height: height, frames: frames)
    }

    /// BT.709, limited range.
    private func brightness(of colour: Colour) -> Double {
        let light = 0.2126 * Double(colour.red) + 0.7152 * Double(colour.green) + 0.0722 * Double(colour.blue)
        return 16 + light * 219 / 255
    }
}
