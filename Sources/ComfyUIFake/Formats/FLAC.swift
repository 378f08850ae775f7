internal import Media

/// FLAC files (RFC 9639) of 16-bit sound, without compression: every subframe holds its samples as they are.
enum FLAC {
    private static let blockSize = 4096

    /// - Parameter texts: what else the file is to tell, by keyword: as Vorbis comments.
    static func encode(_ sound: Sound, texts: [(String, String)] = []) -> [UInt8] {
        var file = ByteWriter()
        file.text("fLaC")
        // STREAMINFO of 34 bytes; bit 7 says that no other metadata follows.
        file.big(texts.isEmpty ? 0x80 : 0, 1)
        file.big(34, 3)
        file.big(blockSize, 2)
        file.big(blockSize, 2)
        // Frame sizes and the checksum of the sound may be left unknown.
        file.big(0, 6)
        let channels = min(sound.channels, 2)
        file.big(sound.rate << 44 | (channels - 1) << 41 | 15 << 36 | sound.frames & 0xf_ffff_ffff, 8)
        file.big(0, 8)
        file.big(0, 8)
        if !texts.isEmpty {
            let comments = comments(texts)
            file.big(0x84, 1)
            file.big(comments.count, 3)
            file.add(comments)
        }
        for (number, start) in stride(from: 0, to: sound.frames, by: blockSize).enumerated() {
            file.add(frame(number, start, min(blockSize, sound.frames - start), sound, channels))
        }
        return file.bytes
    }

    /// A block VORBIS_COMMENT: who wrote it, then `keyword=text`, all with their lengths before them.
    private static func comments(_ texts: [(String, String)]) -> [UInt8] {
        var block = ByteWriter()
        func add(_ text: String) {
            block.little(text.utf8.count, 4)
            block.text(text)
        }
        add("understudy")
        block.little(texts.count, 4)
        for (keyword, text) in texts { add("\(keyword)=\(text)") }
        // The length of a block has 24 bits: a workflow that is larger is left out.
        return block.bytes.count < 1 << 24 ? block.bytes : self.comments([])
    }

    private static func frame(_ number: Int, _ start: Int, _ count: Int, _ sound: Sound, _ channels: Int) -> [UInt8] {
        var frame = ByteWriter()
        // Sync code, fixed block size; then: size in 16 bits, rate from STREAMINFO; channels, 16 bits a sample.
        frame.big(0xfff8, 2)
        frame.big(0x70, 1)
        frame.big((channels - 1) << 4 | 0x08, 1)
        frame.add(coded(number))
        frame.big(count - 1, 2)
        frame.big(Int(sum8(frame.bytes)), 1)
        for channel in 0..<channels {
            // A verbatim subframe.
            frame.big(0x02, 1)
            for index in start..<(start + count) { frame.big(Int(sound.samples[index * sound.channels + channel]), 2) }
        }
        frame.big(Int(sum16(frame.bytes)), 2)
        return frame.bytes
    }

    /// A frame number, coded as UTF-8 codes a character.
    private static func coded(_ number: Int) -> [UInt8] {
        if number < 0x80 { return [UInt8(number)] }
        if number < 0x800 { return [UInt8(0xc0 | number >> 6), UInt8(0x80 | number & 0x3f)] }
        return [UInt8(0xe0 | number >> 12 & 0x0f), UInt8(0x80 | number >> 6 & 0x3f), UInt8(0x80 | number & 0x3f)]
    }

    private static func sum8(_ bytes: [UInt8]) -> UInt8 {
        bytes.reduce(0) { sum, byte in
            (0..<8).reduce(sum ^ byte) { sum, _ in sum & 0x80 != 0 ? sum << 1 ^ 0x07 : sum << 1 }
        }
    }

    private static func sum16(_ bytes: [UInt8]) -> UInt16 {
        bytes.reduce(0) { sum, byte in table16[Int((sum >> 8) ^ UInt16(byte))] ^ (sum << 8) }
    }

    private static let table16 = (0..<256).map { number -> UInt16 in
        (0..<8).reduce(UInt16(number) << 8) { sum, _ in sum & 0x8000 != 0 ? sum << 1 ^ 0x8005 : sum << 1 }
    }
}
