internal import Fakes
internal import Scenarios
internal import SocketServer

/// The times of one answer's tokens: the upstream's own, and what a scenario adds to each.
struct TokenPace: Sendable {
    /// Until the first one.
    var first = Duration.zero
    var between = Duration.zero
    /// Where they are not always the same.
    var tempo: Tempo?
    var stepDelay: (@Sendable () -> Duration)?

    /// Tokens come as fast as they can be written: asked first, since most streams do not wait.
    var isNone: Bool { between <= .zero && tempo == nil && stepDelay == nil }

    /// Nothing of an answer takes any time of the fake's.
    var isImmediate: Bool { first <= .zero && between <= .zero && tempo == nil }

    /// Gives an answer: waits for the first token, then has the others sent.
    func answer(in environment: FakeEnvironment, _ rest: () async throws -> Void) async throws {
        tempo?.begin()
        defer { tempo?.end() }
        try await environment.sleep(tempo?.untilFirst ?? first)
        try await rest()
    }

    /// Waits for the next token. The upstream's own time is that of the fake, the scenario's is real.
    func wait(in environment: FakeEnvironment) async throws {
        try await environment.sleep(tempo?.untilNext ?? between)
        guard let delay = stepDelay?(), delay > .zero else { return }
        try await environment.wait(delay)
    }

    /// Waits as long as so many tokens take. A client that leaves ends the waiting; nobody is there then to whom that would
    /// have to be told.
    func waitForAll(_ count: Int, in environment: FakeEnvironment) async {
        try? await answer(in: environment) {
            let rest = max(0, count - 1)
            guard let tempo else { return try await environment.sleep(between * rest) }
            // Not token by token, but often enough to notice how many others there are.
            for start in stride(from: 0, to: rest, by: 16) {
                let some = (start..<min(start + 16, rest)).reduce(Duration.zero) { sum, _ in sum + tempo.untilNext }
                try await environment.sleep(some)
            }
        }
    }

    /// Writes so many events, each after such a wait.
    ///
    /// - Parameter spell: appends the event of that number, from 0 on.
    func write(
        _ count: Int, to writer: ResponseWriter, in environment: FakeEnvironment?,
        _ spell: @escaping (Int, inout [UInt8]) -> Void
    ) async throws {
        if let environment, stepDelay == nil, tempo == nil, between > .zero {
            return try await writer.write(every: between / environment.speed, count: count, spell)
        }
        var event: [UInt8] = []
        for number in 0..<count {
            if !isNone, let environment { try await wait(in: environment) }
            event.removeAll(keepingCapacity: true)
            spell(number, &event)
            try await writer.write(event)
        }
    }

    /// Writes events, each after such a wait.
    func write(_ events: ArraySlice<[UInt8]>, to writer: ResponseWriter, in environment: FakeEnvironment) async throws {
        try await write(events.count, to: writer, in: environment) { $1 += events[events.startIndex + $0] }
    }
}
