internal import Encodings
import JSONTree
import Media

extension ExpressionValues {
    /// The result of a function that reads or makes a file: a number, or the path of what was made.
    mutating func fileFunction(
        _ function: ExpressionFunction, _ arguments: CallArguments
    ) throws(AppFailure) -> JSON {
        switch function {
        case .size: return .int(try files.bytes(of: try path(arguments)).count)
        case .seconds:
            let bytes = try files.bytes(of: try path(arguments))
            // What is wrong with it helps nobody: other formats are no fault, only not decoded here.
            guard let sound = try? WAV.decode(bytes) else { throw .value("the file is no WAV") }
            return .double(sound.seconds)
        case .file:
            let text = arguments.text(1, "text")
            return .string(files.write(.bytes(Array(text.utf8)), name: arguments.text(0, "name", default: "file.txt")))
        case .binary:
            guard let bytes = Base64.decode(arguments.text(1, "base64")) else {
                throw .value("binary() takes base64")
            }
            return .string(files.write(.bytes(bytes), name: arguments.text(0, "name", default: "file.bin")))
        default:
            let (recipe, memoryName) = try recipe(function, arguments)
            if let name = arguments.named["name"]?.string {
                return .string(files.write(.recipe(recipe), name: name))
            }
            return .string(files.hold(.recipe(recipe), name: memoryName))
        }
    }

    /// What is to be made, and its name if the function returns it as a value in memory.
    private func recipe(
        _ function: ExpressionFunction, _ arguments: CallArguments
    ) throws(AppFailure) -> (MediaRecipe, name: String) {
        let prompt = arguments.text(0, "prompt")
        let seed = arguments.seed(1, "seed")
        let format = ImageFormat(rawValue: arguments.named["format"]?.string ?? "webp") ?? .webp
        switch function {
        case .sine:
            return (
                .sine(
                    frequency: try arguments.number(0, "frequency", default: 440),
                    seconds: try length(arguments, at: 1, default: 1), rate: try rate(arguments, at: 2, default: 8000),
                    amplitude: min(32_767, max(0, try arguments.number(3, "amplitude", default: 9000)))), "audio.wav"
            )
        case .sound:
            return (
                .sound(
                    prompt: prompt, seed: seed, seconds: try length(arguments, at: 2, default: 5),
                    rate: try rate(arguments, at: 3, default: 16_000)), "audio.wav"
            )
        case .pitched:
            return (
                .pitched(
                    source: try files.bytes(of: try path(arguments)),
                    semitones: try arguments.number(1, "semitones", default: 0)), "audio.wav"
            )
        case .plain:
            var colour = 0
            for (place, name) in ["red", "green", "blue"].enumerated() {
                colour = colour << 8 | (try arguments.whole(2 + place, name, default: 0, in: 0...255))
            }
            return (
                .plain(
                    width: try arguments.whole(0, "width", default: 64, in: 1...4096),
                    height: try arguments.whole(1, "height", default: 64, in: 1...4096), colour: colour,
                    format: format), "image.\(format.rawValue)"
            )
        case .video:
            return (
                .video(
                    prompt: prompt, seed: seed, frames: try arguments.whole(2, "frames", default: 16, in: 1...600),
                    width: try arguments.whole(3, "width", default: 320, in: 16...1920),
                    height: try arguments.whole(4, "height", default: 192, in: 16...1920),
                    framesPerSecond: try arguments.whole(5, "fps", default: 16, in: 1...60)), "video.mp4"
            )
        default:
            return (
                .picture(
                    prompt: prompt, seed: seed, width: try arguments.whole(2, "width", default: 512, in: 1...4096),
                    height: try arguments.whole(3, "height", default: 512, in: 1...4096), format: format),
                "image.\(format.rawValue)"
            )
        }
    }

    private func path(_ arguments: CallArguments) throws(AppFailure) -> String {
        let value = try arguments.required(0, "path")
        guard let path = value.string else {
            throw .type("stat: path should be string, bytes, os.PathLike or integer, not \(value.pythonType)")
        }
        return path
    }

    private func length(_ arguments: CallArguments, at place: Int, default fallback: Double) throws(AppFailure)
        -> Double
    {
        max(0, min(600, try arguments.number(place, "seconds", default: fallback)))
    }

    private func rate(_ arguments: CallArguments, at place: Int, default fallback: Int) throws(AppFailure) -> Int {
        try arguments.whole(place, "rate", default: fallback, in: 1000...192_000)
    }
}
