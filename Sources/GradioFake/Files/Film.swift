import Glibc
import Media

/// The films of the fake: one picture, and a light that wanders over it.
enum Film {
    /// An MP4 that follows from its arguments alone.
    ///
    /// Frames are painted as the encoder asks for them, so that only one is in memory at a time.
    static func make(
        prompt: String, seed: UInt64, frames: Int, width: Int, height: Int, framesPerSecond: Int
    ) throws(MediaError) -> [UInt8] {
        let still = Picture.make(seed: seed, prompt: prompt, width: width, height: height)
        let side = max(8, min(width, height) / 6)
        let phase = Double(seed % 360) / 57.3
        let painted = (0..<frames).lazy.map { frame -> Bitmap in
            var picture = still
            let angle = phase + 2 * Double.pi * Double(frame) / Double(max(1, frames))
            let x = Int(Double(width - side) * (0.5 + 0.45 * cos(angle)))
            let y = Int(Double(height - side) * (0.5 + 0.35 * sin(2 * angle)))
            for ring in 0..<4 {
                let inset = ring * side / 8
                let bright = UInt8(120 + ring * 40)
                picture.fill(
                    x: x + inset, y: y + inset, width: side - 2 * inset, height: side - 2 * inset,
                    with: Colour(red: bright, green: bright, blue: UInt8(90 + ring * 30)))
            }
            return picture
        }
        return try MP4.encode(frames: painted, framesPerSecond: Double(framesPerSecond), limit: 8 << 20)
    }
}
