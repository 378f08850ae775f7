internal import Scenarios

/// Durations drawn one after the other, each from its distribution. On the fake's loop.
final class Draw: @unchecked Sendable {
    // @unchecked because it is used only on the loop.
    private let distribution: Distribution
    private var random: SeededRandom

    init(_ distribution: Distribution, _ random: SeededRandom) {
        self.distribution = distribution
        self.random = random
    }

    func next() -> Duration { distribution.sample(&random) }
}

extension [Draw] {
    /// What all of them take together.
    func next() -> Duration { reduce(.zero) { $0 + $1.next() } }
}
