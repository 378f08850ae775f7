public import ArgumentParser
internal import Terminal

/// The flags that the suite and each single fake have in common.
public struct ServerOptions: ParsableArguments, Sendable {
    @Option(help: "The number from which every random choice follows. (default: 7)")
    var seed: String?

    @Option(
        help: ArgumentHelp("How much faster than the real servers, such as 10x. (default: 1x)", valueName: "factor"))
    var speed: String?

    @Option(help: "The address to listen on. (default: 127.0.0.1)")
    var host: String?

    @Option(
        name: .customLong("tls-cert"), help: ArgumentHelp("Serve TLS with this certificate (PEM).", valueName: "file"))
    var tlsCertificate: String?

    @Option(
        name: .customLong("tls-key"),
        help: ArgumentHelp("The key that belongs to the certificate (PEM).", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("How to log to standard error: text or json. (default: text)", valueName: "format"))
    var logFormat: String?

    @Flag(name: .shortAndLong, help: "Log each exchange.")
    var verbose = false

    @Option(help: ArgumentHelp("Write the ready line to this file too, whole, once all listen.", valueName: "file"))
    var portsFile: String?

    @Option(
        help: ArgumentHelp("Where the control server listens; 0 is a free port, off is none.", valueName: "port|off"))
    var control: String?

    @Option(
        help: ArgumentHelp(
            "What clients of the control server must show; without it the server stays on loopback.",
            valueName: "secret"))
    var token: String?

    @Option(
        help: ArgumentHelp(
            "Play this from the beginning: a scenario that comes with the suite, or a file.", valueName: "name|file"),
        completion: .scenarios)
    var scenario: String?

    @Flag(
        exclusivity: .exclusive,
        help: "How to print the addresses. (default: a table on a terminal, else the ready line in JSON)")
    var announcement: Announcement?

    /// For ArgumentParser.
    public init() {}

    /// What these flags say.
    func settings() throws(SuiteError) -> Settings {
        var settings = Settings()
        if let seed { settings.seed = try Settings.seed(seed, place: "--seed") }
        if let speed { settings.speed = try Speed(text: speed) }
        settings.host = host
        settings.tlsCertificate = tlsCertificate
        settings.tlsKey = tlsKey
        if let logFormat { settings.logFormat = try LogFormat(text: logFormat, place: "--log-format") }
        if verbose { settings.isVerbose = true }
        settings.portsFile = portsFile
        if let control { settings.control = try ControlChoice(text: control, place: "--control") }
        settings.token = token
        settings.scenario = scenario
        return settings
    }
}

/// How addresses are printed.
enum Announcement: String, EnumerableFlag {
    case json, table

    /// What was asked for, or what suits standard output.
    static func chosen(_ asked: Announcement?) -> Announcement {
        asked ?? (isTerminal(1) ? .table : .json)
    }
}
