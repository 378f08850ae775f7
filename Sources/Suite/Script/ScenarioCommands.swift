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
            // A file or a pipe has room for whole lines.
            let room = terminalWidth(1).map { max(20, $0 - width - 4) } ?? .max
            for one in all {
                let lines = one.summary.lines(of: room)
                let space = String(repeating: " ", count: width - one.name.count)
                Program.say("  \(ink.strong(one.name))\(space)  \(lines[0])")
                for line in lines.dropFirst() { Program.say(String(repeating: " ", count: width + 4) + line) }
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
                switch try ScenarioSource(name).check(for: vocabulary) {
                case .success(let scenario):
                    let count = scenario.rules.count
                    Program.say("\(name): \(scenario.name), \(count) \(count == 1 ? "rule" : "rules"), all right")
                case .failure(let found): problems += found.problems.map(\.description)
                }
            }
            if !problems.isEmpty { throw SuiteError.problems(problems) }
            return 0
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Play a scenario from its beginning, in place of the one before.",
            usage: "understudy scenario apply <name|file> [<options>]")

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
                throw SuiteError.problems(problems.map { "\(file):\($0)" })
            }
            let scenario = answer.json?["scenario"]
            let count = scenario?["rules"]?.array?.count ?? 0
            Program.say("Playing \(scenario?["scenario"]?.string ?? name): \(count) \(count == 1 ? "rule" : "rules").")
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is played, and what each rule has done.",
            usage: "understudy scenario status [--json] [<options>]")

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
        static let configuration = CommandConfiguration(
            abstract: "End what is played: the fakes behave again.", usage: "understudy scenario stop [<options>]")

        @OptionGroup var control: ControlOptions

        func run() throws {
            _ = try control.client().ask("DELETE", "/scenario")
            Program.say("The fakes behave again.")
        }
    }
}

/// Rules and what they have done, for people: how often each has acted, of how many times that it was looked at.
enum RuleTable {
    static func say(_ rules: [JSON]) {
        let ink = Ink.on(descriptor: 1)
        let counts = rules.map { ($0["acted"]?.int ?? 0, $0["matched"]?.int ?? 0) }
        let acted = counts.map { "\($0.0)".count }.max() ?? 0
        let matched = counts.map { "\($0.1)".count }.max() ?? 0
        for (rule, count) in zip(rules, counts) {
            let numbers = "acted \(padded(count.0, acted)) of \(padded(count.1, matched))"
            let name = rule["name"]?.string ?? ""
            Program.say("  \(count.0 == 0 ? ink.faint(numbers) : numbers)  \(ink.strong(name))")
            // A rule without a name of its own is called after what it does.
            let effects = (rule["effects"]?.array ?? []).compactMap(\.string)
            let on = rule["on"]?.string ?? ""
            guard "\(on): \(effects.joined(separator: ", "))" != name else { continue }
            let meaning = effects.map { $0.replacingFirst(" ", by: ": ") }.joined(separator: ", ")
            let indent = String(repeating: " ", count: numbers.count + 4)
            // A file or a pipe has room for whole lines.
            let room = terminalWidth(1).map { max(20, $0 - indent.count) } ?? .max
            for line in "\(on) → \(meaning)".lines(of: room) { Program.say(indent + ink.faint(line)) }
        }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        String(repeating: " ", count: width - "\(number)".count) + "\(number)"
    }
}

extension String {
    var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }

    fileprivate func replacingFirst(_ part: String, by other: String) -> String {
        firstRange(of: part).map { String(self[..<$0.lowerBound] + other + self[$0.upperBound...]) } ?? self
    }
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
