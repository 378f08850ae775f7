/// What a WAV file's `fmt ` chunk says about its samples.
struct WAVLayout {
    let rate: Int
    let channels: Int
    let bytesPerSample: Int
    private let isFloat: Bool

    init(_ chunk: ArraySlice<UInt8>) throws(MediaError) {
        var reader = ByteReader(chunk, of: "WAV fmt chunk")
        var tag = try reader.littleEndian(2)
        channels = try reader.littleEndian(2)
        rate = try reader.littleEndian(4)
        _ = try reader.take(6)
        let bits = try reader.littleEndian(2)
        if tag == 0xfffe {
            // WAVE_FORMAT_EXTENSIBLE: size, valid bits, speakers, then a GUID that begins with the real tag.
            _ = try reader.take(8)
            tag = try reader.littleEndian(2)
        }
        guard channels > 0, channels <= 64, rate > 0, rate <= 1_000_000 else {
            throw MediaError(.damaged, "WAV: expected 1 to 64 channels at up to 1 MHz, got \(channels) at \(rate) Hz")
        }
        isFloat = tag == 3
        guard (tag == 1 && [8, 16, 24, 32].contains(bits)) || (tag == 3 && bits == 32) else {
            throw MediaError(.unsupported, "WAV: expected PCM or 32-bit float, got format \(tag) with \(bits) bits")
        }
        bytesPerSample = bits / 8
    }

    /// The samples of the data chunk; a frame that is not whole is left out.
    func samples(of data: ArraySlice<UInt8>) -> [Int16] {
        let count = data.count / (bytesPerSample * channels) * channels
        return unsafe data.withUnsafeBytes { bytes in
            (0..<count).map { index in
                let at = index * bytesPerSample
                if isFloat {
                    let value = Float(bitPattern: unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
                    return value.isNaN ? 0 : Int16(max(-1, min(1, value)) * 32_767)
                }
                // 8 bits are unsigned around 128; of the wider ones the two upper bytes are the 16-bit sample.
                if bytesPerSample == 1 { return (Int16(unsafe bytes[at]) - 128) << 8 }
                return unsafe bytes.loadUnaligned(fromByteOffset: at + bytesPerSample - 2, as: Int16.self)
            }
        }
    }
}
