public import ArgumentParser
internal import Glibc
internal import GradioFake
internal import JSONTree
internal import SocketServer
internal import Words

/// `understudy capture …`: makes a fake of what runs somewhere.
public struct CaptureCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "capture", abstract: "Make a fake of a real server that runs somewhere.",
        subcommands: [Gradio.self])

    /// For ArgumentParser.
    public init() {}

    struct Gradio: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a running Gradio app, and write an app file that plays it.",
            usage: "understudy capture gradio <url> [--output <file>] [<options>]",
            discussion: """
                It is asked for its /config and its API description, nothing else: nothing runs there. The file has the same \
                page and the same endpoints; what they answer is made up by type, and yours to change.
                  understudy capture gradio http://127.0.0.1:7860 -o my-app.yaml
                  understudy up --app my-app.yaml
                """)

        @Argument(help: ArgumentHelp("Where it runs.", valueName: "url"))
        var url: String

        @Option(
            name: [.short, .long],
            help: ArgumentHelp("The file to write; - is standard output. (default: -)", valueName: "file"),
            completion: .file(extensions: ["yaml", "yml"]))
        var output = "-"

        @Option(help: ArgumentHelp("Who may log in, where it wants a login.", valueName: "user:password"))
        var auth: String?

        @Flag(help: "Write over a file that is there.")
        var force = false

        @Flag(help: "Take any certificate.")
        var insecure = false

        func run() throws {
            if output != "-", !force, unsafe access(output, F_OK) == 0 {
                throw SuiteError.usage("\(output) is there already: --force writes over it")
            }
            var reader = GradioReader(try WebAddress(url), trustsAnybody: insecure)
            let capture = try reader.capture(auth: auth)
            guard output != "-" else {
                WholeFile.write(capture.file, to: STDOUT_FILENO)
                for note in capture.notes { Program.warn(note) }
                return
            }
            try WholeFile.write(capture.file, to: output)
            for note in capture.notes { Program.warn(note) }
            let app = try AppDefinition(yaml: capture.file, file: output)
            let count = app.signatures.count
            Program.say(
                """
                \(output): \(app.title.printable), Gradio \(capture.version), \(count == 1 ? "1 endpoint" : "\(count) endpoints")
                  understudy up --app \(output)
                """)
        }
    }
}

/// Asks a Gradio app what it is.
struct GradioReader {
    private var client: WebClient
    private var address: String { client.base.text }

    init(_ address: WebAddress, trustsAnybody: Bool) {
        client = WebClient(address, trustsAnybody: trustsAnybody)
    }

    /// The app as a file.
    mutating func capture(auth: String?) throws(SuiteError) -> GradioCapture {
        let user = try login(auth)
        var answer = try ask("/config")
        for _ in 0..<3 {
            guard (300..<400).contains(answer.status), let place = answer.field("location") else { break }
            // From http to https, or to where it really is.
            guard place.contains("://"), let end = place.firstRange(of: "/config") else { break }
            client = WebClient(try WebAddress(String(place[..<end.lowerBound])), trustsAnybody: client.trustsAnybody)
            _ = try login(auth)
            answer = try ask("/config")
        }
        if answer.status == 401 { throw SuiteError(.check, "\(address) wants a login: --auth user:password") }
        guard answer.status == 200, let config = JSON.found(in: answer.body, options: .python) else {
            throw SuiteError(.check, "\(address) is no Gradio app: GET /config is answered with \(answer.status)")
        }
        let prefix = config["api_prefix"]?.string ?? ""
        let described = try ask(prefix + "/info?serialize=False")
        guard described.status == 200, let info = JSON.found(in: described.body, options: .python) else {
            throw SuiteError(
                .check, "\(address) does not describe its API: GET \(prefix)/info is answered with \(described.status)")
        }
        do {
            return try GradioCapture(config: config, info: info, from: address, user: user)
        } catch { throw SuiteError(.check, "\(address): \(error)") }
    }

    /// Logs in, if somebody was named; returns the name.
    private mutating func login(_ auth: String?) throws(SuiteError) -> String? {
        guard let auth else { return nil }
        let parts = auth.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { throw .usage("--auth: expected user:password") }
        let answer = try ask("/login", posting: [("username", parts[0]), ("password", parts[1])])
        switch answer.status {
        case 200: return parts[0]
        case 400, 401: throw SuiteError(.check, "\(address) does not know \(parts[0].printable) with this password")
        case 300..<400: return nil  // it wants no login
        default: throw SuiteError(.check, "\(address): the login is answered with \(answer.status)")
        }
    }

    private mutating func ask(
        _ path: String, posting form: [(String, String)]? = nil
    ) throws(SuiteError) -> WebClient.Answer {
        do {
            return try client.ask(path, posting: form)
        } catch {
            throw SuiteError(.check, "\(address): \(error.message)\(advice(on: error))")
        }
    }

    private func advice(on fault: OutgoingFault) -> String {
        switch fault.code {
        case .noTLS: "; is it http://\(client.base.authority)?"
        case .badCertificate: "; --insecure takes any"
        case .broken where !client.base.isSecure: "; is it https://\(client.base.authority)?"
        case .unreadable where !client.base.isSecure: "; is it https://\(client.base.authority)?"
        default: ""
        }
    }
}
