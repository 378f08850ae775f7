public import ArgumentParser
internal import GradioFake
internal import JSONTree
internal import Terminal

/// `understudy app …`: what a fake Gradio can pretend to be.
public struct AppCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "app", abstract: "What a fake Gradio can pretend to be: list, show, check.",
        discussion: """
            An app is a YAML file: the components of its page, and what the functions behind them answer.
              understudy app show echo > my-app.yaml
              understudy app check my-app.yaml && understudy up --app my-app.yaml
            """,
        subcommands: [List.self, Show.self, Check.self])

    /// For ArgumentParser.
    public init() {}

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the apps that come with the suite.")

        @Flag(help: "Print one JSON array.")
        var json = false

        func run() throws {
            let all = try AppDefinition.bundledNames.map { (name: $0, app: try AppDefinition.bundled($0)) }
            if json { return Program.say(JSON.array(all.map { $0.app.description(as: $0.name) }).text()) }
            let ink = Ink.on(descriptor: 1)
            let width = all.map(\.name.count).max() ?? 0
            // A file or a pipe has room for whole lines.
            let room = terminalWidth(1).map { max(20, $0 - width - 4) } ?? .max
            for (name, app) in all {
                let lines = app.summary.lines(of: room) + app.signatures.map { ink.faint($0.endpoint) }
                let space = String(repeating: " ", count: width - name.count)
                Program.say("  \(ink.strong(name))\(space)  \(lines[0])")
                for line in lines.dropFirst() { Program.say(String(repeating: " ", count: width + 4) + line) }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print an app's file: a good beginning for your own.")

        @Argument(
            help: ArgumentHelp("One that comes with the suite, or a file.", valueName: "name|file"), completion: .apps)
        var name: String

        func run() throws { Program.say(try AppSource(name).text().trimmingLineEnd) }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check app files, and say what can be called.",
            discussion: "The exit status is 2 if something is wrong.")

        @Argument(
            help: ArgumentHelp("Apps; - reads standard input.", valueName: "name|file"), completion: .apps)
        var names: [String]

        @Option(help: ArgumentHelp("As this major version of Gradio: 6, 5, 4 or 3.", valueName: "number"))
        var major: Int?

        @Flag(help: "Print one JSON array.")
        var json = false

        func run() throws {
            let version = try GradioMajor.asked(major)
            var apps: [(name: String, app: AppDefinition)] = []
            var problems: [String] = []
            for name in names {
                let source = AppSource(name)
                let text = try source.text()
                do {
                    apps.append((name, try AppDefinition(yaml: text, file: source.file, major: version)))
                } catch {
                    problems.append(error.description)
                }
            }
            if json {
                Program.say(JSON.array(apps.map { $0.app.description(as: $0.name) }).text())
            } else {
                for (name, app) in apps { Self.say(name, app) }
            }
            if !problems.isEmpty { throw SuiteError.problems(problems) }
        }

        private static func say(_ name: String, _ app: AppDefinition) {
            let signatures = app.signatures
            let count = signatures.count == 1 ? "1 endpoint" : "\(signatures.count) endpoints"
            Program.say("\(name): \(app.title), Gradio \(app.major.rawValue), \(count), all right")
            let room = terminalWidth(1).map { max(20, $0 - 6) } ?? .max
            for signature in signatures {
                let lines = signature.text.lines(of: room)
                Program.say("  " + lines[0])
                for line in lines.dropFirst() { Program.say("      " + line) }
            }
        }
    }
}

extension AppDefinition {
    /// For programs.
    fileprivate func description(as name: String) -> JSON {
        [
            "name": .string(name), "title": .string(title), "summary": .string(summary), "source": .string(source),
            "gradio": .string(major.version),
            "endpoints": .array(
                signatures.map { one in
                    [
                        "endpoint": .string(one.endpoint), "arguments": .array(one.arguments.map { .string($0) }),
                        "results": .array(one.results.map { .string($0) }),
                    ]
                }),
        ]
    }
}
