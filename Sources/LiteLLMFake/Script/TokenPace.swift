internal import Fakes

/// The time between two tokens of an upstream: its own, and what a scenario adds to each.
struct TokenPace: Sendable {
    var between = Duration.zero
    var stepDelay: (@Sendable () -> Duration)?

    /// Tokens come as fast as they can be written: asked first, since most streams do not wait.
    var isNone: Bool { between <= .zero && stepDelay == nil }

    /// Waits for the next token. The upstream's own time is that of the fake, the scenario's is real.
    func wait(in environment: FakeEnvironment) async throws {
        try await environment.sleep(between)
        guard let delay = stepDelay?(), delay > .zero else { return }
        try await environment.wait(delay)
    }
}
