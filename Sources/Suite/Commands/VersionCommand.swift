public import ArgumentParser

/// `understudy version`: this version, and those of the servers that it imitates.
public struct VersionCommand: ParsableCommand {
    /// The version of this package; see CHANGELOG.md.
    public static let version = "0.1.0"

    public static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print this version, and those of the servers that are imitated.")

    /// For ArgumentParser.
    public init() {}

    public func run() {
        Program.say("understudy \(Self.version) (as ComfyUI 0.27.1, LiteLLM proxy 1.109.1, Gradio 6.31.0)")
    }
}
