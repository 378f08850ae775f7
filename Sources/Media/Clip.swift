/// The frames of a made film, each painted when it is asked for: a disc wanders over the picture of the prompt,
/// and a line at the bottom shows how far the film is.
///
/// Most of the picture stays as it is, which keeps the file small.
public struct Clip: RandomAccessCollection, Sendable {
    private let ground: Bitmap
    private let disc: Disc
    private let reach: Double
    /// The first frame's index.
    public let startIndex = 0
    /// How many frames there are.
    public let endIndex: Int

    /// A film that follows from seed and prompt.
    ///
    /// - Parameter frames: how many frames; at least one is made.
    public init(seed: UInt64, prompt: String, width: Int, height: Int, frames: Int) {
        ground = Picture.make(seed: seed, prompt: prompt, width: width, height: height)
        endIndex = Swift.max(1, frames)
        var dice = Dice(seed: seed, text: prompt)
        reach = 0.2 + dice.fraction() * 0.2
        disc = Disc(x: 0, y: 0, radius: 0.08, colour: Colour(rgb: 0xf6d55c))
    }

    /// The frame with this number.
    public subscript(position: Int) -> Bitmap {
        precondition(indices.contains(position), "a frame of the film")
        var frame = ground
        let part = Double(position) / Double(endIndex)
        // A triangle wave to and fro, and one of twice its pace up and down.
        let moved = Disc(
            x: 0.15 + 0.7 * swing(part), y: 0.45 + reach * (swing(part * 2) - 0.5), radius: disc.radius,
            colour: disc.colour)
        moved.paint(on: &frame, progress: 1)
        let line = Swift.max(1, frame.height / 120)
        let length = frame.width * (position + 1) / endIndex
        frame.fill(x: 0, y: frame.height - line, width: length, height: line, with: disc.colour)
        return frame
    }

    private func swing(_ part: Double) -> Double {
        let phase = part - part.rounded(.down)
        return phase < 0.5 ? phase * 2 : 2 - phase * 2
    }
}
