import Dispatch
import Glibc
import Suite
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
    init(_ program: String, _ arguments: [String], in folder: String, environment: [String: String] = [:]) throws {
        self.folder = folder
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let new = O_WRONLY | O_CREAT | O_TRUNC
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder + "/out", new, 0o644)
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, folder + "/err", new, 0o644)
        // `env` changes the folder and becomes the program.
        let command = ["env", "-C", folder, Self.folderOfPrograms + program] + arguments
        var words = unsafe command.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let status = unsafe posix_spawn(&pid, "/usr/bin/env", &actions, nil, &words, &variables)
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
            DispatchQueue.global().async {
                var status: Int32 = 0
                unsafe waitpid(pid, &status, 0)
                continuation.resume(returning: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
            }
        }
        return Outcome(
            status: status, output: WholeFile.text(folder + "/out") ?? "", errors: WholeFile.text(folder + "/err") ?? ""
        )
    }

    /// Waits until it has written a file. (It is renamed into place, so there is no half of it; ten seconds are enough.)
    func file(_ name: String) async throws -> String {
        for _ in 0..<1000 {
            if let text = WholeFile.text(folder + "/" + name) { return text }
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
