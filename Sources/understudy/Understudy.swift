import ArgumentParser
import Suite

/// The whole suite as one program.
@main
struct Understudy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "understudy",
        abstract: "Stand-in servers of AI applications: a fake ComfyUI, a fake LiteLLM proxy and fake Gradio apps.",
        version: VersionCommand.version,
        subcommands: [
            UpCommand.self, DownCommand.self, StatusCommand.self, LogsCommand.self, DoctorCommand.self, RunCommand.self,
            ScenarioCommand.self, RuleCommand.self, JournalCommand.self, FakeCommand.self, AppCommand.self,
            CaptureCommand.self, VersionCommand.self,
        ])

    static func main() {
        Program.run(Self.self)
    }
}
