import ArgumentParser
import Suite

/// A fake LiteLLM proxy alone, in the foreground.
@main
struct FakeLiteLLMProgram: ServingCommand {
    static let configuration = CommandConfiguration(
        commandName: "fake-litellm", abstract: "A fake LiteLLM proxy, on ports 8000 and 4000 unless told otherwise.",
        version: VersionCommand.version)

    @OptionGroup(title: "Options of its own") var own: LiteLLMOptions
    @OptionGroup(title: "Options of every fake") var options: SingleFakeOptions

    func serve(until signals: StopSignals) async throws -> Int32 {
        var cast = Cast()
        cast.tuneLiteLLM = own.tune
        return try await options.serve("litellm", with: own.settings(), cast: cast, until: signals)
    }

    static func main() {
        Program.run(Self.self)
    }
}
