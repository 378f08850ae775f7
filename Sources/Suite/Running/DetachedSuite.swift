internal import Glibc

/// A suite in the background: this program, started once more in a session of its own.
///
/// The two talk through a pipe: the child writes its ready line there when all fakes listen, and the parent waits for that
/// or for the end of the pipe. Until it is ready the child shares the terminal, so that its complaints are seen; then its
/// output goes to the log.
enum DetachedSuite {
    /// What the child said.
    struct Started {
        let pid: Int32
        let readyLine: ReadyLine
    }

    /// Starts the child and waits until it is ready.
    ///
    /// - Parameter arguments: those of this process.
    static func start(arguments: [String]) throws(SuiteError) -> Started {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw SuiteError(.start, "no pipe: \(lastSystemError())") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let pid = try spawn(arguments + ["--ready-descriptor", "3"], readyDescriptor: ends[1])
        close(ends[1])
        defer { close(ends[0]) }
        let text = String(decoding: WholeFile.read(descriptor: ends[0]) ?? [], as: UTF8.self)
        if let line = ReadyLine(text: text) { return Started(pid: pid, readyLine: line) }
        // It has said why on standard error.
        var status: Int32 = 0
        unsafe waitpid(pid, &status, 0)
        exit(status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
    }

    /// In the child, whose output goes to the log already: leaves the terminal and says that all fakes listen.
    static func settle(_ line: ReadyLine, readyDescriptor: Int32) {
        setsid()
        WholeFile.write(line.text + "\n", to: readyDescriptor)
        close(readyDescriptor)
    }

    private static func spawn(_ arguments: [String], readyDescriptor: Int32) throws(SuiteError) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, readyDescriptor, 3)
        var pid: pid_t = 0
        // The list ends with nil, as exec wants it; each word is freed below.
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        // By its own name, so that process lists show it.
        let program = ProcessTable.target(of: "/proc/self/exe") ?? "/proc/self/exe"
        let status = unsafe posix_spawn(&pid, program, &actions, nil, &words, environ)
        guard status == 0 else {
            throw SuiteError(
                .start, "cannot start \(arguments[0]) in the background: \(unsafe String(cString: strerror(status)))")
        }
        return pid
    }
}
