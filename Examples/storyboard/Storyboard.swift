import ArgumentParser
import Connectivity
import FoundationEssentials
import Glibc

/// Makes one page of a storyboard with the backends of an application: a scene in words, a picture, a clip and a sound.
@main
struct Storyboard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storyboard", abstract: "Make a scene in words, picture, clip and sound.",
        discussion: """
            LiteLLM writes the scene, ComfyUI paints it, Wan2GP films it and AudioLDM makes it sound. They are found at their \
            usual ports, or where movie-director.yaml or the environment says: \
            MOVIE_DIRECTOR_{COMFYUI,WAN2GP,LITELLM,RVC,AUDIOLDM}_{URL,API_KEY}.
              storyboard "a lighthouse in a storm" --out lighthouse
            The exit status is 0 if all was made, 1 if not, 2 for wrong usage or a wrong configuration.
            """)

    @Argument(help: "What the scene is about.")
    var subject = "a lighthouse keeper who finds a message in a bottle"

    @Option(help: ArgumentHelp("The folder for what is made.", valueName: "folder"), completion: .directory)
    var out = "storyboard"

    @Option(help: "The model that writes; the first that LiteLLM offers, if left out.")
    var model: String?

    @Option(help: "Sampling steps of picture and clip.")
    var steps = 20

    @Option(help: "The same number gives the same picture, clip and sound.")
    var seed = Int.random(in: 0..<1 << 32)

    func validate() throws {
        guard steps > 0, seed >= 0 else { throw ValidationError("--steps must be above zero, and --seed not below") }
    }

    static func main() async {
        do {
            try await parse().run()
        } catch let failure as ConnectivityError {
            end(failure.code == .configuration ? 2 : 1, "error: \(failure)")
        } catch let failure as JobFailure {
            end(1, "error: comfyui: \(failure.exceptionType.map { "\($0): " } ?? "")\(failure)")
        } catch let failure as CocoaError {
            end(1, "error: \(failure)")
        } catch {
            let status = exitCode(for: error)
            if status == .success {
                Screen.put(fullMessage(for: error) + "\n", on: STDOUT_FILENO)
                Glibc.exit(0)
            }
            end(status == .validationFailure ? 2 : status.rawValue, fullMessage(for: error))
        }
    }

    private static func end(_ status: Int32, _ text: String) -> Never {
        Screen.put(text + "\n", on: STDERR_FILENO)
        Glibc.exit(status)
    }

    func run() async throws {
        let screen = Screen()
        let studio = try await Studio.open(try ConfigurationLoader().load(), screen)
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)

        let scene = try await studio.scene(about: subject, model: model, screen)
        try keep(Array(scene.utf8), as: "scene.txt", screen)
        try keep(try await studio.picture(of: scene, steps: steps, seed: seed, screen), as: "picture.png", screen)
        try keep(try await studio.clip(of: scene, steps: steps, seed: seed, screen), as: "clip.mp4", screen)
        try keep(try await studio.sound(of: scene, seed: seed, screen), as: "sound.wav", screen)
    }

    private func keep(_ bytes: [UInt8], as name: String, _ screen: Screen) throws {
        let path = "\(out)/\(name)"
        try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        screen.say("\(path), \(bytes.count < 1000 ? "\(bytes.count) bytes" : "\((bytes.count + 500) / 1000) kB")")
    }
}
