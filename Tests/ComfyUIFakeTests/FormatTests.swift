import Media
import Testing

@testable import ComfyUIFake

@Suite struct FormatTests {
    private let pictures = (0..<3).map {
        Bitmap(width: 32, height: 16, filledWith: Colour(rgb: 0x400000 * ($0 + 1) - 1))
    }

    /// The 32-bit number at a place.
    private func number(_ file: [UInt8], _ place: Int, isLittle: Bool = false) -> Int {
        let bytes = file[place..<(place + 4)]
        return (isLittle ? bytes.reversed() : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
    }

    /// Names of a RIFF file's chunks, from a place on.
    private func chunks(_ file: [UInt8]) -> [String] {
        var names: [String] = []
        var place = 12
        while place + 8 <= file.count {
            names.append(String(decoding: file[place..<(place + 4)], as: UTF8.self))
            let size = number(file, place + 4, isLittle: true)
            place += 8 + size + size % 2
        }
        return names
    }

    @Test func `an animated WebP has a frame for each picture`() {
        let file = AnimatedWebP.encode(pictures, framesPerSecond: 6, quality: nil)

        #expect(chunks(file) == ["VP8X", "ANIM", "ANMF", "ANMF", "ANMF"])
        #expect(number(file, 4, isLittle: true) == file.count - 8)
        // Width and height less one, in three bytes each.
        #expect(Array(file[24..<30]) == [31, 0, 0, 15, 0, 0])
    }

    @Test func `an animated PNG is a PNG of its first picture`() throws {
        let file = AnimatedPNG.encode(pictures, framesPerSecond: 6)

        #expect(try PNG.decode(file) == pictures[0])
        #expect(file.contains(sequence: "acTL"))
        #expect(file.contains(sequence: "fdAT"))
    }

    @Test func `a FLAC file tells rate, channels and length`() {
        let sound = Sound(samples: [Int16](repeating: 5, count: 10_000), rate: 44_100, channels: 2)

        let file = FLAC.encode(sound)

        #expect(String(decoding: file[..<4], as: UTF8.self) == "fLaC")
        #expect(Int(file[18]) << 12 | Int(file[19]) << 4 | Int(file[20]) >> 4 == 44_100)
        #expect(Int(file[20]) >> 1 & 7 == 1)
        #expect(number(file, 22) == 5000)
        // Two frames; in the last, 904 samples of each channel between head and checksum.
        #expect(file.count == 42 + 8 + 2 * (1 + 4096 * 2) + 2 + 8 + 2 * (1 + 904 * 2) + 2)
    }

    @Test func `animations and sounds tell of their prompt`() throws {
        let texts = [("prompt", #"{"1": {}}"#), ("n", "1")]

        let webP = AnimatedWebP.encode(pictures, framesPerSecond: 6, quality: nil, texts: texts)
        let png = AnimatedPNG.encode(pictures, framesPerSecond: 6, texts: texts)
        let flac = FLAC.encode(Sound(samples: [1, 2, 3] as [Int16], rate: 44_100), texts: texts)

        #expect(chunks(webP) == ["VP8X", "ANIM", "ANMF", "ANMF", "ANMF", "EXIF"])
        #expect(webP[20] == 0x0a)
        #expect(webP.contains(sequence: "prompt:{\"1\": {}}\0"))
        #expect(webP.contains(sequence: "n:1\0"))
        #expect(png.contains(sequence: "comfprompt\0{\"1\": {}}"))
        #expect(try PNG.decode(png) == pictures[0])
        #expect(flac.contains(sequence: "prompt={\"1\": {}}"))
        // STREAMINFO is not the last block, the comments are.
        #expect((flac[4], flac[42]) == (0x00, 0x84))
    }

    @Test func `a WebM file holds a cluster for each picture`() {
        let file = WebM.encode(pictures, framesPerSecond: 6)

        #expect(Array(file[..<4]) == [0x1A, 0x45, 0xDF, 0xA3])
        #expect(file.contains(sequence: "V_VP8"))
        // The start code of a VP8 key frame.
        #expect(file.indices.filter { file[$0...].starts(with: [0x9D, 0x01, 0x2A, 32, 0, 16, 0]) }.count == 3)
    }
}

extension [UInt8] {
    fileprivate func contains(sequence: String) -> Bool { firstRange(of: Array(sequence.utf8)) != nil }
}
