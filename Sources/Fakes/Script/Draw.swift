internal import Scenarios
internal import SocketServer

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

extension WireFault {
    /// Pieces of a size and with gaps that are drawn each time. On the fake's loop.
    static func slice(_ bytes: Int, _ variation: Int, _ gap: Distribution, _ random: SeededRandom) -> WireFault {
        let gaps = Draw(gap, random)
        guard variation > 0 else { return .slice(bytes: bytes, gap: { gaps.next() }) }
        var other = random
        other.jump()
        // A distribution draws durations: here a nanosecond stands for a byte.
        let sizes = Draw(
            .uniform(.nanoseconds(max(1, bytes - variation)), .nanoseconds(bytes + variation + 1)), other)
        return .slice(
            bytes: bytes, size: { Int(sizes.next() / .nanoseconds(1)) }, gap: { gaps.next() })
    }
}

extension [Draw] {
    /// What all of them take together.
    func next() -> Duration { reduce(.zero) { $0 + $1.next() } }
}
