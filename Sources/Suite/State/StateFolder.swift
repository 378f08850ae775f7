internal import Glibc

/// The folder in which a suite leaves what `down`, `status` and `logs` need: `.understudy/` with `pid`, `ready.json`,
/// `settings.json` and `log`.
///
/// Whether a suite is up is told by a lock on the file `pid`, not by the number in it: the kernel takes the lock away
/// with the process. So neither a dead process nor another one that got its number looks like a running suite.
public struct StateFolder: Sendable, Equatable {
    /// Where it is; made when a suite takes it.
    public let path: String

    /// The folder at that path.
    public init(path: String = ".understudy") {
        self.path = path
    }

    /// The number of the process that is, or was, the suite.
    public var pidFile: String { path + "/pid" }
    /// The ready line, from the moment when all fakes listen.
    public var readyFile: String { path + "/ready.json" }
    /// What the suite was asked to be.
    public var settingsFile: String { path + "/settings.json" }
    /// What a suite in the background logs.
    public var logFile: String { path + "/log" }
    /// What it has logged before, once there is too much for one file.
    public var oldLogFile: String { logFile + ".old" }

    /// The suite that holds this folder.
    public struct Holder: Sendable, Equatable {
        public let pid: Int32
        /// Nil while it is still starting.
        public let readyLine: ReadyLine?
        /// What it was asked to be; nil while it is still starting.
        let settings: SettingsRecord?
    }

    /// The suite that is up here, if one is.
    public var holder: Holder? {
        let descriptor = unsafe open(pidFile, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var lock = wholeFileLock
        guard unsafe fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        // The kernel says 0 for a process that lives in another pid namespace: then the number in the file is all there is.
        let pid = lock.l_pid > 0 ? lock.l_pid : Int32(WholeFile.text(pidFile)?.split(separator: "\n").first ?? "") ?? 0
        return Holder(
            pid: pid, readyLine: WholeFile.text(readyFile).flatMap(ReadyLine.init(text:)),
            settings: WholeFile.text(settingsFile).flatMap(SettingsRecord.init(text:)))
    }

    /// Takes the folder for this process, until it ends or calls ``Claim/release()``.
    ///
    /// - Returns: nil if another process has it.
    public func claim() throws(SuiteError) -> Claim? {
        if unsafe mkdir(path, 0o755) != 0 && errno != EEXIST {
            throw SuiteError(.start, "cannot make the folder \(path): \(lastSystemError())")
        }
        let descriptor = unsafe open(pidFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SuiteError(.start, "cannot write \(pidFile): \(lastSystemError())") }
        var lock = wholeFileLock
        guard unsafe fcntl(descriptor, F_SETLK, &lock) == 0 else {
            close(descriptor)
            return nil
        }
        unsafe unlink(readyFile)
        unsafe unlink(settingsFile)
        ftruncate(descriptor, 0)
        WholeFile.write("\(getpid())\n", to: descriptor)
        return Claim(folder: self, descriptor: descriptor)
    }

    /// Waits until the process that holds the folder has let go of it.
    ///
    /// - Returns: false if it still holds it after `patience`.
    public func waitUntilFree(patience: Duration) -> Bool {
        let descriptor = unsafe open(pidFile, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        // Waiting for the lock is waiting for the event itself; the alarm that rings every 50 ms only ends a wait that
        // lasts too long. (It repeats, since it may ring between the look at the clock and the wait.)
        var ignored = sigaction()
        unsafe ignored.__sigaction_handler.sa_handler = { _ in }
        unsafe sigaction(SIGALRM, &ignored, nil)
        ualarm(50_000, 50_000)
        defer { ualarm(0, 0) }
        let deadline = ContinuousClock.now + patience
        var lock = wholeFileLock
        while true {
            if unsafe fcntl(descriptor, F_SETLKW, &lock) == 0 { return true }
            if errno != EINTR || ContinuousClock.now >= deadline { return false }
        }
    }

    private var wholeFileLock: flock {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }

    /// A folder that belongs to this process.
    public struct Claim: ~Copyable {
        private let folder: StateFolder
        private let descriptor: Int32

        fileprivate init(folder: StateFolder, descriptor: Int32) {
            self.folder = folder
            self.descriptor = descriptor
        }

        /// From now on the suite is up for all who look.
        func announce(_ readyLine: ReadyLine, of settings: SettingsRecord) throws(SuiteError) {
            try WholeFile.write(settings.text + "\n", to: folder.settingsFile)
            try WholeFile.write(readyLine.text + "\n", to: folder.readyFile)
        }

        /// Leaves the folder as it is when nothing is up; the log stays.
        ///
        /// The file `pid` is emptied but not removed: somebody may already wait for its lock.
        public consuming func release() {
            unsafe unlink(folder.readyFile)
            unsafe unlink(folder.settingsFile)
            ftruncate(descriptor, 0)
        }

        deinit {
            close(descriptor)
        }
    }
}
