public import ArgumentParser
internal import JSONTree
internal import Journal
internal import Terminal

/// `understudy journal`: what has happened at the fakes.
public struct JournalCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "What has happened at the fakes, connection by connection.",
        usage: "understudy journal [--follow] [--where <query>] [<options>]",
        discussion: """
            --where takes name=value pairs:
              understudy journal --where 'fake=litellm status=>=400'
              understudy journal --follow --where 'event=effect'
            """)

    @Flag(name: .shortAndLong, help: "Go on as things happen, until interrupted.")
    var follow = false

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Only what this means, such as 'fake=comfyui event=message type=progress'.", valueName: "query"))
    var query: String?

    @Option(help: ArgumentHelp("The newest so many.", valueName: "count"))
    var limit: Int = 200

    @Option(
        help: ArgumentHelp("Write an HTTP archive instead, for the developer tools of browsers.", valueName: "file"))
    var har: String?

    @Flag(help: "Print JSON, one entry a line.")
    var json = false

    @Flag(help: "Forget all that has happened so far.")
    var clear = false

    @OptionGroup var control: ControlOptions

    /// For ArgumentParser.
    public init() {}

    public func run() throws {
        let client = try control.client()
        if let har {
            try WholeFile.write(try client.ask("GET", "/journal/har").text, to: har)
            return Program.say("Wrote \(har).")
        }
        if clear {
            _ = try client.ask("DELETE", "/journal")
            return Program.say("Forgotten.")
        }
        let query = try query.map { try Self.items($0) } ?? ""
        let answer = try client.ask("GET", "/journal?lines=true&limit=\(limit)\(query.isEmpty ? "" : "&" + query)")
        for entry in answer.json?["entries"]?.array ?? [] { show(entry) }
        guard follow else { return }
        let next = answer.json?["next"]?.int ?? 1
        try client.follow("/journal/feed?lines=true&since=\(next)\(query.isEmpty ? "" : "&" + query)") { data in
            // What the server sends as data is JSON.
            if let entry = try? JSON(parsing: data) { show(entry) }
        }
    }

    private func show(_ entry: JSON) {
        guard !json, let line = entry["line"]?.string else { return Program.say(entry.text()) }
        Program.say(JournalLine(line, of: entry).text(ink: .on(descriptor: 1), width: terminalWidth(1)))
    }

    /// `a=b c='d e'` as the query of a URL.
    private static func items(_ line: String) throws -> String {
        do {
            _ = try JournalQuery(line: line)
        } catch {
            throw SuiteError.usage("--where: \(error)")
        }
        return JournalQuery.items(line: line).map { "\($0.name.inPath)=\($0.value.inPath)" }.joined(separator: "&")
    }
}
