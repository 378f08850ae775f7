internal import Fakes
internal import SocketServer

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

    /// Writes events, each after such a wait.
    func write(
        to writer: ResponseWriter, in environment: FakeEnvironment, _ next: @escaping () -> [UInt8]?
    ) async throws {
        if stepDelay == nil, between > .zero {
            return try await writer.write(every: between / environment.speed, next)
        }
        while let event = next() {
            if !isNone { try await wait(in: environment) }
            try await writer.write(event)
        }
    }
}
