import ArgumentParser
import Suite

/// A fake LiteLLM proxy alone, in the foreground.
@main
struct FakeLiteLLMProgram: ServingCommand {
    static let configuration = CommandConfiguration(
        commandName: "fake-litellm", abstract: "A fake LiteLLM proxy, on ports 8000 and 4000 unless told otherwise.",
        version: VersionCommand.version)

    @Option(help: ArgumentHelp("A proxy configuration, in the real proxy's YAML.", valueName: "file"))
    var config: String?

    @OptionGroup var options: SingleFakeOptions

    func serve(until signals: StopSignals) async throws -> Int32 {
        var settings = Settings()
        settings.liteLLM.config = config
        return try await options.serve("litellm", with: settings, until: signals)
    }

    static func main() {
        Program.run(Self.self)
    }
}
