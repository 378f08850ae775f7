import ArgumentParser
import Suite

/// A fake ComfyUI alone, in the foreground.
@main
struct FakeComfyUIProgram: ServingCommand {
    static let configuration = CommandConfiguration(
        commandName: "fake-comfyui", abstract: "A fake ComfyUI, on port 8188 unless told otherwise.",
        version: VersionCommand.version)

    @Option(
        help: ArgumentHelp(
            "\"strict\" ignores the story's messages, as the real server does.", valueName: "story|strict"))
    var profile: String?

    @Option(help: ArgumentHelp("Further node classes, from a JSON file. Repeatable.", valueName: "file"))
    var nodes: [String] = []

    @Option(
        defaultAsFlag: "*",
        help: ArgumentHelp("Allow pages of other origins, as the real server's option does.", valueName: "origin"))
    var enableCorsHeader: String?

    @OptionGroup var options: SingleFakeOptions

    func serve(until signals: StopSignals) async throws -> Int32 {
        var settings = Settings()
        settings.comfyUI.profile = profile
        settings.comfyUI.nodes = nodes.isEmpty ? nil : nodes
        settings.comfyUI.corsOrigin = enableCorsHeader
        return try await options.serve("comfyui", with: settings, until: signals)
    }

    static func main() {
        Program.run(Self.self)
    }
}
