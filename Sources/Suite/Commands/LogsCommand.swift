public import ArgumentParser
internal import Glibc

/// `understudy logs`: prints what the suite in the background has logged; `-f` goes on printing.
public struct LogsCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what the suite in the background has logged.")

    @OptionGroup var state: StateOptions

    @Flag(name: .shortAndLong, help: "Go on printing what comes, until interrupted.")
    var follow = false

    /// For ArgumentParser.
    public init() {}

    public func run() throws {
        let path = state.folder.logFile
        let log = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard log >= 0 else {
            throw SuiteError(.check, "no log at \(path): only a suite that was started with --detach keeps one")
        }
        defer { close(log) }
        try print(log)
        guard follow else { return }
        let watch = inotify_init1(Int32(IN_CLOEXEC))
        defer { close(watch) }
        guard unsafe inotify_add_watch(watch, path, UInt32(IN_MODIFY)) >= 0 else {
            throw SuiteError(.check, "cannot follow \(path): \(lastSystemError())")
        }
        var events = [UInt8](repeating: 0, count: 4096)
        while unsafe events.withUnsafeMutableBytes({ unsafe read(watch, $0.baseAddress, $0.count) }) > 0 {
            // A new suite begins the log anew.
            var status = stat()
            if unsafe fstat(log, &status) == 0, status.st_size < lseek(log, 0, SEEK_CUR) { lseek(log, 0, SEEK_SET) }
            try print(log)
        }
    }

    private func print(_ log: Int32) throws {
        guard let bytes = WholeFile.read(descriptor: log) else {
            throw SuiteError(.check, "cannot read the log: \(lastSystemError())")
        }
        if !bytes.isEmpty, !WholeFile.write(String(decoding: bytes, as: UTF8.self), to: STDOUT_FILENO) {
            throw ExitCode.success  // Whoever read this has gone, as `head` does.
        }
    }
}
