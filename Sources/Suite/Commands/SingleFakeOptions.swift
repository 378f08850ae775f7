public import ArgumentParser
internal import Glibc
internal import Terminal

/// The flags of an executable that runs one fake in the foreground, and what it does with them.
public struct SingleFakeOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("Where to listen; several with commas between; 0 is a free port.", valueName: "port,…"))
    var port: String?

    @OptionGroup var server: ServerOptions

    /// For ArgumentParser.
    public init() {}

    /// Starts the fake, prints where it is, serves until a signal comes, and stops.
    ///
    /// - Parameters:
    ///   - id: the fake's name in the lineup, or nil where the settings name an app.
    ///   - own: what this executable's own flags say.
    ///   - usual: what holds where neither flags nor surroundings say anything.
    ///   - cast: who plays the part.
    /// - Returns: the exit status.
    public func serve(
        _ id: String?, with own: Settings, over usual: Settings = Settings(), cast: Cast, until signals: StopSignals
    ) async throws -> Int32 {
        var flags = try server.settings().over(own)
        flags.only = id.map { [$0] } ?? []
        flags.apps = own.apps ?? []
        if let port { flags.ports = try PortAssignments(text: port, place: "--port") }
        let settings = try flags.over(.surroundings()).over(usual)
        let configuration = try SuiteConfiguration(settings)
        let suite = try await RunningSuite.start(
            configuration, cast: cast, portFlag: .nameless, log: LogOutput())
        StartupPages.giveBack()
        try announce(suite.readyLine, portsFile: configuration.portsFile)
        let status = await signals.first()
        await suite.stop()
        return status
    }

    private func announce(_ line: ReadyLine, portsFile: String?) throws(SuiteError) {
        if let portsFile { try WholeFile.write(line.text + "\n", to: portsFile) }
        switch Announcement.chosen(server.announcement) {
        case .json: Program.say(line.text)
        case .table: Program.say(AddressTable(line, ink: .on(descriptor: STDOUT_FILENO)).text)
        }
    }
}
