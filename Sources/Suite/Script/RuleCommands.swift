public import ArgumentParser
internal import JSONTree
internal import Terminal

/// `understudy rule …`: single rules, while the suite is up.
public struct RuleCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "Add, list and remove single rules while the suite is up.",
        discussion: """
            A rule on one line says where, then what, then when:
              understudy rule add 'litellm POST /chat/completions: error budget, first 3'
              understudy rule add 'comfyui sends progress: drop reset, once'
              understudy rule add 'gradio.wan2gp: refuse 3s, state lost, at 10s'
            """,
        subcommands: [Add.self, List.self, Remove.self])

    /// For ArgumentParser.
    public init() {}

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add rules, one a line; all of them or none.",
            usage: "understudy rule add <rule> ... [<options>]")

        @Argument(help: ArgumentHelp("What goes wrong, where and when.", valueName: "rule"))
        var rules: [String]

        @OptionGroup var control: ControlOptions

        func run() throws {
            let answer = try control.client().ask(
                "POST", "/rules", type: "text/plain", body: rules.joined(separator: "\n"))
            for rule in answer.json?["rules"]?.array ?? [] { Program.say("Added: \(rule["name"]?.string ?? "")") }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the rules in force, and what each has done.",
            usage: "understudy rule list [--json] [<options>]")

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var control: ControlOptions

        func run() throws {
            let answer = try control.client().ask("GET", "/rules")
            if json { return Program.say(answer.text.trimmingLineEnd) }
            let rules = answer.json?["rules"]?.array ?? []
            if rules.isEmpty { return Program.say("No rule is in force.") }
            RuleTable.say(rules)
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a rule, by its name.", usage: "understudy rule remove <name> [<options>]")

        @Argument(help: "The rule's name; see \"understudy rule list\".")
        var name: String

        @OptionGroup var control: ControlOptions

        func run() throws {
            _ = try control.client().ask("DELETE", "/rules/\(name.inPath)")
            Program.say("Removed: \(name)")
        }
    }
}

/// `understudy fake …`: fakes that come and go while the suite is up.
public struct FakeCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "fake", abstract: "Add, list and remove fakes while the suite is up.",
        subcommands: [Add.self, List.self, Remove.self])

    /// For ArgumentParser.
    public init() {}

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start one more fake, and print where it is.", usage: "understudy fake add <kind> [<options>]")

        @Argument(
            help: ArgumentHelp("comfyui, litellm or gradio.", valueName: "kind"),
            completion: .list(["comfyui", "litellm", "gradio"]))
        var kind: String

        @Option(help: "Its name in the suite. (default: one that is free)")
        var id: String?

        @Option(help: "For gradio: the built-in app that it plays. (default: echo)")
        var app: String?

        @Option(help: "Where it listens. (default: a free port)")
        var port: Int?

        @Option(help: "The number from which its random choices follow. (default: the suite's)")
        var seed: UInt64?

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var control: ControlOptions

        func run() throws {
            var order: JSONObject = ["kind": .string(kind)]
            if let id { order["id"] = .string(id) }
            if let app { order["app"] = .string(app) }
            if let port { order["port"] = .int(port) }
            if let seed { order["seed"] = .uint64(seed) }
            let answer = try control.client().ask("POST", "/fakes", body: JSON.object(order).text())
            if json { return Program.say(answer.text.trimmingLineEnd) }
            Program.say("\(answer.json?["id"]?.string ?? "")  \(answer.json?["url"]?.string ?? "")")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the fakes and where they are.", usage: "understudy fake list [--json] [<options>]")

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var control: ControlOptions

        func run() throws {
            let answer = try control.client().ask("GET", "/fakes")
            if json { return Program.say(answer.text.trimmingLineEnd) }
            let fakes = (answer.json?["fakes"]?.array ?? []).compactMap(ReadyLine.Fake.init(json:))
            Program.say(AddressTable(ReadyLine(seed: 0, fakes: fakes), ink: .on(descriptor: 1)).text.trimmingLineEnd)
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop a fake.", usage: "understudy fake remove <id> [<options>]")

        @Argument(help: "Its name in the suite.")
        var id: String

        @OptionGroup var control: ControlOptions

        func run() throws {
            _ = try control.client().ask("DELETE", "/fakes/\(id.inPath)")
            Program.say("Gone: \(id)")
        }
    }
}
