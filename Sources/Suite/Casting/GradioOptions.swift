public import ArgumentParser
public import GradioFake

/// The flags that only a fake Gradio has.
public struct GradioOptions: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            "What to pretend to be: \(Lineup.apps.joined(separator: ", ")), or a YAML file.", valueName: "name|file"))
    var app = "echo"

    @Option(
        help: ArgumentHelp(
            "The major version of Gradio: 6, 5, 4 or 3. (default: 6, or as the file says)", valueName: "number"))
    var major: Int?

    @Flag(help: "Show clients the text of every exception, as launch(show_error=True) does.")
    var showError = false

    @Flag(help: "Answer only what the real server answers: no status pages of the story.")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "Serve the real web interface: where the package gradio is installed or unpacked.", valueName: "folder"))
    var frontend: String?

    @Option(
        name: .customLong("option"),
        help: ArgumentHelp(
            "What $NAME stands for in an app file; parts that ask for NAME are there. May be repeated.",
            valueName: "NAME=value"))
    var appOptions: [String] = []

    /// For ArgumentParser.
    public init() {}

    /// The options of the app file by name; one without a value is switched on.
    public var options: [String: String] {
        var options: [String: String] = [:]
        for option in appOptions {
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            options[parts[0]] = parts.count > 1 ? parts[1] : "1"
        }
        return options
    }

    /// What these flags say, as far as the settings have it too.
    public var settings: Settings {
        var settings = Settings()
        settings.apps = [app]
        settings.gradio.frontend = frontend
        return settings
    }

    /// Where the real one stands, for an app that has no place of its own.
    public var usual: Settings {
        var settings = Settings()
        if !Lineup.apps.contains(app) { settings.ports.nameless = [7860] }
        return settings
    }

    /// The version that was asked for.
    public func version() throws -> GradioMajor? {
        try GradioMajor.asked(major)
    }

    /// Changes a setup as the other flags say.
    public func tune(_ setup: inout GradioConfiguration) {
        if showError { setup.app.launch.showError = true }
        if strict { setup.isStrict = true }
    }
}
