internal import Glibc
internal import Words

/// How long something takes: always the same, or drawn anew each time.
public enum Distribution: Sendable, Hashable {
    case fixed(Duration)
    case uniform(Duration, Duration)
    case normal(mean: Duration, deviation: Duration)
    /// By its median and its 99th percentile, as latencies are told.
    case lognormal(median: Duration, p99: Duration)
    case exponential(mean: Duration)

    /// No wait of a scenario is longer: one hour.
    public static let longest = Duration.seconds(3600)

    /// The names of the shapes, as files spell them.
    public static let shapes = ["uniform", "normal", "lognormal", "exponential"]

    /// What is wrong with the numbers, for whoever wrote them; nil if nothing is.
    public var fault: String? {
        switch self {
        case .uniform(let low, let high) where low > high:
            "expected the lower bound first, got \(low.spelled) before \(high.spelled)"
        case .lognormal(let median, let p99) where median <= .zero || p99 < median:
            "expected a median over 0s and a p99 that is no smaller"
        default: nil
        }
    }

    /// Draws a duration, between nothing and ``longest``.
    public func sample(_ random: inout some RandomNumberGenerator) -> Duration {
        let seconds: Double
        switch self {
        case .fixed(let duration):
            return min(max(duration, .zero), Self.longest)
        case .uniform(let low, let high):
            seconds = low.seconds + (high.seconds - low.seconds) * Self.unit(&random)
        case .normal(let mean, let deviation):
            seconds = mean.seconds + deviation.seconds * Self.gaussian(&random)
        case .lognormal(let median, let p99):
            // The 99th percentile of the standard normal distribution.
            let sigma = median > .zero && p99 > median ? log(p99.seconds / median.seconds) / 2.326_347_874 : 0
            seconds = median.seconds * exp(sigma * Self.gaussian(&random))
        case .exponential(let mean):
            seconds = -mean.seconds * log(1 - Self.unit(&random))
        }
        return .seconds(min(max(seconds, 0), Self.longest.seconds))
    }

    /// Uniform in 0..<1.
    private static func unit(_ random: inout some RandomNumberGenerator) -> Double {
        Double(random.next() >> 11) * 0x1p-53
    }

    /// Box and Muller's; the second number is thrown away so that a draw always takes two.
    private static func gaussian(_ random: inout some RandomNumberGenerator) -> Double {
        let radius = (-2 * log(1 - unit(&random))).squareRoot()
        return radius * cos(2 * .pi * unit(&random))
    }
}

extension Duration {
    /// As a number of seconds.
    var seconds: Double { self / .seconds(1) }
}
