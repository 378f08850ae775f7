extension Timekeeper {
    /// Runs `body`, cancels it when the time is over, and throws `late` then.
    ///
    /// It returns only when `body` has: what ignores cancellation holds up its caller.
    func within<Result: Sendable>(
        _ limit: Duration, else late: @autoclosure @escaping @Sendable () -> any Error,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let end = now + limit
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await self.sleep(until: end)
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else { throw late() }
            return result
        }
    }
}
