internal import Encodings
import Glibc
import Media

/// How the content of a made file comes about.
///
/// A film takes a second of work and a megabyte; most are never fetched. So a function's file is a recipe until
/// somebody reads it.
enum MediaRecipe: Sendable, Hashable {
    case sine(frequency: Double, seconds: Double, rate: Int, amplitude: Double)
    case sound(prompt: String, seed: UInt64, seconds: Double, rate: Int)
    case pitched(source: [UInt8], semitones: Double)
    case picture(prompt: String, seed: UInt64, width: Int, height: Int, format: ImageFormat)
    case plain(width: Int, height: Int, colour: Int, format: ImageFormat)
    case video(prompt: String, seed: UInt64, frames: Int, width: Int, height: Int, framesPerSecond: Int)

    /// The bytes of the file. Work for another thread than the loop's, unless it is a tone or a small picture.
    func bytes() throws(MediaError) -> [UInt8] {
        switch self {
        case .sine(let frequency, let seconds, let rate, let amplitude):
            let count = Int(Double(rate) * seconds)
            let step = 2 * Double.pi * frequency
            return WAV.encode(
                samples: (0..<count).map { Int16(amplitude * sin(step * Double($0) / Double(rate))) }, rate: rate)
        case .sound(let prompt, let seed, let seconds, let rate):
            return WAV.encode(Sound.make(seed: seed, prompt: prompt, seconds: seconds, rate: rate))
        case .pitched(let source, let semitones):
            return WAV.encode(PitchShift.apply(to: source, semitones: semitones))
        case .picture(let prompt, let seed, let width, let height, let format):
            return try Self.encode(Picture.make(seed: seed, prompt: prompt, width: width, height: height), format)
        case .plain(let width, let height, let colour, let format):
            return try Self.encode(Bitmap(width: width, height: height, filledWith: Colour(rgb: colour)), format)
        case .video(let prompt, let seed, let frames, let width, let height, let framesPerSecond):
            return try Film.make(
                prompt: prompt, seed: seed, frames: frames, width: width, height: height,
                framesPerSecond: framesPerSecond)
        }
    }

    /// Whether making it takes no time worth a thread.
    var isQuick: Bool {
        switch self {
        case .sine(_, let seconds, let rate, _): seconds * Double(rate) < 50_000
        case .plain(let width, let height, _, _): width * height < 65_536
        default: false
        }
    }

    private static func encode(_ bitmap: Bitmap, _ format: ImageFormat) throws(MediaError) -> [UInt8] {
        switch format {
        case .png: PNG.encode(bitmap)
        case .jpeg: JPEG.encode(bitmap)
        case .webp: try WebP.encode(bitmap)
        }
    }
}

/// What stands in for a voice conversion: the same sound, higher or lower.
enum PitchShift {
    /// A sound that is no WAV becomes a tune that follows from its bytes.
    static func apply(to source: [UInt8], semitones: Double) -> Sound {
        guard let sound = try? WAV.decode(source) else {  // other formats are not decoded here
            return Sound.make(seed: UInt64(source.count), prompt: SHA256.hex(source), seconds: 2)
        }
        let ratio = pow(2, max(-48, min(48, semitones)) / 12)
        let frames = sound.frames
        var shifted = sound
        for frame in 0..<frames {
            // Read faster or slower and begin again at the end: the length stays.
            let place = (Double(frame) * ratio).truncatingRemainder(dividingBy: Double(max(1, frames)))
            let first = Int(place)
            let second = min(first + 1, frames - 1)
            let share = place - Double(first)
            for channel in 0..<sound.channels {
                let a = Double(sound.samples[first * sound.channels + channel])
                let b = Double(sound.samples[second * sound.channels + channel])
                shifted.samples[frame * sound.channels + channel] = Int16(a + (b - a) * share)
            }
        }
        return shifted
    }
}
