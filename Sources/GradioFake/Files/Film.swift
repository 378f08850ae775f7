import Media

/// The films of the fake: one picture that a light moves over.
enum Film {
    /// An MP4 that follows from its arguments alone.
    static func make(
        prompt: String, seed: UInt64, frames: Int, width: Int, height: Int, framesPerSecond: Int
    ) -> [UInt8] {
        []
    }
}
