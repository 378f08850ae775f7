public import ArgumentParser
internal import Terminal

/// Where a suite keeps its pid, its ready line and its log.
public struct StateOptions: ParsableArguments, Sendable {
    @Option(
        name: .customLong("state"),
        help: ArgumentHelp(
            "The folder for pid, ready line, settings and log. (default: .understudy, or $UNDERSTUDY_STATE)",
            valueName: "folder")
    )
    var path: String?

    /// For ArgumentParser.
    public init() {}

    var folder: StateFolder {
        StateFolder(path: path ?? environmentVariable("UNDERSTUDY_STATE") ?? ".understudy")
    }
}
