/// How a pool makes, checks and ends connections of some kind.
public struct ConnectionFactory<Connection: Sendable>: Sendable {
    /// Makes a connection. `died` is to be called when it ends by itself, from whatever thread.
    public var connect: @Sendable (_ died: @escaping @Sendable () -> Void) async throws -> Connection
    /// Whether an idle connection is fit for use.
    public var check: @Sendable (Connection) async -> Bool
    /// Ends a connection. Cancelled when it takes longer than the pool's connect timeout.
    public var close: @Sendable (Connection) async -> Void

    public init(
        connect: @escaping @Sendable (_ died: @escaping @Sendable () -> Void) async throws -> Connection,
        check: @escaping @Sendable (Connection) async -> Bool = { _ in true },
        close: @escaping @Sendable (Connection) async -> Void = { _ in }
    ) {
        self.connect = connect
        self.check = check
        self.close = close
    }
}

/// A connection in use, to be released to the pool that it came from.
public struct ConnectionLease<Connection: Sendable>: Sendable {
    public let connection: Connection
    let lease: PoolStateMachine.Lease
}

/// Where and when a connection was taken that has not been returned.
public struct OutstandingLease: Sendable, Hashable, CustomStringConvertible {
    public let file: String
    public let line: UInt
    public let taken: ContinuousClock.Instant

    public var description: String { "\(file):\(line)" }
}
