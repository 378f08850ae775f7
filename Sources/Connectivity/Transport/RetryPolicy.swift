/// Whether a failed call is tried again, and when. Pure.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a call is tried in all.
    public var tries: Int
    /// The wait before the second try; it doubles from try to try.
    public var first: Duration
    /// Up to this part of a wait is added by luck, so that many clients do not come back at once.
    public var jitter: Double

    public init(tries: Int = 3, first: Duration = .seconds(1), jitter: Double = 0.25) {
        self.tries = tries
        self.first = first
        self.jitter = jitter
    }

    /// The wait before the next try; nil if there is to be none.
    ///
    /// A delay that the server asked for is kept to the millisecond. What cannot succeed is not repeated: a wait
    /// that ends after the call's deadline, a refusal by the service, an answer that is not understood.
    ///
    /// - Parameters:
    ///   - tried: how often it has been tried.
    ///   - luck: from 0 to 1.
    ///   - left: until the deadline of the whole call.
    func wait(after failure: ConnectivityError, tried: Int, luck: Double, left: Duration) -> Duration? {
        guard tried < tries, failure.canRetry else { return nil }
        let wait = failure.retryAfter ?? first * Double(1 << min(tried - 1, 30)) * (1 + jitter * luck)
        return wait < left ? wait : nil
    }
}
