internal import Glibc
internal import Synchronization
internal import Terminal

/// Where log lines go: to standard error, which in the background is a file that does not grow without end.
///
/// All fakes write here, each from its own thread; a line is always whole, and on one side of a change of files.
final class LogOutput: Sendable {
    private let descriptors: [Int32]
    private let state: Mutex<State>

    private struct State {
        var ink: Ink
        var file: File?
    }

    private struct File {
        let path: String
        let old: String
        let limit: Int
        /// The bytes since the file was opened.
        var size = 0
    }

    /// How many bytes a log may have before it goes on in a new file.
    static let limit = 10_000_000

    /// Output to these open files, the first of which gets the lines; the others follow it from file to file.
    init(to descriptors: [Int32] = [STDERR_FILENO, STDOUT_FILENO]) {
        self.descriptors = descriptors
        state = Mutex(State(ink: .on(descriptor: descriptors[0])))
    }

    /// What suits it.
    var ink: Ink { state.withLock { $0.ink } }

    /// Writes a whole line.
    func write(_ line: String) {
        state.withLock { state in
            WholeFile.write(line, to: descriptors[0])
            state.file?.size += line.utf8.count
            guard let file = state.file, file.size >= file.limit else { return }
            state.file?.size = 0
            // Where there can be no other file, this one begins anew: whatever happens, it does not fill the disk.
            guard unsafe rename(file.path, file.old) == 0, open(file.path) else {
                ftruncate(descriptors[0], 0)
                return
            }
        }
    }

    /// From now on the output goes to a new file; what earlier ones left there is removed.
    ///
    /// - Parameters:
    ///   - old: where the file goes that has become too long, in the place of the one before.
    ///   - limit: how many bytes are too long.
    func turn(to path: String, old: String, limit: Int = LogOutput.limit) throws(SuiteError) {
        let isOpen = state.withLock { state in
            unsafe unlink(old)
            guard open(path) else { return false }
            state = State(ink: Ink(isColoured: false), file: File(path: path, old: old, limit: limit))
            return true
        }
        guard isOpen else { throw SuiteError(.start, "cannot write \(path): \(lastSystemError())") }
    }

    private func open(_ path: String) -> Bool {
        let file = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { return false }
        for descriptor in descriptors { dup2(file, descriptor) }
        close(file)
        return true
    }
}
