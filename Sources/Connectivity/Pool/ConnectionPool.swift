public import Logging
public import ServiceLifecycle
internal import Synchronization

/// Connections of one kind to one service, lent out and taken back.
///
/// ```swift
/// let pool = ConnectionPool(service: .litellm, factory: ConnectionFactory { died in try await Wire.open(died) })
/// async let running: Void = pool.run()
/// let answer = try await pool.withConnection { wire in try await wire.ask("…") }
/// ```
/// Connections are made, checked and closed by ``run()``, which ends when the task is cancelled or the pool is shut down;
/// before it runs, callers wait. What should happen is decided by ``PoolStateMachine``.
public final class ConnectionPool<Connection: Sendable>: ServiceLifecycle.Service {
    public typealias Lease = ConnectionLease<Connection>

    struct State {
        var machine: PoolStateMachine
        var connections: [Int: Connection] = [:]
        /// Closed for the machine, and not yet in fact.
        var closing: [Int: Connection] = [:]
        var waiters: [Int: Waiter] = [:]
        var outstanding: [Int: OutstandingLease] = [:]
        var reported: Set<Int> = []
        var statistics = PoolStatistics()
        /// Connections that are being made: the end of the pool waits for them.
        var making = 0
        var isRunning = false
        /// Who is resumed as soon as the lock is free.
        var resumed: [(CheckedContinuation<Lease, any Error>, Result<Lease, any Error>)] = []
    }

    struct Waiter {
        var caller: OutstandingLease
        var continuation: CheckedContinuation<Lease, any Error>
    }

    /// What ``run()`` does beside lending.
    enum Work: Sendable {
        case connect(Int)
        case check(Int, Connection)
        case close(Int)
    }

    public let service: ServiceName
    public let settings: PoolSettings
    let endpoint: String
    let connectTimeout: Duration
    let factory: ConnectionFactory<Connection>
    let time: any Timekeeper
    let logger: Logger
    let metrics: PoolMetrics
    let works: AsyncStream<Work>
    let orders: AsyncStream<Work>.Continuation
    let state: Mutex<State>

    /// - Parameter connectTimeout: a connection, or the check of one, that takes longer has failed; the closing of one is
    ///   cancelled then.
    public init(
        service: ServiceName, endpoint: String = "", settings: PoolSettings = PoolSettings(),
        connectTimeout: Duration = .seconds(5), time: any Timekeeper = .system,
        random: SeededGenerator = SeededGenerator(),
        logger: Logger = .silent,
        factory: ConnectionFactory<Connection>
    ) {
        self.service = service
        self.endpoint = endpoint
        self.settings = settings
        self.connectTimeout = connectTimeout
        self.time = time
        self.logger = logger
        self.factory = factory
        metrics = PoolMetrics(service)
        (works, orders) = AsyncStream<Work>.makeStream()
        state = Mutex(State(machine: PoolStateMachine(settings: settings, random: random)))
    }
}

// MARK: Lending

extension ConnectionPool {
    /// Lends a connection for as long as `body` lasts. After an error it is closed, for nobody knows what is left on it.
    public func withConnection<Result>(
        file: String = #fileID, line: UInt = #line, _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let lease = try await acquire(file: file, line: line)
        do {
            let result = try await body(lease.connection)
            release(lease)
            return result
        } catch {
            release(lease, isReusable: false)
            throw error
        }
    }

    /// Lends the connection that was released last, or a new one; waits while all are lent, first come, first served.
    ///
    /// - Throws: ``ConnectivityError/Code/poolExhausted`` after the pool's acquire timeout,
    ///   ``ConnectivityError/Code/closed``, `CancellationError`, or why no connection could be made.
    public func acquire(file: String = #fileID, line: UInt = #line) async throws -> Lease {
        let start = time.now
        let caller = OutstandingLease(file: file, line: line, taken: start)
        let (idle, place) = locked { state -> (Lease?, Int) in
            if let lease = state.machine.takeIdle() { return (lend(lease, caller, start, &state), 0) }
            return (nil, state.machine.reserve())
        }
        if let idle { return idle }
        let deadline = start + settings.acquireTimeout
        return try await withThrowingTaskGroup { group in
            group.addTask {
                try await self.time.sleep(until: deadline)
                self.expire(place)
            }
            // Not a child itself: a connection that is handed over in the same moment is never dropped with a result.
            defer { group.cancelAll() }
            return try await wait(place, caller, deadline)
        }
    }

    /// Takes a connection back. A lease that is over already changes nothing.
    /// - Parameter isReusable: whether the connection is fit for another caller.
    public func release(_ lease: Lease, isReusable: Bool = true) {
        let now = time.now
        locked { state in
            guard state.outstanding.removeValue(forKey: lease.lease.number) != nil else {
                return logger.warning("\(service): a connection was released that was not lent any more")
            }
            state.reported.remove(lease.lease.number)
            // It may have died while it was lent: then there is nothing to take back.
            guard let orders = state.machine.release(lease.lease, isReusable: isReusable, at: now) else { return }
            perform(orders, &state)
        }
    }

