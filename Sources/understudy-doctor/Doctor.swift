import ArgumentParser
import Connectivity
import DoctorArguments
import Glibc
import Terminal
import Words

/// Finds the services of an application and says how they are: the work behind `understudy doctor`.
@main
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "understudy doctor", abstract: DoctorOptions.abstract, discussion: DoctorOptions.discussion)

    @OptionGroup var options: DoctorOptions

    static func main() async {
        // A reader that hangs up, such as "head", is an ordinary end.
        signal(SIGPIPE, SIG_DFL)
        do {
            Glibc.exit(try await parse().examine())
        } catch let error as ConnectivityError {
            complain("\(error.underlying ?? error)")
        } catch {
            let status = exitCode(for: error)
            let text = fullMessage(for: error).printableLines
            if status == .success {
                put(text + "\n", on: STDOUT_FILENO)
                Glibc.exit(0)
            }
            put(text + "\n", on: STDERR_FILENO)
        }
        // Only what was typed and what is configured can be wrong here; what is wrong with a service is a finding.
        Glibc.exit(2)
    }

    /// - Returns: the exit status.
    private func examine() async throws -> Int32 {
        let examination = try Examination(options)
        guard options.watch else { return say(await examination.findings()) }
        let isScreen = isTerminal(STDOUT_FILENO) && !options.json
        // From the upper left corner, over what was there; then nothing of the last look is left below.
        if isScreen { write("\u{1B}[2J") }
        while true {
            let findings = await examination.findings()
            if isScreen { write("\u{1B}[H\u{1B}[J") }
            _ = say(findings)
            if !isScreen, !options.json { write("\n") }
            try await Task.sleep(for: options.every)
        }
    }

    private func say(_ findings: [Finding]) -> Int32 {
        if options.json {
            write("\(Finding.json(findings))\n")
        } else {
            let table = FindingsTable(
                findings, ink: .on(descriptor: STDOUT_FILENO), width: terminalWidth(STDOUT_FILENO))
            write(table.text)
        }
        return findings.allSatisfy(\.isWell) ? 0 : 1
    }

    private func write(_ text: String) {
        put(text, on: STDOUT_FILENO)
    }

    private static func complain(_ message: String) {
        put(Ink.on(descriptor: STDERR_FILENO).alarming("error: ") + message.printableLines + "\n", on: STDERR_FILENO)
    }
}
