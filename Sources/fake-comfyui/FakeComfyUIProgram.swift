import ArgumentParser
import Suite

/// A fake ComfyUI alone, in the foreground.
@main
struct FakeComfyUIProgram: ServingCommand {
    static let configuration = CommandConfiguration(
        commandName: "fake-comfyui", abstract: "A fake ComfyUI, on port 8188 unless told otherwise.",
        version: VersionCommand.version)

    @OptionGroup(title: "Options of its own") var own: ComfyUIOptions
    @OptionGroup(title: "Options of every fake") var options: SingleFakeOptions

    func serve(until signals: StopSignals) async throws -> Int32 {
        var cast = Cast()
        cast.tuneComfyUI = own.tune
        return try await options.serve("comfyui", with: own.settings, cast: cast, until: signals)
    }

    static func main() {
        Program.run(Self.self)
    }
}