    /// Stands at a place of the line. Whoever gives up there gets nothing and is served nothing.
    private func wait(
        _ place: Int, _ caller: OutstandingLease, _ deadline: ContinuousClock.Instant
    ) async throws -> Lease {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                locked { state in
                    if Task.isCancelled {
                        state.statistics.cancellations += 1
                        return state.resumed.append((continuation, .failure(CancellationError())))
                    }
                    switch state.machine.acquire(at: place) {
                    case .closed: state.resumed.append((continuation, .failure(closed)))
                    case .leased(let lease):
                        state.resumed.append((continuation, .success(lend(lease, caller, caller.taken, &state))))
                    case .wait(let orders):
                        state.waiters[place] = Waiter(caller: caller, continuation: continuation)
                        perform(orders, &state)
                        // The timer may have rung before anybody stood here.
                        if time.now >= deadline { expire(place, &state) }
                    }
                }
            }
        } onCancel: {
            locked { state in
                guard state.machine.giveUp(place) else { return }
                state.statistics.cancellations += 1
                resume(state.waiters.removeValue(forKey: place), .failure(CancellationError()), &state)
            }
        }
    }

    private func expire(_ place: Int) {
        locked { expire(place, &$0) }
    }

    private func expire(_ place: Int, _ state: inout State) {
        guard state.machine.giveUp(place) else { return }
        state.statistics.timeouts += 1
        resume(state.waiters.removeValue(forKey: place), .failure(exhausted(state)), &state)
    }

    func resume(_ waiter: Waiter?, _ result: Result<Lease, any Error>, _ state: inout State) {
        if let waiter { state.resumed.append((waiter.continuation, result)) }
    }

    /// Changes the state, and resumes who is to be resumed after that: a cancellation handler may hold a lock of its
    /// task while it waits for ours, and resuming may want the same (`withTaskCancellationHandler`, discussion).
    func locked<Result>(_ body: (inout sending State) -> sending Result) -> sending Result {
        let (result, resumed) = state.withLock { state in
            let result = body(&state)
            defer { state.resumed = [] }
            return (result, state.resumed)
        }
        for (continuation, result) in resumed { continuation.resume(with: result) }
        return result
    }

    func lend(
        _ lease: PoolStateMachine.Lease, _ caller: OutstandingLease, _ start: ContinuousClock.Instant,
        _ state: inout State
    ) -> Lease {
        guard let connection = state.connections[lease.connection] else {
            preconditionFailure("a connection is kept until the machine orders it closed")
        }
        let now = time.now
        state.outstanding[lease.number] = OutstandingLease(file: caller.file, line: caller.line, taken: now)
        state.statistics.acquisitions += 1
        state.statistics.acquisitionTimes.add(now - start)
        metrics.acquired(now - start)
        return Lease(connection: connection, lease: lease)
    }
}

// MARK: What it is doing

extension ConnectionPool {
    public var statistics: PoolStatistics { locked(\.statistics) }
    /// All connections, those being made included.
    public var count: Int { locked(\.machine.count) }
    public var idleCount: Int { locked(\.machine.idleCount) }
    /// How many callers wait.
    public var waitingCount: Int { locked(\.machine.waitingCount) }
    /// What is lent now, the longest first.
    public var outstanding: [OutstandingLease] {
        locked { $0.outstanding.values.sorted { $0.taken < $1.taken } }
    }
}

// MARK: Errors

extension ConnectionPool {
    var closed: ConnectivityError { error(.closed, "the pool has been shut down") }

    var late: ConnectivityError {
        var error = error(.timeout, "expected a connection within \(connectTimeout)", canRetry: true)
        error.phase = .connect
        return error
    }

    private func exhausted(_ state: State) -> ConnectivityError {
        var message =
            "no connection became free within \(settings.acquireTimeout): \(state.outstanding.count) of "
            + "\(settings.maximum) are lent, \(state.machine.connectingCount) are being made"
        if let longest = state.outstanding.values.min(by: { $0.taken < $1.taken }) {
            message += "; the one lent longest was taken at \(longest)"
        }
        if !state.isRunning { message += "; the pool's run() has not been called" }
        var error = error(.poolExhausted, message, canRetry: true)
        error.phase = .acquire
        return error
    }

    private func error(
        _ code: ConnectivityError.Code, _ message: String, canRetry: Bool = false
    ) -> ConnectivityError {
        ConnectivityError(
            code: code, service: service.rawValue, endpoint: endpoint, message: message, canRetry: canRetry)
    }
}
