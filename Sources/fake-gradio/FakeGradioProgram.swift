import ArgumentParser
import Suite

/// A fake Gradio app alone, in the foreground.
@main
struct FakeGradioProgram: ServingCommand {
    static let configuration = CommandConfiguration(
        commandName: "fake-gradio", abstract: "A fake Gradio app, on the port of its role unless told otherwise.",
        version: VersionCommand.version)

    @Option(
        help: ArgumentHelp(
            "What to pretend to be: \(Lineup.apps.joined(separator: ", ")), or a YAML file.", valueName: "name|file"))
    var app = "echo"

    @OptionGroup var options: SingleFakeOptions

    func serve(until signals: StopSignals) async throws -> Int32 {
        var settings = Settings()
        settings.apps = [app]
        // Where the real one stands, for an app that has no place of its own.
        if !Lineup.apps.contains(app) { settings.ports.nameless = [7860] }
        return try await options.serve(nil, with: settings, until: signals)
    }

    static func main() {
        Program.run(Self.self)
    }
}
