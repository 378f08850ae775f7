public import Logging
public import ServiceLifecycle
internal import Synchronization

/// Keeps one connection: makes it, makes it anew when it is lost, and lets work wait meanwhile.
///
/// ```swift
/// let reconnector = Reconnector(service: .comfyui) { link in try await Socket.open(url, onClose: link.lost) }
/// async let running: Void = reconnector.run()
/// reconnector.trigger()
/// let answer = try await reconnector.perform { socket in try await socket.ask("…") }
/// ```
/// Work that waits is done in the order in which it came, each piece when the one before is done; none is lost, none is
/// done twice. One reconnection is one call for the circuit, however many attempts it makes, and its trial if it is open.
public final class Reconnector<Connection: Sendable>: ServiceLifecycle.Service {
    /// How a connection tells of itself. A link speaks for its own connection only: what an older one says is ignored.
    public struct Link: Sendable {
        /// The number of the attempt, from 1.
        public let attempt: Int
        /// Weak, as connections keep their links, and the reconnector its connection.
        weak let reconnector: Reconnector?
        let generation: Int

        /// The peer has answered in its protocol: the attempts count from 1 again, and the circuit is closed.
        public func confirm() { reconnector?.confirm(generation) }
        /// The connection has ended.
        public func lost() { reconnector?.lose(generation) }
    }

    enum Phase {
        /// Nobody is at it.
        case idle
        /// A reconnection waits for its time; a trigger cuts the wait short.
        case waiting
        case connecting
        case connected(Connection)
        case failed(ConnectivityError)
        case closed
    }

    struct State {
        var phase = Phase.idle
        var generation = 0
        var attempt = 0
        /// The link of this generation said that its peer speaks the protocol.
        var confirmedGeneration = 0
        /// The link of this generation said that it is lost, perhaps before it was known to be there.
        var lostGeneration = 0
        var isTriggered = false
        /// Why the last attempt came to nothing.
        var lastError: (any Error)?
        var permit: CircuitBreaker.Permit?
        var line = WorkLine<CheckedContinuation<Connection, any Error>>()
        /// Somebody from the line has the connection; the next one follows when it is done.
        var isServing = false
        var random: SeededGenerator
        /// Who is resumed as soon as the lock is free.
        var resumed: [(CheckedContinuation<Connection, any Error>, Result<Connection, any Error>)] = []
    }

    public let service: ServiceName
    public let policy: ReconnectionPolicy
    let endpoint: String
    let circuit: Circuit?
    let attemptTimeout: Duration
    private let queueLimit: Int
    let time: any Timekeeper
    let logger: Logger
    let connect: @Sendable (Link) async throws -> Connection
    let state: Mutex<State>
    let wakeup = Wakeup()
    let published = Broadcast(ReconnectionState.disconnected)

    /// - Parameters:
    ///   - attemptTimeout: an attempt that takes longer has failed.
    ///   - queueLimit: so much work may wait; more is refused with ``ConnectivityError/Code/queueFull``.
    ///   - connect: makes a connection; it honours cancellation.
    public init(
        service: ServiceName, endpoint: String = "", policy: ReconnectionPolicy = .story, circuit: Circuit? = nil,
        attemptTimeout: Duration = .seconds(20), queueLimit: Int = 1000, time: any Timekeeper = .system,
        random: SeededGenerator = SeededGenerator(),
        logger: Logger = .silent,
        connect: @escaping @Sendable (Link) async throws -> Connection
    ) {
        self.service = service
        self.endpoint = endpoint
        self.policy = policy
        self.circuit = circuit
        self.attemptTimeout = attemptTimeout
        self.queueLimit = queueLimit
        self.time = time
        self.logger = logger
        self.connect = connect
        state = Mutex(State(random: random))
    }

    public var currentState: ReconnectionState { published.value }

    /// What ``currentState`` is now, then every change; ends when ``run()`` does.
    public func states() -> AsyncStream<ReconnectionState> { published.watch() }

    /// Why there is no connection and none will be made; nil unless ``currentState`` is `failed`.
    public var failure: ConnectivityError? {
        state.withLock { if case .failed(let error) = $0.phase { error } else { nil } }
    }

