import Fakes
import Scenarios

extension Work {
    /// Fails where a scenario wants the function to fail: at once, or when so many messages of its event have been sent.
    func meetTrouble() throws(AppFailure) {
        guard let use = caller.direction.error, let failure = AppFailure(use) else { return }
        if let count = use.afterMessages, let event, event.told < count { return }
        throw failure
    }

    /// Waits as much longer as a scenario wants of a step, in real time: scenarios count by the clock on the wall. A
    /// step is a report of progress, a yield, or all that a function does that has neither.
    mutating func linger(in environment: FakeEnvironment) async throws {
        hasLingered = true
        guard let delay = caller.direction.stepDelay?(), delay > .zero else { return }
        try await environment.wait(delay)
        try Task.checkCancellation()
    }
}

extension AppFailure {
    /// Nil for troubles that no function has.
    fileprivate init?(_ use: NativeErrorUse) {
        switch GradioTrouble(use) {
        case .appError: self = .refusal(use.message ?? "Something went wrong while generating. Please try again.")
        case .outOfMemory:
            self = .refusal(
                use.message
                    ?? "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.64 GiB of which "
                    + "1.21 GiB is free.")
        case .hiddenError: self = .hidden
        default: return nil
        }
    }
}
