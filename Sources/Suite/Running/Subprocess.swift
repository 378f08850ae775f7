internal import Glibc

/// A command of the user's, run to its end with our standard streams.
enum Subprocess {
    /// Runs it; signals that would end us are handed on to it.
    ///
    /// - Parameter variables: of its environment, besides ours.
    /// - Returns: its exit status, or 128 and the number of the signal that ended it.
    static func run(
        _ command: [String], with variables: [(name: String, value: String)], signals: StopSignals
    ) async throws -> Int32 {
        let pid = try spawn(command, variables)
        return await withTaskGroup(of: Int32?.self) { group in
            group.addTask { await end(of: pid) }
            group.addTask {
                // 128 and the signal's number, as for our own exit status.
                let status = await signals.first()
                if status > 128 { kill(pid, status - 128) }
                return nil
            }
            var result: Int32 = 0
            for await status in group {
                guard let status else { continue }
                result = status
                group.cancelAll()
                break
            }
            return result
        }
    }

    /// Waits for a child on a thread of its own.
    private static func end(of pid: pid_t) async -> Int32 {
        await withCheckedContinuation { continuation in
            let box = unsafe Unmanaged.passRetained(Waiting(pid: pid, continuation: continuation))
            var thread = pthread_t()
            // Retained above, released in the thread.
            _ = unsafe pthread_create(
                &thread, nil,
                { pointer in
                    let waiting = unsafe Unmanaged<Waiting>.fromOpaque(pointer!).takeRetainedValue()
                    var status: Int32 = 0
                    while unsafe waitpid(waiting.pid, &status, 0) < 0, errno == EINTR {}
                    waiting.continuation.resume(
                        returning: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
                    return nil
                }, unsafe box.toOpaque())
            pthread_detach(thread)
        }
    }

    private final class Waiting: Sendable {
        let pid: pid_t
        let continuation: CheckedContinuation<Int32, Never>

        init(pid: pid_t, continuation: CheckedContinuation<Int32, Never>) {
            self.pid = pid
            self.continuation = continuation
        }
    }

    private static func spawn(
        _ command: [String], _ variables: [(name: String, value: String)]
    ) throws(SuiteError) -> pid_t {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // Ours are held back and ignored; the command shall have what it would have without us.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var usual = sigset_t()
        unsafe sigemptyset(&usual)
        unsafe sigaddset(&usual, SIGPIPE)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let names = Set(variables.map(\.name))
        var environment: [String] = variables.map { "\($0.name)=\($0.value)" }
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if !names.contains(String(text.prefix { $0 != "=" })) { environment.append(text) }
            unsafe next += 1
        }
        // Both lists end with nil, as exec wants it; each word is freed below.
        var words = unsafe command.map { unsafe strdup($0) } + [nil]
        var values = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer {
            unsafe words.forEach { unsafe free($0) }
            unsafe values.forEach { unsafe free($0) }
        }
        var pid: pid_t = 0
        let status = unsafe posix_spawnp(&pid, command[0], nil, &attributes, &words, &values)
        guard status == 0 else {
            throw .usage("cannot run \(command[0]): \(unsafe String(cString: strerror(status)))")
        }
        return pid
    }
}
