import Dispatch
import Glibc
import Suite
import Terminal
import Testing

/// One of the built executables as a shell starts it, in a folder of its own and without our variables.
final class ChildProcess: Sendable {
    /// How it ended and what it said.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    let pid: pid_t
    private let folder: String

    /// Starts it; standard output and error go to files in `folder`, which is also where it runs.
    ///
    /// - Parameter seconds: for what would go on for ever: it ends by itself then, should the tests be killed before.
    init(
        _ program: String, _ arguments: [String], in folder: String, environment: [String: String] = [:],
        atMost seconds: Int? = nil
    ) throws {
        self.folder = folder
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let new = O_WRONLY | O_CREAT | O_TRUNC
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder + "/out", new, 0o644)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, folder + "/err", new, 0o644)
        // A shell lets every signal through; the threads of the tests do not.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var blocked = sigset_t()
        unsafe sigemptyset(&blocked)
        unsafe posix_spawnattr_setsigmask(&attributes, &blocked)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // `env` changes the folder and becomes the program.
        let limit = seconds.map { ["timeout", String($0)] } ?? []
        let command = ["env", "-C", folder] + limit + [Self.folderOfPrograms + program] + arguments
        var words = unsafe command.map { unsafe strdup($0) } + [nil]
        // What `make coverage` and `make sanitize` tell each program; nothing else of ours is theirs.
        let tools = ["LLVM_PROFILE_FILE", "TSAN_OPTIONS", "ASAN_OPTIONS", "LSAN_OPTIONS"].compactMap { name in
            environmentVariable(name).map { (name, $0) }
        }
        let given = environment.map { ($0.key, $0.value) } + tools
        var variables = unsafe given.map { unsafe strdup("\($0.0)=\($0.1)") } + [nil]
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let status = unsafe posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, &words, &variables)
        try #require(status == 0, "cannot start \(program)")
        self.pid = pid
    }

    /// Starts it and waits for its end.
    static func run(
        _ program: String, _ arguments: [String], in folder: String, environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await ChildProcess(program, arguments, in: folder, environment: environment).outcome()
    }

    /// Waits for its end.
    func outcome() async -> Outcome {
        let pid = pid
        let status: Int32 = await withCheckedContinuation { continuation in
            // A queue of its own has a thread of its own; the global one's threads are those that run every Swift task,
            // as many as there are cores, and two children that take their time would hold up all tests.
            DispatchQueue(label: "child-process").async {
                var status: Int32 = 0
                unsafe waitpid(pid, &status, 0)
                continuation.resume(returning: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
            }
        }
        return Outcome(
            status: status, output: WholeFile.text(folder + "/out") ?? "", errors: WholeFile.text(folder + "/err") ?? ""
        )
    }

    /// Waits until it has written a file. (It is renamed into place, so there is no half of it.)
    func file(_ name: String) async throws -> String {
        try await text(of: name) { _ in true }
    }

    /// Waits until its standard output is as expected.
    func output(_ isExpected: (String) -> Bool) async throws -> String {
        try await text(of: "out", isExpected)
    }

    /// Ten seconds are enough.
    private func text(of name: String, _ isExpected: (String) -> Bool) async throws -> String {
        for _ in 0..<1000 {
            if let text = WholeFile.text(folder + "/" + name), isExpected(text) { return text }
            // Another process's file: there is nothing to await but time.
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Missing(file: name)
    }

    struct Missing: Error {
        let file: String
    }

    /// Beside the tests' own executable.
    private static let folderOfPrograms: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBufferPointer {
            unsafe readlink("/proc/self/exe", $0.baseAddress!, $0.count)
        }
        let path = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce(into: "/") { $0 += $1 + "/" }
    }()
}
