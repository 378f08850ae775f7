extension ResponseWriter {
    /// Writes pieces at a pace: waits, writes what `next` gives, waits again, and so on until it gives nil; behind the last
    /// piece it does not wait.
    ///
    /// The same as a loop of waits and writes in the task, for a third of its processor time: the task sleeps all the
    /// while, and the loop's timer does the writing. (5,000 streams of 20 pieces a second are 100,000 a second.)
    ///
    /// - Parameters:
    ///   - gap: of the loop's time. What one piece is late by does not put off the others.
    ///   - next: called on the loop.
    /// - Throws: `CancellationError` when the client is gone.
    public func write(every gap: Duration, _ next: @escaping () -> [UInt8]?) async throws {
        let run = PacedRun(self, on: loop, every: gap, next)
        // Whoever is behind, or has a screen that must think about it, is written to by the task.
        while let bytes = try await run.goOn() { try await write(bytes) }
    }
}

/// The pieces of one stream, one after the other.
private final class PacedRun: @unchecked Sendable {
    // @unchecked because everything is touched only on the loop.
    private let writer: ResponseWriter
    private let loop: EventLoop
    private let gap: Duration
    private let next: () -> [UInt8]?
    /// The piece whose wait has begun: behind the last one nothing is waited for.
    private var upcoming: [UInt8]?
    private lazy var action: () -> Void = { [unowned self] in fire() }
    private var due: ContinuousClock.Instant
    private var timer: LoopTimer?
    private var waiting: CheckedContinuation<[UInt8]?, any Error>?
    private var isCancelled = false
    /// What is later than this was not there sooner: its wait begins anew.
    private static let lateness = Duration.milliseconds(100)

    init(_ writer: ResponseWriter, on loop: EventLoop, every gap: Duration, _ next: @escaping () -> [UInt8]?) {
        self.writer = writer
        self.loop = loop
        self.gap = gap
        self.next = next
        due = loop.clock.now
    }

    /// Writes on.
    ///
    /// - Returns: a piece that has to be written with patience; nil at the end.
    func goOn() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.onLoop { self.start(continuation) }
            }
        } onCancel: {
            loop.onLoop { self.cancel() }
        }
    }

    private func start(_ continuation: CheckedContinuation<[UInt8]?, any Error>) {
        guard !isCancelled else { return continuation.resume(throwing: CancellationError()) }
        waiting = continuation
        advance()
    }

    private func advance() {
        upcoming = next()
        guard upcoming != nil else { return end(.success(nil)) }
        due += gap
        let now = loop.clock.now
        if now - due > Self.lateness { due = now + gap }
        timer = loop.addFakeTimer(at: due, action)
    }

    private func fire() {
        timer = nil
        guard let bytes = upcoming.take() else { return }
        if writer.writeNow(bytes) { advance() } else { end(.success(bytes)) }
    }

    private func cancel() {
        isCancelled = true
        if let timer = timer.take() { loop.removeTimer(timer) }
        end(.failure(CancellationError()))
    }

    private func end(_ result: Result<[UInt8]?, any Error>) {
        waiting.take()?.resume(with: result)
    }
}
