internal import Metrics

/// What a pool counts for swift-metrics.
struct PoolMetrics: Sendable {
    private let service: String
    // Made once: acquiring is quick, and making a timer is not.
    private let acquisitions: Timer

    init(_ service: ServiceName) {
        self.service = service.rawValue
        acquisitions = Timer(
            label: Measure.acquisitions.rawValue, dimensions: [("service", service.rawValue)])
    }

    func acquired(_ duration: Duration) { acquisitions.record(duration: duration) }
    func leaked() { Measure.leaks.count(service) }
    func made() { Measure.poolConnections.count(service, "made") }
    func closed() { Measure.poolConnections.count(service, "closed") }
    func died() { Measure.poolConnections.count(service, "died") }
    func failed(_ error: any Error) { Measure.poolConnections.count(service, error) }
}
