public import ArgumentParser
internal import Glibc

/// `understudy down`: ends the suite that is up in this folder, and waits until it is gone.
public struct DownCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "down", abstract: "End the suite that is up in this folder.")

    @OptionGroup var state: StateOptions

    @Option(help: "How long to wait for an orderly end before the suite is killed.")
    var timeout = "5s"

    /// For ArgumentParser.
    public init() {}

    public func run() throws {
        let patience = try Duration(text: timeout)
        guard let holder = state.folder.holder else {
            Program.say("Nothing is up here.")
            return
        }
        guard holder.pid > 0, kill(holder.pid, SIGTERM) == 0 || errno == ESRCH else {
            throw SuiteError(.check, "cannot end the suite (pid \(holder.pid)): \(lastSystemError())")
        }
        if state.folder.waitUntilFree(patience: patience) {
            Program.say("The suite (pid \(holder.pid)) is down.")
            return
        }
        kill(holder.pid, SIGKILL)
        guard state.folder.waitUntilFree(patience: patience) else {
            throw SuiteError(.check, "the suite (pid \(holder.pid)) does not end, not even when killed")
        }
        Program.say("The suite (pid \(holder.pid)) did not end within \(timeout) and was killed.")
    }
}
