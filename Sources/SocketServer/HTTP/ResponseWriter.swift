/// Writes the body of a streamed answer.
public final class ResponseWriter: @unchecked Sendable {
    // @unchecked because it is used only by the exchange's task, on the loop.
    private let carrier: any ExchangeCarrier
    let loop: EventLoop
    /// Nil but for a writer that ``through(_:)`` made: the hot path asks for nothing else.
    private let screen: Screen?
    private var isFinished = false

    /// What every write of a writer goes through, and where it leads.
    private final class Screen: Sendable {
        let below: ResponseWriter
        private let pass: @Sendable ([UInt8], ResponseWriter) async throws -> Void
        let note: (@Sendable ([UInt8]) -> Bool)?

        init(
            below: ResponseWriter, note: (@Sendable ([UInt8]) -> Bool)?,
            pass: @escaping @Sendable ([UInt8], ResponseWriter) async throws -> Void
        ) {
            self.below = below
            self.note = note
            self.pass = pass
        }

        func write(_ bytes: [UInt8]) async throws {
            guard below.isOpen else { throw CancellationError() }
            try await pass(bytes, below)
        }
    }

    init(carrier: any ExchangeCarrier, loop: EventLoop) {
        self.carrier = carrier
        self.loop = loop
        screen = nil
    }

    private init(screen: Screen) {
        carrier = screen.below.carrier
        loop = screen.below.loop
        self.screen = screen
    }

    /// Writes one piece: one chunk in HTTP/1.1. Suspends while the client is behind.
    ///
    /// - Throws: `CancellationError` when the client is gone.
    public func write(_ bytes: [UInt8]) async throws {
        if let screen { return try await screen.write(bytes) }
        guard carrier.isOpen, !isFinished else { throw CancellationError() }
        carrier.write(bytes)
        if !carrier.hasRoom { await carrier.waitForRoom() }
    }

    /// Writes one piece of text: one chunk in HTTP/1.1. Suspends while the client is behind.
    public func write(_ text: String) async throws {
        if let screen { return try await screen.write(Array(text.utf8)) }
        guard carrier.isOpen, !isFinished else { throw CancellationError() }
        carrier.write(text)
        if !carrier.hasRoom { await carrier.waitForRoom() }
    }

    /// Writes bytes past the chunk framing and past every ``through(_:)``: a bad chunk, half a last one. In HTTP/2,
    /// whose framing cannot be broken from here, they are a piece of the body like any other.
    public func writeRaw(_ bytes: [UInt8]) async throws {
        guard isOpen else { throw CancellationError() }
        carrier.writeRaw(bytes)
        if !carrier.hasRoom { await carrier.waitForRoom() }
    }

    /// A writer whose every write goes through `screen`, which writes what it wants to the writer that it is given:
    /// nothing, the same, something else, later, in pieces.
    ///
    /// - Parameter note: asked first about pieces that come at a pace (``write(every:_:)``): true lets the piece pass as it
    ///   is, false, as always without it, has the screen see to it.
    ///
    /// ```swift
    /// .stream { writer in
    ///     try await produce(writer.through { bytes, below in
    ///         for byte in bytes { try await below.write([byte]) }
    ///     })
    /// }
    /// ```
    public func through(
        noting note: (@Sendable ([UInt8]) -> Bool)? = nil,
        _ screen: @escaping @Sendable ([UInt8], ResponseWriter) async throws -> Void
    ) -> ResponseWriter {
        ResponseWriter(screen: Screen(below: self, note: note, pass: screen))
    }

    /// How pieces are written past the task, as long as nobody has to wait: to the writer below all screens, when what
    /// has to take note of each has done so. Nil if a screen wants to see to every piece.
    var shortcut: (below: ResponseWriter, note: (@Sendable ([UInt8]) -> Bool)?)? {
        guard let screen else { return (self, nil) }
        // Whatever stands below that one must not refuse what has been noted here.
        guard let note = screen.note, screen.below.screen == nil else { return nil }
        return (screen.below, note)
    }

    /// Writes one piece to the client if it is not behind, and if `note`, asked only then, has nothing against it. False
    /// if not; nothing has been written then. Of a writer below all screens.
    func writeNow(_ bytes: [UInt8], noting note: (@Sendable ([UInt8]) -> Bool)?) -> Bool {
        guard !isFinished, carrier.isReady else { return false }
        if let note, !note(bytes) { return false }
        carrier.write(bytes)
        return true
    }

    /// Whether the client is still there, and may be written to.
    public var isOpen: Bool { carrier.isOpen && !hasFinished }

    /// Broken off, or half closed: no proper end is to follow.
    var hasFinished: Bool { if let screen { screen.below.hasFinished } else { isFinished } }

    private func finish() {
        if let screen { screen.below.finish() } else { isFinished = true }
    }

    /// Breaks the answer off without its end: the client sees a truncated body, by FIN or by RST. What has been
    /// written before leaves first, by RST only if the client is not behind.
    public func abort(resets: Bool = false) {
        finish()
        carrier.abort(resets: resets)
    }

    /// Says by FIN that nothing more will be sent, after what has been written and without the answer's end; what the
    /// client sends is still read. In HTTP/2 it ends the stream. The connection is closed when the handler returns:
    /// to have it stay, ``hang()``.
    public func halfClose() {
        guard isOpen else { return }
        finish()
        carrier.halfClose()
    }

    /// Sends nothing more and closes nothing until the client leaves or the server stops. What has been written
    /// before still leaves.
    ///
    /// - Throws: `CancellationError`, always: it never returns.
    public func hang() async throws {
        finish()
        carrier.hold()
        while carrier.isOpen { try await loop.clock.sleep(for: .seconds(3600)) }
        throw CancellationError()
    }
}
