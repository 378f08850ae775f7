/// MPEG-4 files (ISO/IEC 14496-12 and -15) of one H.264 track, with the index before the pictures, so that a
/// player starts before the file has come whole.
public enum MP4 {
    /// A film of these frames, that plays in browsers and in ffmpeg.
    ///
    /// H.264 keeps colour for pairs of pixels: an odd side is made even by repeating its last row or column. A
    /// frame of another size than the first is scaled to it.
    ///
    /// - Parameters:
    ///   - framesPerSecond: from 0.1 to 1000.
    ///   - limit: about how many bytes the file may take. The first frame is always whole; later ones renew
    ///     only so much of the picture as fits, and catch up where there is room.
    /// - Throws: `.unsupported` for no frame, `.tooLarge` for a picture beyond H.264's highest level.
    public static func encode(
        frames: some Collection<Bitmap>, framesPerSecond: Double, limit: Int = 16 << 20
    ) throws(MediaError) -> [UInt8] {
        guard let first = frames.first else {
            throw MediaError(.unsupported, "MP4: expected at least one frame")
        }
        let rate = framesPerSecond.isNaN ? 24 : min(max(framesPerSecond, 0.1), 1000)
        let width = first.width + first.width % 2
        let height = first.height + first.height % 2
        let parameters = H264Parameters(
            width: width, height: height, frameTicks: 1000, ticksPerSecond: Int((rate * 1000).rounded()))
        guard parameters.columns * parameters.rows <= H264Parameters.mostMacroblocks else {
            throw MediaError(.tooLarge, "MP4: H.264 knows no picture as large as \(width)x\(height)")
        }

        var encoder = H264Encoder(parameters)
        var data: [UInt8] = []
        var sizes: [Int] = []
        var left = frames.count
        for frame in frames {
            let budget = max(0, limit - data.count) / left / H264Encoder.macroblockBytes
            let unit = encoder.slice(of: frame.scaled(width: first.width, height: first.height).evened, budget: budget)
            data.append(bigEndian: unit.count, bytes: 4)
            data += unit
            sizes.append(unit.count + 4)
            left -= 1
        }
        return file(parameters, sizes: sizes, data: data)
    }

    private static func file(_ parameters: H264Parameters, sizes: [Int], data: [UInt8]) -> [UInt8] {
        var start: [UInt8] = []
        start.appendBox("ftyp") { box in
            box += Array("isom".utf8)
            box.append(bigEndian: 0x200, bytes: 4)
            box += Array("isomiso2avc1mp41".utf8)
        }
        // The index names the place of the first picture, and its own length does not depend on that number.
        let index = MP4Index(parameters: parameters, sizes: sizes)
        let place = start.count + index.box(firstSample: 0).count + 8
        var file = start + index.box(firstSample: place)
        file.reserveCapacity(place + data.count)
        file.append(bigEndian: data.count + 8, bytes: 4)
        file += Array("mdat".utf8)
        file += data
        return file
    }
}

extension Bitmap {
    /// The picture with even sides, the last row and column repeated where that takes one more.
    fileprivate var evened: Bitmap {
        guard width % 2 == 1 || height % 2 == 1 else { return self }
        var rows = [UInt8]()
        rows.reserveCapacity((width + 1) * (height + 1) * 4)
        for row in 0..<height + height % 2 {
            let end = (min(row, height - 1) + 1) * width * 4
            rows += pixels[end - width * 4..<end]
            if width % 2 == 1 { rows += pixels[end - 4..<end] }
        }
        return Bitmap(width: width + width % 2, height: height + height % 2, pixels: rows)
    }
}
