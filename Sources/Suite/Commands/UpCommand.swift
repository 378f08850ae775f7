public import ArgumentParser
internal import Glibc
internal import Terminal
internal import Words

/// `understudy up`: starts the fakes, says where they are, and serves until a signal ends it.
public struct UpCommand: ServingCommand {
    public static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start the fakes and say where they are.",
        discussion: """
            Each flag can stand in the environment too (UNDERSTUDY_SEED=7) or in understudy.yaml (seed: 7); a flag wins over \
            the environment, the environment over the file.
            """)

    @Option(
        help: ArgumentHelp(
            "The fakes to start: \(Lineup.names.joined(separator: ", ")).", valueName: "fake,…"))
    var only: String?

    @Option(
        name: .customLong("app"),
        help: ArgumentHelp(
            "A Gradio app to start besides: a built-in one, or a YAML file of yours. Repeatable.",
            valueName: "name|file"))
    var apps: [String] = []

    @Option(
        name: .customLong("port"),
        help: ArgumentHelp(
            "Where a fake listens, such as comfyui=8189 or litellm=8001,4001; 0 is a free port. Repeatable.",
            valueName: "name=port"))
    var portAssignments: [String] = []

    @Option(help: ArgumentHelp("\"random\" takes free ports for all fakes.", valueName: "random"))
    var ports: String?

    @OptionGroup var server: ServerOptions

    @Option(
        help: ArgumentHelp(
            "ComfyUI: \"strict\" ignores the story's messages, as the real server does; \"gpu\" is as slow as a graphics card.",
            valueName: "standard|strict|gpu"))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            "ComfyUI: serve its web interface: where comfyui-frontend-package is installed or unpacked.",
            valueName: "folder"))
    var comfyuiFrontend: String?

    @Option(
        help: ArgumentHelp(
            "Gradio: serve the real web interface: where the package gradio is installed or unpacked.",
            valueName: "folder"))
    var gradioFrontend: String?

    @Option(
        name: .customLong("settings"),
        help: ArgumentHelp("The settings file. (default: understudy.yaml, if there is one)", valueName: "file"))
    var settingsFile: String?

    @OptionGroup var state: StateOptions

    @Flag(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Go to the background once all fakes listen.",
            discussion: "Its log in the state folder goes on in a new file at 10 MB; one old file is kept."))
    var detach = false

    @Option(help: .hidden)
    var readyDescriptor: Int32?

    /// For ArgumentParser.
    public init() {}

    public func serve(until signals: StopSignals) async throws -> Int32 {
        let configuration = try SuiteConfiguration(
            settings().over(.surroundings(file: settingsFile)), usualControl: .usual)
        if let holder = state.folder.holder {
            try sayItIsUp(holder, asked: configuration)
            return 0
        }
        // Whoever has a ready line to give is the child that was started here.
        if detach && readyDescriptor == nil {
            let started = try DetachedSuite.start(arguments: CommandLine.arguments)
            announce(started.readyLine, pid: started.pid)
            return 0
        }
        guard let claim = try state.folder.claim() else {
            guard let holder = state.folder.holder else {
                throw SuiteError(.start, "another suite has just taken \(state.folder.path)")
            }
            try sayItIsUp(holder, asked: configuration)
            return 0
        }
        let log = LogOutput()
        let suite = try await RunningSuite.start(configuration, cast: Cast(), portFlag: .named, log: log)
        StartupPages.giveBack()
        try claim.announce(suite.readyLine, of: SettingsRecord(configuration))
        try leave(suite.readyLine, in: configuration.portsFile)
        if let readyDescriptor {
            try log.turn(to: state.folder.logFile, old: state.folder.oldLogFile)
            DetachedSuite.settle(suite.readyLine, readyDescriptor: readyDescriptor)
        } else {
            announce(suite.readyLine, pid: getpid())
        }
        let status = await signals.first()
        await suite.stop()
        claim.release()
        return status
    }

    private func settings() throws(SuiteError) -> Settings {
        var settings = try server.settings()
        settings.only = only.map(Settings.list)
        settings.apps = apps.isEmpty ? nil : apps
        settings.ports = try PortAssignments(text: portAssignments.joined(separator: " "), place: "--port")
        if let ports { settings.ports = settings.ports.over(try PortAssignments(text: ports, place: "--ports")) }
        settings.comfyUI.profile = profile
        settings.comfyUI.frontend = comfyuiFrontend
        settings.gradio.frontend = gradioFrontend
        return settings
    }

    /// Says where the suite is that is up here, and what of `asked` it does not do.
    private func sayItIsUp(_ holder: StateFolder.Holder, asked: SuiteConfiguration) throws(SuiteError) {
        guard let line = holder.readyLine else {
            throw SuiteError(.start, "another suite is just starting here (pid \(holder.pid)): try again in a moment")
        }
        try leave(line, in: asked.portsFile)
        announce(line, pid: holder.pid, heading: "Understudy is already up")
        let differences = holder.settings?.differences(from: SettingsRecord(asked)) ?? []
        if !differences.isEmpty {
            Program.warn(
                "Understudy is already up here (pid \(holder.pid)), and what was asked for now is not applied:\n"
                    + differences.map { "  \($0.printable)\n" }.joined() + "End it first: understudy down")
        }
    }

    /// Whoever asked for the file reads it next, whether the suite is new or not.
    private func leave(_ line: ReadyLine, in portsFile: String?) throws(SuiteError) {
        if let portsFile { try WholeFile.write(line.text + "\n", to: portsFile) }
    }

    private func announce(_ line: ReadyLine, pid: Int32, heading: String = "Understudy is up") {
        switch Announcement.chosen(server.announcement) {
        case .json: Program.say(line.text)
        case .table:
            let table = AddressTable(line, ink: .on(descriptor: STDOUT_FILENO)).text
            Program.say("\(heading) (pid \(pid), seed \(line.seed)).\n\n\(table)")
        }
    }
}
