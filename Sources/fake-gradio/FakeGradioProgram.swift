import ArgumentParser
import Suite

/// A fake Gradio app alone, in the foreground.
@main
struct FakeGradioProgram: ServingCommand {
    static let configuration = CommandConfiguration(
        commandName: "fake-gradio", abstract: "A fake Gradio app, on the port of its role unless told otherwise.",
        version: VersionCommand.version)

    @OptionGroup(title: "Options of its own") var own: GradioOptions
    @OptionGroup(title: "Options of every fake") var options: SingleFakeOptions

    func serve(until signals: StopSignals) async throws -> Int32 {
        var cast = Cast()
        cast.gradioMajor = try own.version()
        cast.gradioOptions = own.options
        cast.tuneGradio = own.tune
        return try await options.serve(nil, with: own.settings, over: own.usual, cast: cast, until: signals)
    }

    static func main() {
        Program.run(Self.self)
    }
}
