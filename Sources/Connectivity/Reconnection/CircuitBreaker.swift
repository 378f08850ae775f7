/// Decides whether a service that fails is asked at all.
///
/// ```
///            failures in a row                time is over, one asks
///   closed ────────────────────▶ open(until) ───────────────────────▶ half open
///      ▲                            ▲                                  │     │
///      └────────────────────────────┼────────── the trial succeeds ────┘     │
///                                   └────────── the trial fails ─────────────┘
/// ```
/// Pure. Every call asks for a ``Permit`` and brings it back with its outcome. A permit from before the circuit changed its
/// state counts no more: a call that took long tells nothing about now.
public struct CircuitBreaker: Sendable {
    public enum State: Sendable, Hashable {
        /// Calls go through; so many failed in a row.
        case closed(failures: Int)
        /// Nothing is sent until then.
        case open(until: ContinuousClock.Instant)
        /// One call finds out.
        case halfOpen
    }

    /// Leave to make one call.
    public struct Permit: Sendable, Hashable {
        /// Whether the circuit waits for this call's outcome.
        public let isTrial: Bool
        fileprivate let generation: Int
    }

    public enum Admission: Sendable, Hashable {
        case granted(Permit)
        /// Nothing is sent; nil while a trial is under way, for its end is unknown.
        case refused(until: ContinuousClock.Instant?)
    }

    /// So many failures in a row open the circuit.
    public let threshold: Int
    /// For how long it stays open.
    public let pause: Duration
    public private(set) var state = State.closed(failures: 0)
    private var generation = 0

    public init(threshold: Int = 5, pause: Duration = .seconds(300)) {
        precondition(threshold > 0, "a circuit breaker opens after one failure at the earliest, not \(threshold)")
        self.threshold = threshold
        self.pause = pause
    }

    /// - Parameter isForced: do not wait for the end of the pause; somebody knows that the service has been repaired.
    public mutating func admit(at now: ContinuousClock.Instant, isForced: Bool = false) -> Admission {
        switch state {
        case .closed: return .granted(Permit(isTrial: false, generation: generation))
        case .halfOpen: return .refused(until: nil)
        case .open(let until):
            guard now >= until || isForced else { return .refused(until: until) }
            become(.halfOpen)
            return .granted(Permit(isTrial: true, generation: generation))
        }
    }

    public mutating func succeed(_ permit: Permit) {
        guard permit.generation == generation else { return }
        if permit.isTrial { become(.closed(failures: 0)) } else { state = .closed(failures: 0) }
    }

    public mutating func fail(_ permit: Permit, at now: ContinuousClock.Instant) {
        guard permit.generation == generation else { return }
        if case .closed(let failures) = state, failures + 1 < threshold {
            state = .closed(failures: failures + 1)
        } else {
            become(.open(until: now + pause))
        }
    }

    /// The call was given up and tells nothing. After a trial the next caller is the trial.
    public mutating func abandon(_ permit: Permit, at now: ContinuousClock.Instant) {
        guard permit.generation == generation, permit.isTrial else { return }
        become(.open(until: now))
    }

    private mutating func become(_ state: State) {
        self.state = state
        generation += 1
    }
}
