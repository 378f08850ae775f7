import Media
import Testing

@Suite struct SoundFormatsTests {
    @Test func `a FLAC file says what is in it, and has every sample`() throws {
        let sound = Sound(samples: (0..<10_001).flatMap { [Int16($0), Int16(-$0)] }, rate: 24_000, channels: 2)

        let file = FLAC.encode(sound)

        #expect(file.prefix(8).elementsEqual(Array("fLaC".utf8) + [0x80, 0, 0, 34]))
        // Rate in 20 bits, channels less one in 3, bits less one in 5, frames in 36.
        let description = file[18..<26].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        #expect(description >> 44 == 24_000)
        #expect(description >> 41 & 7 == 1)
        #expect(description >> 36 & 31 == 15)
        #expect(description & 0xF_FFFF_FFFF == 10_001)
        // Three blocks, each with a head of 7 bytes and its check, two channels with a byte before them, and a check.
        #expect(file.count == 42 + 3 * (8 + 2 + 2) + 10_001 * 4)
    }

    @Test(arguments: [0.25, 3.0, 30.0]) func `silence lasts as long as was asked`(seconds: Double) {
        #expect(Silence.mp3(seconds: seconds).count == 104 * Int((seconds * 44_100 / 1152).rounded()))
        #expect(Silence.aac(seconds: seconds).count == 11 * Int((seconds * 44_100 / 1024).rounded()))
        let opus = Silence.opus(seconds: seconds)
        // Of the last page: where it ends, at 48 kHz.
        let last = opus.indices.last { opus[$0...].starts(with: Array("OggS".utf8)) } ?? 0
        let end = opus[last + 6..<last + 14].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(end == Int((seconds / 0.02).rounded()) * 960)
        #expect(opus[last + 5] == 4)
    }

    @Test(arguments: [-1, .nan, .infinity]) func `a length that is none makes a file all the same`(seconds: Double) {
        #expect(Silence.mp3(seconds: seconds).count == 104)
        #expect(Silence.opus(seconds: seconds).count > 90)
    }
}
