internal import Glibc

/// SIGINT and SIGTERM as values: the first one asks for an orderly end, a second one ends the process at once.
///
/// The main thread waits for them with `sigwait` while the loops serve on threads of their own, so nothing ever runs in a
/// signal handler. They must be held back before any other thread starts. (Not with an asynchronous `main`: Dispatch then
/// keeps a thread that lets every signal through.)
public struct StopSignals: Sendable {
    private let arrivals: AsyncStream<Int32>
    private let continuation: AsyncStream<Int32>.Continuation

    /// Keeps SIGINT and SIGTERM from ending the process until somebody waits for them; threads started later inherit it.
    init() {
        (arrivals, continuation) = AsyncStream.makeStream(of: Int32.self)
        var set = Self.numbers
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for the first signal, without holding a thread.
    ///
    /// - Returns: the exit status that tells of it: 130 for SIGINT, 143 for SIGTERM.
    public func first() async -> Int32 {
        for await number in arrivals { return 128 + number }
        return 0
    }

    /// Waits on this thread for signals, for good.
    func pass() -> Never {
        var set = Self.numbers
        var number: Int32 = 0
        unsafe sigwait(&set, &number)
        continuation.yield(number)
        unsafe sigwait(&set, &number)
        _exit(128 + number)
    }

    private static var numbers: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGTERM)
        return set
    }
}
