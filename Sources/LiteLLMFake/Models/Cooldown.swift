/// Which deployments are set aside after failures, and for how long.
///
/// Pure: time is passed in, as seconds since 1970. See `router_utils/cooldown_handlers.py` of litellm 1.109.1, which has
/// two ways: `allowed_fails` counts failures, and without it the kind of failure and its rate in this minute decide.
struct Cooldown: Sendable {
    /// What a router says of cooling down.
    struct Policy: Sendable {
        /// `router_settings.allowed_fails`; nil lets kinds and rates decide.
        var allowedFails: Int?
        /// `router_settings.cooldown_time`.
        var seconds: Double
        /// `router_settings.disable_cooldowns`.
        var isOff: Bool
    }

    /// A deployment's failure, as far as it counts here.
    struct Failure: Sendable {
        var status: Int
        /// An `APIConnectionError` says nothing of the deployment.
        var isConnection = false
        /// Seconds that the deployment's own `cooldown_time` names, or else the upstream's `retry-after`.
        var seconds: Double?
        /// No other deployment has its name.
        var isAlone: Bool
        /// A fallback stands behind its name.
        var hasFallback: Bool
    }

    /// One deployment's account.
    private struct Account: Sendable {
        var minute = 0
        var successes = 0
        var failures = 0
        /// Failures since `countedFrom`, which `allowed_fails` limits.
        var counted = 0
        var countedFrom = -Double.infinity
        var until = -Double.infinity
        var seconds = 0.0

        mutating func turn(to minute: Int) {
            guard minute != self.minute else { return }
            (self.minute, successes, failures) = (minute, 0, 0)
        }
    }

    /// Fewer calls in a minute tell nothing of a rate (`DEFAULT_FAILURE_THRESHOLD_MINIMUM_REQUESTS`).
    private static let fewestForRate = 5
    /// So many calls, all failed, set even the only deployment aside (`SINGLE_DEPLOYMENT_TRAFFIC_FAILURE_THRESHOLD`).
    private static let hopelessTraffic = 1000

    let policy: Policy
    private var accounts: [Account]

    init(_ policy: Policy, count: Int) {
        self.policy = policy
        accounts = Array(repeating: Account(), count: count)
    }

    /// Whether a deployment is set aside.
    func holds(_ index: Int, at now: Double) -> Bool { accounts[index].until > now }

    /// All that are set aside, in their order.
    func held(at now: Double) -> [Int] { accounts.indices.filter { holds($0, at: now) } }

    /// How much longer a deployment is set aside.
    func rest(of index: Int, at now: Double) -> Double { max(0, accounts[index].until - now) }

    /// Sets a deployment aside for so many seconds, whatever it has done; none lets it be called again.
    mutating func hold(_ index: Int, for seconds: Double, at now: Double) {
        accounts[index].until = seconds > 0 ? now + seconds.withinDay : -.infinity
        accounts[index].seconds = seconds.withinDay
    }

    /// The shortest time for which one of these was set aside, as it was given, not what is left of it.
    func shortest(of indices: some Sequence<Int>, at now: Double) -> Double {
        indices.filter { holds($0, at: now) }.map { accounts[$0].seconds }.min() ?? policy.seconds
    }

    mutating func succeeded(_ index: Int, at now: Double) {
        accounts[index].turn(to: Int(now / 60))
        accounts[index].successes += 1
    }

    mutating func failed(_ index: Int, _ failure: Failure, at now: Double) {
        accounts[index].turn(to: Int(now / 60))
        accounts[index].failures += 1
        let seconds = failure.seconds ?? policy.seconds
        guard !policy.isOff, seconds > 0, isBlamed(failure), isTooMuch(failure, of: &accounts[index], at: now) else {
            return
        }
        accounts[index].until = now + seconds
        accounts[index].seconds = seconds
    }

    /// Failures that are the request's own fault do not count.
    private func isBlamed(_ failure: Failure) -> Bool {
        guard !failure.isConnection else { return false }
        return switch failure.status {
        case 402: !failure.isAlone
        case 401, 404, 408, 429: true
        case 400..<500: false
        default: true
        }
    }

    private func isTooMuch(_ failure: Failure, of account: inout Account, at now: Double) -> Bool {
        if let allowed = policy.allowedFails {
            guard !failure.isAlone || failure.hasFallback else { return false }
            if now >= account.countedFrom + policy.seconds { (account.counted, account.countedFrom) = (0, now) }
            account.counted += 1
            return account.counted > allowed
        }
        // What would fail again for everybody cools down at once, be there others or not.
        if failure.status < 500, failure.status != 408, failure.status != 429 { return true }
        if failure.status == 429, !failure.isAlone { return true }
        let calls = account.successes + account.failures
        if account.successes == 0, calls >= Self.hopelessTraffic { return true }
        return !failure.isAlone && calls >= Self.fewestForRate && account.failures * 2 > calls
    }
}
