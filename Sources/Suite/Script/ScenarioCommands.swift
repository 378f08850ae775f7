public import ArgumentParser
internal import Fakes
internal import JSONTree
internal import Scenarios
internal import SocketServer
internal import Terminal

/// `understudy scenario …`: what the fakes shall do wrong.
public struct ScenarioCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "scenario", abstract: "What the fakes shall do wrong: list, show, check, apply, stop.",
        subcommands: [List.self, Show.self, Check.self, Apply.self, Status.self, Stop.self])

    /// For ArgumentParser.
    public init() {}

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the scenarios that come with the suite.")

        @Flag(help: "Print one JSON array.")
        var json = false

        func run() {
            let all = ScenarioLibrary.all
            if json {
                Program.say(
                    JSON.array(all.map { ["name": .string($0.name), "summary": .string($0.summary)] }).text())
                return
            }
            let ink = Ink.on(descriptor: 1)
            let width = all.map(\.name.count).max() ?? 0
            for one in all {
                let space = String(repeating: " ", count: width - one.name.count)
                Program.say("  \(ink.strong(one.name))\(space)  \(one.summary)")
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a scenario: a good beginning for your own.")

        @Argument(
            help: ArgumentHelp("One that comes with the suite, or a file.", valueName: "name|file"),
            completion: .scenarios)
        var name: String

        func run() throws {
            let text = try ScenarioSource(name).text().text
            Program.say(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
    }

    struct Check: ServingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check files against what the fakes can do; all problems at once.",
            discussion: "The exit status is 2 if something is wrong. Your own Gradio apps are known with --app.")

        @Argument(
            help: ArgumentHelp("Scenarios; - reads standard input.", valueName: "name|file"), completion: .scenarios)
        var names: [String]

        @Option(
            name: .customLong("app"),
            help: ArgumentHelp("A Gradio app that rules speak of. Repeatable.", valueName: "file"))
        var apps: [String] = []

        func serve(until signals: StopSignals) async throws -> Int32 {
            let vocabulary = try await Cast().vocabulary(apps: apps)
            var problems: [String] = []
            for name in names {
                do {
                    let scenario = try ScenarioSource(name).read(for: vocabulary)
                    let count = scenario.rules.count
                    Program.say("\(name): \(scenario.name), \(count) \(count == 1 ? "rule" : "rules"), all right")
                } catch {
                    problems.append(error.message)
                }
            }
            if !problems.isEmpty { throw SuiteError(.usage, problems.joined(separator: "\n")) }
            return 0
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Play a scenario from its beginning, in place of the one before.")

        @Argument(
            help: ArgumentHelp(
                "One that comes with the suite, a file, or - for standard input.", valueName: "name|file"),
            completion: .scenarios)
        var name: String

        @OptionGroup var control: ControlOptions

        func run() throws {
            let (text, file) = try ScenarioSource(name).text()
            let answer = try control.client().ask(
                "PUT", "/scenario", type: "application/yaml", body: text, accepting: [422])
            guard answer.status < 300 else {
                let problems = (answer.json?["detail"]?.string ?? answer.text).split(separator: "\n")
                throw SuiteError(.usage, problems.map { "\(file):\($0)" }.joined(separator: "\n"))
            }
            let scenario = answer.json?["scenario"]
            let count = scenario?["rules"]?.array?.count ?? 0
            Program.say("Playing \(scenario?["scenario"]?.string ?? name): \(count) \(count == 1 ? "rule" : "rules").")
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what is played, and what each rule has done.")

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var control: ControlOptions

        func run() throws {
            let answer = try control.client().ask("GET", "/scenario")
            if json { return Program.say(answer.text.trimmingLineEnd) }
            guard let scenario = answer.json?["scenario"], let name = scenario["scenario"]?.string else {
                return Program.say("No scenario is played.")
            }
            Program.say("Playing \(name).\n")
            RuleTable.say(answer.json?["rules"]?.array ?? [])
        }
    }

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End what is played: the fakes behave again.")

        @OptionGroup var control: ControlOptions

        func run() throws {
            _ = try control.client().ask("DELETE", "/scenario")
            Program.say("The fakes behave again.")
        }
    }
}

/// Rules and what they have done, for people.
enum RuleTable {
    static func say(_ rules: [JSON]) {
        let ink = Ink.on(descriptor: 1)
        for rule in rules {
            let acted = rule["acted"]?.int ?? 0
            let counts = "acted \(acted) of \(rule["matched"]?.int ?? 0) times"
            let name = rule["name"]?.string ?? ""
            let effects = (rule["effects"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
            let meaning = "\(rule["on"]?.string ?? ""): \(effects)"
            Program.say("  \(ink.strong(name))  \(acted == 0 ? ink.faint(counts) : counts)")
            // A rule without a name of its own is called after what it does.
            if meaning != name { Program.say("    \(ink.faint(meaning))") }
        }
    }
}

extension String {
    var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}

extension Cast {
    /// What rules may speak of, with all fakes of the lineup and some apps of the user's.
    func vocabulary(apps: [String]) async throws -> Vocabulary {
        var settings = Settings()
        settings.only = Lineup.names
        settings.apps = apps
        let suite = try SuiteConfiguration(settings)
        let loop = try EventLoop(name: "vocabulary")
        let parts = Result {
            try suite.fakes.map { part in
                let environment = FakeEnvironment(id: part.id, loop: loop)
                return (id: part.id, backend: try fake(for: part, of: suite, in: environment).vocabulary)
            }
        }
        await loop.stop()
        return Vocabulary(joining: try parts.get())
    }
}
