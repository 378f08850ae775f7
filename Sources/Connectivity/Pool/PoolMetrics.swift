internal import Metrics

/// What a pool counts for swift-metrics.
struct PoolMetrics: Sendable {
    private let acquisitions: Timer
    private let leaks: Counter

    init(_ service: ServiceName) {
        let dimensions = [("service", service.rawValue)]
        acquisitions = Timer(label: "connectivity_pool_acquisition", dimensions: dimensions)
        leaks = Counter(label: "connectivity_pool_leaks", dimensions: dimensions)
    }

    func acquired(_ duration: Duration) { acquisitions.record(duration: duration) }
    func leaked() { leaks.increment() }
}
