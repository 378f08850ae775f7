internal import Media

/// Placeholder.
enum MP4 {
    static func encode(frames: [Bitmap], framesPerSecond: Double) -> [UInt8] {
        [0, 0, 0, 32] + Array("ftypisom".utf8) + [0, 0, 2, 0] + Array("isomiso2avc1mp41".utf8)
    }
}
