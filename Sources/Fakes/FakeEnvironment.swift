public import Logging
public import Scenarios
public import SocketServer

/// What a fake is given instead of reaching for it: its loop, with the time in which waits pass, its clock, its luck.
public struct FakeEnvironment: Sendable {
    /// The fake's name in the suite: `comfyui`, `litellm`, `wan2gp`.
    public let id: String
    /// The thread on which the fake lives.
    public let loop: EventLoop
    /// The number from which every random choice follows.
    public let seed: UInt64
    /// How much faster than real time the fake works: 10 makes a wait of a second one of 100 ms.
    public let speed: Double
    public let logger: Logger
    /// The time that answers tell.
    public let now: @Sendable () -> WallTime

    public init(
        id: String, loop: EventLoop, seed: UInt64 = 7, speed: Double = 1, logger: Logger? = nil,
        now: @escaping @Sendable () -> WallTime = { .now() }
    ) {
        self.id = id
        self.loop = loop
        self.seed = seed
        self.speed = speed
        self.logger = logger ?? Logger(label: id) { _ in SwiftLogNoOpLogHandler() }
        self.now = now
    }

    /// Waits, on the loop, for `duration` of the fake's time.
    ///
    /// - Throws: `CancellationError` when the client has gone or the fake stops.
    public func sleep(_ duration: Duration) async throws {
        guard duration > .zero else { return }
        try await wait(duration / speed)
    }

    /// Waits, on the loop, for `duration` as a scenario tells it: no speed makes it shorter.
    ///
    /// - Throws: `CancellationError` when the client has gone or the fake stops.
    public func wait(_ duration: Duration) async throws {
        guard duration > .zero else { return }
        // At most some thirty years: a wait that is longer than the process need not be exact.
        try await loop.clock.sleep(for: min(duration, .seconds(1_000_000_000)))
    }

    /// Tells whoever runs the suite of something that a client may not notice: a line of the log (`understudy logs`).
    public func warn(_ text: String) { logger.warning("\(text)") }

    /// Random numbers for one purpose: name it so that no other one has the same name.
    public func random(_ parts: String...) -> SeededRandom {
        SeededRandom(seed: seed, parts: [id] + parts)
    }
}
