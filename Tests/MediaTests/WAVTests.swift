import Media
import Testing

@Suite struct WAVTests {
    @Test(arguments: [1, 2])
    func `samples survive`(channels: Int) throws {
        let sound = Sound(samples: [0, 1, -1, .max, .min, 12_345], rate: 22_050, channels: channels)

        #expect(try WAV.decode(WAV.encode(sound)) == sound)
    }

    @Test func `the header is the plain one of 44 bytes`() {
        let file = WAV.encode(samples: [1, 2, 3] as [Int16], rate: 44_100)

        #expect(file.count == 50)
        #expect(file.prefix(4).elementsEqual("RIFF".utf8))
        #expect(Array(file[4..<8]) == [42, 0, 0, 0])
        #expect(file[8..<16].elementsEqual("WAVEfmt ".utf8))
        #expect(Array(file[16..<36]) == [16, 0, 0, 0, 1, 0, 1, 0, 0x44, 0xac, 0, 0, 0x88, 0x58, 1, 0, 2, 0, 16, 0])
        #expect(Array(file[40...]) == [6, 0, 0, 0, 1, 0, 2, 0, 3, 0])
    }

    @Test func `samples between -1 and 1 are scaled, and clipped beyond`() {
        let sound = Sound(samples: [0, 0.5, -0.5, 2, -2, .nan] as [Float], rate: 8000)

        #expect(sound.samples == [0, 16_383, -16_383, 32_767, -32_767, 0])
    }

    @Test(arguments: [
        (1, 8, [0, 128, 255] as [UInt8], [-32_768, 0, 32_512] as [Int16]),
        (1, 24, [9, 0, 0x40, 9, 0, 0xc0], [0x4000, -0x4000]),
        (1, 32, [9, 9, 0, 0x40], [0x4000]),
        (3, 32, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xbf], [32_767, -16_383]),
    ])
    func `other depths are read as 16 bits`(tag: UInt8, bits: UInt8, data: [UInt8], expected: [Int16]) throws {
        let file = wav(tag: tag, bits: bits, data: data)

        #expect(try WAV.decode(file).samples == expected)
    }

    @Test func `chunks before the data are passed over`() throws {
        var file = wav(tag: 1, bits: 16, data: [1, 0])
        file.insert(contentsOf: Array("LIST".utf8) + [3, 0, 0, 0, 7, 7, 7, 0], at: 36)

        #expect(try WAV.decode(file).samples == [1])
    }

    @Test func `a file cut anywhere is refused`() {
        let file = WAV.encode(samples: [1, 2, 3] as [Int16], rate: 8000)

        for length in 0..<file.count {
            #expect(throws: MediaError.self) { try WAV.decode(Array(file.prefix(length))) }
        }
    }

    @Test func `changed bytes never stop the process`() {
        for case (let changed, _) in Noise.spoiled(
            WAV.encode(samples: [1, 2, 3, 4] as [Int16], rate: 8000), times: 500)
        {
            // Refused or taken: either will do.
            _ = try? WAV.decode(changed)
        }
    }

    @Test func `a made sound lasts as long as asked, is audible and repeats`() {
        let sound = Sound.make(seed: 4, prompt: "rain", seconds: 1.5, rate: 16_000)

        #expect(sound.seconds == 1.5)
        #expect(sound.samples.contains { $0 > 4000 })
        #expect(sound == Sound.make(seed: 4, prompt: "rain", seconds: 1.5, rate: 16_000))
        #expect(sound != Sound.make(seed: 5, prompt: "rain", seconds: 1.5, rate: 16_000))
        #expect(Sound.make(seed: 4, prompt: "rain", seconds: -1).samples.isEmpty)
    }

    private func wav(tag: UInt8, bits: UInt8, data: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0, tag, 0, 1, 0, 0x40, 0x1f, 0, 0]
            + [0, 0, 0, 0, bits / 8, 0, bits, 0] + Array("data".utf8) + [UInt8(data.count), 0, 0, 0] + data
    }
}