    /// How much work waits for a connection.
    public var waiting: Int { state.withLock(\.line.count) }

    /// Asks for a connection now. While one is being made, or is there, it changes nothing; a wait is cut short.
    public func trigger() {
        let isHeard = state.withLock { state in
            switch state.phase {
            case .connecting, .connected, .closed: return false
            case .idle, .failed, .waiting:
                state.isTriggered = true
                return true
            }
        }
        if isHeard { wakeup.ring() }
    }
}

// MARK: Work

extension Reconnector {
    /// Does `work` with the connection, as soon as there is one and the work that came before is done.
    ///
    /// Work that throws is not repeated: nobody knows how much of it the service has heard.
    /// - Throws: ``ConnectivityError/Code/queueFull``, ``ConnectivityError/Code/attemptsExhausted``,
    ///   ``ConnectivityError/Code/closed``, `CancellationError`, or what `work` throws.
    public func perform<Result>(_ work: (Connection) async throws -> Result) async throws -> Result {
        if let connection = try immediate() { return try await work(connection) }
        let connection = try await turn()
        defer { serveNext() }
        try Task.checkCancellation()
        return try await work(connection)
    }

    private func immediate() throws -> Connection? {
        try locked { state in
            switch state.phase {
            case .connected(let connection): return state.line.isEmpty && !state.isServing ? connection : nil
            case .failed(let error): throw error
            case .closed: throw closed
            default: return nil
            }
        }
    }

    private func turn() async throws -> Connection {
        let place = try locked { state throws(ConnectivityError) in
            guard state.line.count < queueLimit else {
                throw error(.queueFull, "\(queueLimit) pieces of work wait for a connection already", canRetry: true)
            }
            return state.line.reserve()
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                locked { state in
                    if Task.isCancelled { return state.resumed.append((continuation, .failure(CancellationError()))) }
                    switch state.phase {
                    case .failed(let error): return state.resumed.append((continuation, .failure(error)))
                    case .closed: return state.resumed.append((continuation, .failure(closed)))
                    default: break
                    }
                    state.line.stand(continuation, at: place)
                    serveFirst(&state)
                }
            }
        } onCancel: {
            locked { $0.line.leave(place) }?.resume(throwing: CancellationError())
        }
    }

    /// Changes the state, and resumes who is to be resumed after that: a cancellation handler may hold a lock of its
    /// task while it waits for ours, and resuming may want the same (`withTaskCancellationHandler`, discussion).
    func locked<Result, Failure>(
        _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        let (result, resumed) = try state.withLock { state throws(Failure) in
            let result = try body(&state)
            defer { state.resumed = [] }
            return (result, state.resumed)
        }
        for (continuation, result) in resumed { continuation.resume(with: result) }
        return result
    }

    func serveFirst(_ state: inout State) {
        guard !state.isServing, case .connected(let connection) = state.phase, let first = state.line.popFirst()
        else { return }
        state.isServing = true
        state.resumed.append((first, .success(connection)))
    }

    private func serveNext() {
        locked { state in
            state.isServing = false
            serveFirst(&state)
        }
    }
}

// MARK: Errors

extension Reconnector {
    var closed: ConnectivityError { error(.closed, "the connection is not kept any more") }

    func exhausted(_ last: (any Error)?) -> ConnectivityError {
        let why = last.map { ", the last one: \(($0 as? ConnectivityError)?.message ?? "\($0)")" } ?? ""
        return error(.attemptsExhausted, "\(policy.attempts ?? 0) attempts to connect failed\(why)", underlying: last)
    }

    var late: ConnectivityError {
        var error = error(.timeout, "expected a connection within \(attemptTimeout)", canRetry: true)
        error.phase = .connect
        return error
    }

    func error(
        _ code: ConnectivityError.Code, _ message: String, canRetry: Bool = false, underlying: (any Error)? = nil
    ) -> ConnectivityError {
        ConnectivityError(
            code: code, service: service.rawValue, endpoint: endpoint, message: message, canRetry: canRetry,
            underlying: underlying)
    }
}
