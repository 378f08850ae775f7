public import Logging
internal import Synchronization

/// The circuit breaker of one service, shared by all who call it.
public final class Circuit: Sendable {
    public let service: ServiceName
    private let endpoint: String
    private let time: any Timekeeper
    private let logger: Logger
    private let breaker: Mutex<CircuitBreaker>

    public init(
        service: ServiceName, endpoint: String = "", breaker: CircuitBreaker = CircuitBreaker(),
        time: any Timekeeper = .system, logger: Logger = .silent
    ) {
        self.service = service
        self.endpoint = endpoint
        self.time = time
        self.logger = logger
        self.breaker = Mutex(breaker)
    }

    public var state: CircuitBreaker.State { breaker.withLock(\.state) }

    /// Makes a call, unless the circuit is open, and learns from its outcome.
    ///
    /// Failures are those that speak against the service: a request that it refused as wrong shows that it lives.
    /// - Throws: ``ConnectivityError/Code/circuitOpen`` at once while the circuit is open, else what `body` throws.
    public func call<Result>(_ body: () async throws -> Result) async throws -> Result {
        let permit = try permit()
        do {
            let result = try await body()
            succeed(permit)
            return result
        } catch {
            settle(permit, error)
            throw error
        }
    }

    /// Leave to make one call; its outcome is to be told.
    /// - Throws: ``ConnectivityError/Code/circuitOpen``.
    func permit(isForced: Bool = false) throws(ConnectivityError) -> CircuitBreaker.Permit {
        switch admit(isForced: isForced) {
        case .granted(let permit): return permit
        case .refused(let until): throw refusal(until)
        }
    }

    /// What callers would be told now; nil if a call would be let through.
    var refusal: ConnectivityError? {
        switch state {
        case .closed: nil
        case .halfOpen: refusal(nil)
        case .open(let until): until > time.now ? refusal(until) : nil
        }
    }

    private func refusal(_ until: ContinuousClock.Instant?) -> ConnectivityError {
        ConnectivityError(
            code: .circuitOpen, service: service.rawValue, endpoint: endpoint,
            message: until == nil
                ? "nothing is sent while one call finds out whether the service is back"
                : "nothing is sent after \(breaker.withLock(\.threshold)) failures in a row",
            retryAfter: until.map { max(.zero, $0 - time.now) }, canRetry: true)
    }

    func admit(isForced: Bool = false) -> CircuitBreaker.Admission {
        let now = time.now
        return changing { $0.admit(at: now, isForced: isForced) }
    }

    func succeed(_ permit: CircuitBreaker.Permit) {
        changing { $0.succeed(permit) }
    }

    func settle(_ permit: CircuitBreaker.Permit, _ error: any Error) {
        let now = time.now
        changing { breaker in
            switch Verdict(error) {
            case .alive: breaker.succeed(permit)
            case .ill: breaker.fail(permit, at: now)
            case .none: breaker.abandon(permit, at: now)
            }
        }
    }

    private func changing<Result: Sendable>(_ body: (inout CircuitBreaker) -> Result) -> Result {
        let (result, before, after) = breaker.withLock { breaker in
            let before = breaker.state.name
            let result = body(&breaker)
            return (result, before, breaker.state.name)
        }
        if before != after {
            Measure.circuits.count(service.rawValue, after)
            logger.notice("\(service): the circuit was \(before), now \(after)")
        }
        return result
    }

    /// What an error says about the service.
    private enum Verdict {
        case alive, ill, none

        init(_ error: any Error) {
            guard let error = error as? ConnectivityError else {
                self = error is CancellationError ? .none : .ill
                return
            }
            switch error.code {
            case .unauthorized, .rateLimited, .rejected, .jobFailed, .redirected, .tooLarge: self = .alive
            case .cancelled, .closed, .queueFull, .invalidArgument, .configuration, .poolExhausted, .circuitOpen:
                self = .none
            default: self = .ill
            }
        }
    }
}

extension CircuitBreaker.State {
    fileprivate var name: String {
        switch self {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half_open"
        }
    }
}
