internal import Logging

/// Calls of one service, repeated where that can help and does no harm.
struct RepeatedCalls: Sendable {
    let transfers: HTTPTransfers
    var policy: RetryPolicy
    var time: any Timekeeper
    /// Numbers from 0 to 1.
    var luck: @Sendable () -> Double
    /// A call with all its tries is one call for it; while it is open, callers learn so at once.
    var circuit: Circuit?
    var logger = Logger.silent

    var peer: Peer { transfers.peer }

    /// Tries until it succeeds, cannot succeed, or the deadline of the whole comes near.
    ///
    /// - Parameter harmless: whether to repeat after a failure does nothing twice; all that is done through here by
    ///   default may be done twice.
    func callAsFunction<Result>(
        if harmless: (ConnectivityError) -> Bool = { _ in true }, _ attempt: (_ left: Duration) async throws -> Result
    ) async throws -> Result {
        let start = time.now
        do {
            let result = try await guarded { try await tries(harmless, attempt) }
            note(start, nil)
            return result
        } catch {
            note(start, error)
            throw error
        }
    }

    private func note(_ start: ContinuousClock.Instant, _ error: (any Error)?) {
        Measure.calls.count(peer.service, error)
        Measure.callDurations.time(time.now - start, peer.service)
        if let error { logger.debug("\(error)") }
    }

    /// Does something as one call for the circuit.
    func guarded<Result>(_ body: () async throws -> Result) async throws -> Result {
        guard let circuit else { return try await body() }
        return try await circuit.call(body)
    }

    private func tries<Result>(
        _ harmless: (ConnectivityError) -> Bool, _ attempt: (_ left: Duration) async throws -> Result
    ) async throws -> Result {
        let deadline = time.now + transfers.limits.total
        var tried = 0
        while true {
            do {
                return try await attempt(deadline - time.now)
            } catch let failure as ConnectivityError {
                tried += 1
                guard harmless(failure),
                    let wait = policy.wait(after: failure, tried: tried, luck: luck(), left: deadline - time.now)
                else { throw failure }
                try await pause(wait, failure)
            } catch is CancellationError {
                throw cancelled(nil)
            }
        }
    }

    /// Waits; a wait that is cancelled ends as a typed error.
    func pause(_ wait: Duration, _ failure: ConnectivityError) async throws {
        Measure.retries.count(peer.service, failure)
        logger.info("\(failure.service): again in \(wait), after \(failure.code): \(failure.message)")
        do {
            try await time.sleep(for: wait)
        } catch {
            throw cancelled(failure)
        }
    }

    private func cancelled(_ failure: ConnectivityError?) -> ConnectivityError {
        peer.error(.cancelled, expected: "an answer", came: "the task was cancelled", underlying: failure)
    }
}
