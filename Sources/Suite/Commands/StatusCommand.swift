public import ArgumentParser
internal import Glibc
internal import JSONTree
internal import Terminal

/// `understudy status`: says whether a suite is up in this folder, and where; exit status 1 if none is.
public struct StatusCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say whether a suite is up in this folder, and where.",
        discussion: "The exit status is 0 if one is up, and 1 if none is.")

    @OptionGroup var state: StateOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Ask each address too, and fail if one does not answer.")
    var check = false

    /// For ArgumentParser.
    public init() {}

    public func run() throws {
        let holder = state.folder.holder
        if json {
            Program.say(object(holder).text())
        } else if let line = holder?.readyLine, let pid = holder?.pid {
            Program.say("Understudy is up (pid \(pid), seed \(line.seed)).\n")
            Program.say(AddressTable(line, ink: .on(descriptor: STDOUT_FILENO)).text)
        } else {
            Program.say(holder.map { "A suite is starting (pid \($0.pid))." } ?? "Nothing is up here.")
        }
        guard let line = holder?.readyLine else { throw ExitCode(SuiteError.Code.check.exitStatus) }
        if check {
            for address in line.fakes.flatMap(\.urls) { try AddressCheck(url: address).run() }
        }
    }

    private func object(_ holder: StateFolder.Holder?) -> JSON {
        var object: JSONObject = ["up": .bool(holder?.readyLine != nil)]
        if let holder { object.append("pid", .int(Int(holder.pid))) }
        for (key, value) in holder?.readyLine?.json.object ?? [:] { object.append(key, value) }
        return .object(object)
    }
}
