internal import SocketServer

extension FakeEnvironment {
    /// Does work that would keep the loop from its sockets, such as the encoding of a film, on another thread.
    ///
    /// ```swift
    /// let file = await environment.aside { PNG.encode(picture) }
    /// ```
    /// `@concurrent` alone does not leave the loop: it is the executor that the tasks of a server prefer, and such
    /// functions follow the preference (SE-0417). So the preference is another one for as long as the work takes.
    public func aside<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await loop.whileAside {
            await withTaskExecutorPreference(globalConcurrentExecutor) { await Self.run(work) }
        }
    }

    @concurrent
    private static func run<Result: Sendable>(_ work: @Sendable () -> Result) async -> Result { work() }
}
