public import ArgumentParser
internal import Glibc

/// `understudy logs`: prints what the suite in the background has logged; `-f` goes on printing.
public struct LogsCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what the suite in the background has logged.",
        discussion: "At 10 MB the log goes on in a new file; one old file is kept, and printed first.")

    @OptionGroup var state: StateOptions

    @Flag(name: .shortAndLong, help: "Go on printing what comes, until interrupted.")
    var follow = false

    /// For ArgumentParser.
    public init() {}

    public func run() throws {
        let path = state.folder.logFile
        // Watched before it is read: what comes meanwhile is not missed. The folder, since the log may become another file.
        let watch = inotify_init1(Int32(IN_CLOEXEC))
        defer { close(watch) }
        let isWatched = unsafe inotify_add_watch(watch, state.folder.path, UInt32(IN_MODIFY | IN_CREATE)) >= 0
        let watchFault = lastSystemError()

        guard var log = OpenFile(path) else {
            throw SuiteError(.check, "no log at \(path): only a suite that was started with --detach keeps one")
        }
        if let old = OpenFile(state.folder.oldLogFile) { try print(old) }
        try print(log)
        guard follow else { return }
        guard isWatched else { throw SuiteError(.check, "cannot follow \(path): \(watchFault)") }
        var events = [UInt8](repeating: 0, count: 4096)
        while unsafe events.withUnsafeMutableBytes({ unsafe read(watch, $0.baseAddress, $0.count) }) > 0 {
            if let next = OpenFile(path), next.inode != log.inode {
                // Nothing is added to the one before any more: its end is read, then the next one.
                try print(log)
                log = next
            }
            // A new suite begins the log anew.
            if log.size < log.position { log.rewind() }
            try print(log)
        }
    }

    private func print(_ log: borrowing OpenFile) throws {
        guard let bytes = WholeFile.read(descriptor: log.descriptor) else {
            throw SuiteError(.check, "cannot read the log: \(lastSystemError())")
        }
        if !bytes.isEmpty, !WholeFile.write(String(decoding: bytes, as: UTF8.self), to: STDOUT_FILENO) {
            throw ExitCode.success  // Whoever read this has gone, as `head` does.
        }
    }
}

/// A file that is read bit by bit; closed when nobody has it any more.
private struct OpenFile: ~Copyable {
    let descriptor: Int32
    let inode: UInt

    /// Nil where there is none that this process may read.
    init?(_ path: String) {
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else { return nil }
        inode = status.st_ino
    }

    var size: Int {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? status.st_size : 0
    }

    var position: Int { lseek(descriptor, 0, SEEK_CUR) }

    func rewind() {
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit {
        close(descriptor)
    }
}
