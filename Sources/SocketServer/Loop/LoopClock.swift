/// The continuous clock, or the time that the loop was given instead, with timers that live on an event loop: a sleeper
/// wakes on the loop's own thread, without a trip through another one, and a thousand sleepers cost one timer of the
/// system.
public struct LoopClock: Clock {
    public typealias Instant = ContinuousClock.Instant

    let loop: EventLoop

    public var now: Instant { loop.now }
    public var minimumResolution: Duration { .milliseconds(1) }

    /// Sleeps until `deadline`.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let sleeper = Sleeper(loop: loop)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                loop.onLoop { sleeper.start(until: deadline, continuation) }
            }
        } onCancel: {
            loop.onLoop { sleeper.cancel() }
        }
    }
}

/// One sleeping task.
private final class Sleeper: @unchecked Sendable {
    // @unchecked because all stored state is touched only on the loop: both callers go through `onLoop`.
    private let loop: EventLoop
    private var continuation: CheckedContinuation<Void, any Error>?
    private var timer: LoopTimer?
    private var isCancelled = false

    init(loop: EventLoop) {
        self.loop = loop
    }

    func start(until deadline: ContinuousClock.Instant, _ continuation: CheckedContinuation<Void, any Error>) {
        if isCancelled { return continuation.resume(throwing: CancellationError()) }
        self.continuation = continuation
        timer = loop.addFakeTimer(at: deadline) { [self] in
            timer = nil
            self.continuation.take()?.resume()
        }
    }

    func cancel() {
        isCancelled = true
        if let timer = timer.take() { loop.removeTimer(timer) }
        continuation.take()?.resume(throwing: CancellationError())
    }
}
