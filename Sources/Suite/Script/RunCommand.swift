public import ArgumentParser
internal import Fakes
internal import Glibc
internal import JSONTree
internal import Scenarios
internal import SocketServer
internal import Terminal

/// `understudy run -- COMMAND …`: the stage of a CI pipeline in one command.
public struct RunCommand: ServingCommand {
    public static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a command against the fakes, on free ports, and report.",
        discussion: """
            The command finds the fakes by its environment: COMFYUI_URL, LITELLM_BASE_URL, OPENAI_BASE_URL, OPENAI_API_KEY, \
            GRADIO_URL, WAN2GP_URL, RVC_URL, AUDIOLDM_URL, UNDERSTUDY_URL, MOVIE_DIRECTOR_{SERVICE}_URL.
              understudy run --scenario busy-gpu --junit report.xml -- pytest tests
            The exit status is 0 if the command succeeded and spoke to a fake, 1 if not, 2 for wrong usage or a wrong \
            scenario, 3 if a fake could not start.
            """)

    @Option(help: ArgumentHelp("The fakes to start: \(Lineup.names.joined(separator: ", ")).", valueName: "fake,…"))
    var only: String?

    @Option(
        name: .customLong("app"),
        help: ArgumentHelp("A Gradio app to start besides. Repeatable.", valueName: "name|file"))
    var apps: [String] = []

    @OptionGroup var server: ServerOptions

    @Option(help: ArgumentHelp("Write the report as JUnit XML.", valueName: "file"))
    var junit: String?

    @Option(help: ArgumentHelp("Write the report as JSON.", valueName: "file"))
    var report: String?

    @Argument(parsing: .postTerminator, help: ArgumentHelp("What to run.", valueName: "command"))
    var command: [String] = []

    /// For ArgumentParser.
    public init() {}

    public func validate() throws {
        if command.isEmpty {
            throw ValidationError("nothing to run: put the command behind --, as in \"understudy run -- pytest\"")
        }
    }

    public func serve(until signals: StopSignals) async throws -> Int32 {
        var settings = try server.settings()
        settings.only = only.map(Settings.list)
        settings.apps = apps.isEmpty ? nil : apps
        settings.ports.random = true
        let configuration = try SuiteConfiguration(try settings.over(.surroundings()), usualControl: .port(0))
        let cast = Cast()
        let suite = try await RunningSuite.start(
            configuration, log: LogOutput(), keepsJournal: true,
            casting: { part, environment in try cast.fake(for: part, of: configuration, in: environment) })
        let began = ContinuousClock.now
        let status: Int32
        do {
            status = try await Subprocess.run(
                command, with: RunEnvironment(suite.readyLine).variables, signals: signals)
        } catch {
            await suite.stop()
            throw error
        }
        let findings = await RunReport(
            suite.company, configuration, command: command, status: status, took: ContinuousClock.now - began)
        await suite.stop()
        if let junit { try WholeFile.write(findings.junit, to: junit) }
        if let report { try WholeFile.write(findings.json.text() + "\n", to: report) }
        WholeFile.write(
            findings.text(ink: .on(descriptor: STDERR_FILENO), width: terminalWidth(STDERR_FILENO)), to: STDERR_FILENO)
        if environmentVariable("GITHUB_ACTIONS") == "true" {
            Program.say(findings.annotations)
            if let summary = environmentVariable("GITHUB_STEP_SUMMARY") {
                try WholeFile.append(findings.markdown, to: summary)
            }
        }
        // A signal that ended the command ends us in its name.
        if status == 130 || status == 143 { return status }
        return findings.passed ? 0 : SuiteError.Code.check.exitStatus
    }
}

/// Where a command finds the fakes.
struct RunEnvironment {
    /// Names and values, in the order of the documentation.
    let variables: [(name: String, value: String)]

    init(_ line: ReadyLine) {
        var variables: [(String, String)] = []
        func url(of kind: String) -> String? { line.fakes.first { $0.kind == kind }?.url }
        if let url = url(of: "comfyui") { variables.append(("COMFYUI_URL", url)) }
        if let url = url(of: "litellm") {
            variables.append(("LITELLM_BASE_URL", url))
            variables.append(("OPENAI_BASE_URL", url + "/v1"))
            if environmentVariable("OPENAI_API_KEY") == nil { variables.append(("OPENAI_API_KEY", "sk-understudy")) }
        }
        if let url = url(of: "gradio") { variables.append(("GRADIO_URL", url)) }
        for fake in line.fakes where fake.kind == "gradio" {
            variables.append(("\(Self.name(of: fake.id))_URL", fake.url))
        }
        for fake in line.fakes { variables.append(("MOVIE_DIRECTOR_\(Self.name(of: fake.id))_URL", fake.url)) }
        if let control = line.control { variables.append(("UNDERSTUDY_URL", control)) }
        variables.append(("UNDERSTUDY_SEED", "\(line.seed)"))
        self.variables = variables
    }

    /// As environment variables are spelled.
    private static func name(of id: String) -> String {
        String(
            id.uppercased().map { character in
                character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
            })
    }
}
