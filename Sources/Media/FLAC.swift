/// FLAC files (RFC 9639): 16 bits, every sample as it is. Nothing is gained by it but that a player of FLAC plays it.
public enum FLAC {
    private static let blockSize = 4096

    /// A file with the sound, up to eight channels.
    ///
    /// - Parameter texts: what else the file is to tell, by keyword: as Vorbis comments.
    public static func encode(_ sound: Sound, texts: [(String, String)] = []) -> [UInt8] {
        precondition(sound.channels <= 8, "FLAC has eight channels at most")
        var file = Array("fLaC".utf8)
        file.reserveCapacity(64 + sound.samples.count * 2 + sound.frames / blockSize * 16)
        // STREAMINFO of 34 bytes; bit 7 says that no other metadata follows.
        file += [texts.isEmpty ? 0x80 : 0, 0, 0, 34]
        file.append(bigEndian: blockSize, bytes: 2)
        file.append(bigEndian: blockSize, bytes: 2)
        // Sizes of frames and the checksum of the sound, which nobody has to know, are 0.
        file += [UInt8](repeating: 0, count: 6)
        let description = sound.rate << 44 | (sound.channels - 1) << 41 | 15 << 36 | sound.frames
        file.append(bigEndian: description, bytes: 8)
        file += [UInt8](repeating: 0, count: 16)
        if !texts.isEmpty {
            let comments = comments(texts)
            file.append(0x84)
            file.append(bigEndian: comments.count, bytes: 3)
            file += comments
        }
        for (number, start) in stride(from: 0, to: sound.frames, by: blockSize).enumerated() {
            append(sound, start..<min(start + blockSize, sound.frames), number: number, to: &file)
        }
        return file
    }

    /// A block VORBIS_COMMENT: who wrote it, then `keyword=text`, all with their lengths before them.
    private static func comments(_ texts: [(String, String)]) -> [UInt8] {
        var block: [UInt8] = []
        func add(_ count: Int) { for shift in [0, 8, 16, 24] { block.append(UInt8(truncatingIfNeeded: count >> shift)) } }
        func add(_ text: String) {
            add(text.utf8.count)
            block += Array(text.utf8)
        }
        add("understudy")
        add(texts.count)
        for (keyword, text) in texts { add("\(keyword)=\(text)") }
        // The length of a block has 24 bits: what is larger, such as a huge workflow, is left out.
        return block.count < 1 << 24 ? block : comments([])
    }

    private static func append(_ sound: Sound, _ range: Range<Int>, number: Int, to file: inout [UInt8]) {
        let begin = file.count
        // Blocks of a fixed size, which stands behind the number in 16 bits; the rate is that of the whole.
        file += [0xFF, 0xF8, 0x70, UInt8((sound.channels - 1) << 4 | 4 << 1)]
        // Numbered as UTF-8 spells a scalar; an hour at 48 kHz has 42,188 blocks, which is below the surrogates.
        file += Array(String(Unicode.Scalar(UInt32(number)) ?? "\u{FFFD}").utf8)
        file.append(bigEndian: range.count - 1, bytes: 2)
        file.append(UInt8(short.of(file[begin...])))
        for channel in 0..<sound.channels {
            file.append(0x02)  // verbatim
            for frame in range {
                file.append(
                    bigEndian: Int(UInt16(bitPattern: sound.samples[frame * sound.channels + channel])), bytes: 2)
            }
        }
        file.append(bigEndian: long.of(file[begin...]), bytes: 2)
    }

    private static let short = Checksum(polynomial: 0x07, bits: 8)
    private static let long = Checksum(polynomial: 0x8005, bits: 16)
}

/// A cyclic redundancy check, most significant bit first, from 0.
private struct Checksum {
    private let bits: Int
    private let table: [Int]

    init(polynomial: Int, bits: Int) {
        self.bits = bits
        table = (0..<256).map { byte in
            (0..<8).reduce(byte << (bits - 8)) { value, _ in
                (value << 1 ^ (value >> (bits - 1) & 1) * polynomial) & (1 << bits - 1)
            }
        }
    }

    func of(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { sum, byte in
            (sum << 8 ^ table[(sum >> (bits - 8) ^ Int(byte)) & 0xFF]) & (1 << bits - 1)
        }
    }
}
