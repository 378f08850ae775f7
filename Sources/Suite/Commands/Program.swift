public import ArgumentParser
internal import Glibc
internal import Terminal
internal import Words

/// A command that serves until a signal ends it.
public protocol ServingCommand: ParsableCommand, Sendable {
    /// Starts, serves, and stops when a signal arrives.
    ///
    /// - Returns: the exit status.
    func serve(until signals: StopSignals) async throws -> Int32
}

/// One of the executables: parses its arguments, runs, and ends with the documented exit status.
///
/// 0 all is well; 1 a check failed; 2 usage or an invalid file; 3 could not start; 130 and 143 on signals.
public enum Program {
    /// Runs the command that the arguments name.
    public static func run<Root: ParsableCommand>(_ root: Root.Type) -> Never {
        do {
            var command = try root.parseAsRoot()
            if let serving = command as? any ServingCommand { serve(serving, of: root) }
            try command.run()
            exit(0)
        } catch {
            end(root, with: error)
        }
    }

    private static func serve(_ command: any ServingCommand, of root: (some ParsableCommand).Type) -> Never {
        // A client that hangs up while we write is an ordinary case, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let signals = StopSignals()
        // Nobody awaits this task: it ends the process itself, while this thread waits for signals.
        Task {
            do {
                exit(try await command.serve(until: signals))
            } catch {
                end(root, with: error)
            }
        }
        signals.pass()
    }

    private static func end(_ root: (some ParsableCommand).Type, with error: any Error) -> Never {
        if let error = error as? SuiteError {
            complain(error.message)
            exit(error.code.exitStatus)
        }
        let status = root.exitCode(for: error)
        let text = root.fullMessage(for: error)
        if status == .success {
            if !text.isEmpty { say(text) }
        } else if !text.isEmpty {
            WholeFile.write(text.printableLines + "\n", to: STDERR_FILENO)
        }
        exit(status == .validationFailure ? SuiteError.Code.usage.exitStatus : status.rawValue)
    }

    /// Tells the person at the terminal what went wrong.
    static func complain(_ message: String) {
        tell("error: ", message)
    }

    /// Tells the person at the terminal what is not as it was asked for.
    static func warn(_ message: String) {
        tell("warning: ", message)
    }

    private static func tell(_ heading: String, _ message: String) {
        let heading = Ink.on(descriptor: STDERR_FILENO).alarming(heading)
        WholeFile.write(heading + message.printableLines + "\n", to: STDERR_FILENO)
    }

    /// Prints to standard output at once, whatever it is.
    static func say(_ text: String) {
        WholeFile.write(text + "\n", to: STDOUT_FILENO)
    }
}
