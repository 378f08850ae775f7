extension ResponseWriter {
    /// Writes pieces at a pace: waits, writes one, waits again, and so on; behind the last piece it does not wait.
    ///
    /// The same as a loop of waits and writes in the task, for a third of its processor time: the task sleeps all the
    /// while, and the loop's timer does the writing. (5,000 streams of 20 pieces a second are 100,000 a second.)
    ///
    /// - Parameters:
    ///   - gap: of the loop's time. What one piece is late by does not put off the others.
    ///   - count: of pieces.
    ///   - spell: appends the piece of that number, from 0 on. Called on the loop, when the piece is due.
    /// - Throws: `CancellationError` when the client is gone.
    public func write(
        every gap: Duration, count: Int, _ spell: @escaping (Int, inout [UInt8]) -> Void
    ) async throws {
        let run = PacedRun(self, every: gap, count: count, spell)
        // Whoever is behind, or has a screen that must think about it, is written to by the task.
        while let bytes = try await run.goOn() { try await write(bytes) }
    }
}

/// The pieces of one stream, one after the other.
///
/// Between two of them come those of thousands of others, and nothing of this stream is left in the processor's cache: the
/// fewer places there are to look at, the cheaper a piece is. That is why it is its own timer.
private final class PacedRun: LoopTimer, @unchecked Sendable {
    // @unchecked because everything is touched only on the loop.
    private let loop: EventLoop
    private let gap: Duration
    private let count: Int
    private let spell: (Int, inout [UInt8]) -> Void
    /// How pieces are written; nil if a screen wants to see to each.
    private let below: ResponseWriter?
    private let note: (@Sendable ([UInt8]) -> Bool)?
    /// The piece that is waited for.
    private var number = 0
    private var due: ContinuousClock.Instant
    private var waiting: CheckedContinuation<[UInt8]?, any Error>?
    private var isCancelled = false
    /// What is later than this was not there sooner: its wait begins anew.
    private static let lateness = Duration.milliseconds(100)

    init(_ writer: ResponseWriter, every gap: Duration, count: Int, _ spell: @escaping (Int, inout [UInt8]) -> Void) {
        loop = writer.loop
        self.gap = gap
        self.count = count
        self.spell = spell
        (below, note) = writer.shortcut.map { ($0.below, $0.note) } ?? (nil, nil)
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
        waitForNext()
    }

    private func waitForNext() {
        guard number < count else { return end(.success(nil)) }
        due += gap
        let now = loop.clock.now
        if now - due > Self.lateness { due = now + gap }
        loop.setFake(self, at: due)
    }

    override func fire() {
        var bytes = loop.takeBuffer()
        spell(number, &bytes)
        number += 1
        guard let below, below.writeNow(bytes, noting: note) else { return end(.success(bytes)) }
        loop.giveBack(bytes)
        waitForNext()
    }

    private func cancel() {
        isCancelled = true
        guard waiting != nil else { return }
        loop.removeTimer(self)
        end(.failure(CancellationError()))
    }

    private func end(_ result: Result<[UInt8]?, any Error>) {
        waiting.take()?.resume(with: result)
    }
}
