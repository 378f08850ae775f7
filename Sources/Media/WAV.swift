/// RIFF WAVE files: 16-bit PCM written; PCM of 8 to 32 bits and 32-bit float read.
public enum WAV {
    /// Frames that are decoded at most: an hour of 48 kHz.
    private static let mostSamples = 48_000 * 3600 * 2

    /// Whether the bytes begin as a WAV file does.
    public static func isWAV(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 12 && bytes.starts(with: Array("RIFF".utf8)) && bytes[8..<12].elementsEqual("WAVE".utf8)
    }

    /// A file of 16-bit PCM with the plain header of 44 bytes.
    public static func encode(_ sound: Sound) -> [UInt8] {
        let size = sound.samples.count * 2
        var file: [UInt8] = []
        file.reserveCapacity(44 + size)
        file += Array("RIFF".utf8)
        file.append(littleEndian: 36 + size, bytes: 4)
        file += Array("WAVEfmt ".utf8)
        file.append(littleEndian: 16, bytes: 4)
        file.append(littleEndian: 1, bytes: 2)
        file.append(littleEndian: sound.channels, bytes: 2)
        file.append(littleEndian: sound.rate, bytes: 4)
        file.append(littleEndian: sound.rate * sound.channels * 2, bytes: 4)
        file.append(littleEndian: sound.channels * 2, bytes: 2)
        file.append(littleEndian: 16, bytes: 2)
        file += Array("data".utf8)
        file.append(littleEndian: size, bytes: 4)
        // Every platform of this package is little-endian, as the file is.
        unsafe sound.samples.withUnsafeBytes { unsafe file.append(contentsOf: $0) }
        return file
    }

    /// A file of 16-bit PCM from samples.
    public static func encode(samples: [Int16], rate: Int, channels: Int = 1) -> [UInt8] {
        encode(Sound(samples: samples, rate: rate, channels: channels))
    }

    /// A file of 16-bit PCM from samples between -1 and 1.
    public static func encode(samples: [Float], rate: Int, channels: Int = 1) -> [UInt8] {
        encode(Sound(samples: samples, rate: rate, channels: channels))
    }

    /// The sound of a file, as 16 bits.
    ///
    /// A data chunk that claims more than the file holds is refused, but for the sizes 0 and 0xffffffff that
    /// streaming writers leave there: then the rest of the file counts.
    public static func decode(_ bytes: [UInt8]) throws(MediaError) -> Sound {
        guard isWAV(bytes) else { throw MediaError(.notThisFormat, "WAV: the RIFF header is missing") }
        var reader = ByteReader(bytes[12...], of: "WAV")
        var layout: WAVLayout?
        while true {
            let name = String(decoding: try reader.take(4), as: UTF8.self)
            let size = try reader.littleEndian(4)
            switch name {
            case "fmt ":
                layout = try WAVLayout(try reader.take(size))
            case "data":
                guard let layout else { throw MediaError(.damaged, "WAV: expected a fmt chunk before the data chunk") }
                let open = size == 0xffff_ffff || (size == 0 && reader.remaining > 0)
                let data = try reader.take(open ? reader.remaining : size)
                guard data.count / layout.bytesPerSample <= mostSamples else {
                    throw MediaError(.tooLarge, "WAV: expected at most \(mostSamples) samples")
                }
                return Sound(samples: layout.samples(of: data), rate: layout.rate, channels: layout.channels)
            default:
                _ = try reader.take(size)
            }
            // Chunks begin at even offsets.
            if size % 2 == 1, reader.remaining > 0 { _ = try reader.take(1) }
        }
    }
}
