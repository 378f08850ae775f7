/// Finds the services of the application.
///
/// ```swift
/// let found = await ServiceDiscovery().discoverAllServices()
/// let endpoint = found[.comfyui]?.endpoint
/// ```
/// All services are searched at once, each at all its candidate addresses at once. Of several that answer, the most
/// preferred wins: the configured address, then custom ports, the usual one, the others.
public struct ServiceDiscovery: Sendable {
    public var services: [Service]
    /// The longest that the search for a service takes. The whole scan stays within it, whatever hangs.
    public var timeout: Duration
    /// Ports to try before the usual ones.
    public var customPorts: [ServiceName: [UInt16]]
    /// Addresses that people configured: tried first, and used even if nobody is found there.
    public var configured: [ServiceName: Endpoint]
    /// When one candidate has answered, more preferred ones have so long to answer as well.
    public var patience: Duration = .seconds(1)
    private let probe: ServiceProbe

    public init(
        services: [Service] = Service.all, timeout: Duration = .seconds(5),
        customPorts: [ServiceName: [UInt16]] = [:], configured: [ServiceName: Endpoint] = [:]
    ) {
        self.init(
            services: services, timeout: timeout, customPorts: customPorts, configured: configured,
            probe: ServiceProbe())
    }

    init(
        services: [Service], timeout: Duration = .seconds(5), customPorts: [ServiceName: [UInt16]] = [:],
        configured: [ServiceName: Endpoint] = [:], probe: ServiceProbe
    ) {
        self.services = services
        self.timeout = timeout
        self.customPorts = customPorts
        self.configured = configured
        self.probe = probe
    }

    /// Searches for all services at once. There is a result for each, always.
    public func discoverAllServices() async -> [ServiceName: DiscoveryResult] {
        await withTaskGroup { group in
            for service in services { group.addTask { await self.discover(service) } }
            var results: [ServiceName: DiscoveryResult] = [:]
            for await result in group { results[result.service] = result }
            return results
        }
    }

    /// Searches for one service.
    public func discover(_ service: Service) async -> DiscoveryResult {
        let candidates = candidates(for: service)
        // A tenth is left for putting the results together, so that the whole stays within the time.
        let limit = timeout * 0.9
        let outcomes = await withTaskGroup(of: Outcome?.self, returning: [Int: Outcome].self) { group in
            for (place, endpoint) in candidates.enumerated() {
                group.addTask {
                    Outcome(
                        place: place, result: await self.probe.ask(service, at: endpoint, within: limit))
                }
            }
            var outcomes: [Int: Outcome] = [:]
            var isPatient = false
            for await outcome in group {
                guard let outcome else { break }  // patience is at its end
                outcomes[outcome.place] = outcome
                guard let best = outcomes.values.filter(\.isFound).map(\.place).min() else { continue }
                if (0..<best).allSatisfy({ outcomes[$0] != nil }) { break }
                if !isPatient {
                    isPatient = true
                    let end = probe.time.now + patience
                    group.addTask {
                        // Cancelled when the others are done.
                        try? await probe.time.sleep(until: end)
                        return nil
                    }
                }
            }
            group.cancelAll()
            return outcomes
        }
        let result = result(service, candidates, outcomes)
        Measure.discoveries.count(service.name.rawValue, result.error?.code.description ?? "found")
        return result
    }
}

// MARK: Where to look

extension ServiceDiscovery {
    /// The addresses to ask, the most preferred first; `localhost` stands for its IPv4 and its IPv6 address.
    func candidates(for service: Service) -> [Endpoint] {
        var named: [Endpoint] = []
        if let endpoint = configured[service.name] { named.append(endpoint) }
        let ports = (customPorts[service.name] ?? []) + [service.endpoint.port] + service.otherPorts
        named += ports.map { port in
            var endpoint = service.endpoint
            endpoint.port = port
            return endpoint
        }
        var seen: Set<Endpoint> = []
        return named.flatMap { endpoint -> [Endpoint] in
            guard endpoint.isLocalhost else { return [endpoint] }
            return ["127.0.0.1", "::1"].map { host in
                var literal = endpoint
                literal.host = host
                return literal
            }
        }.filter { seen.insert($0).inserted }
    }
}

// MARK: What it comes to

extension ServiceDiscovery {
    private struct Outcome: Sendable {
        let place: Int
        let result: Result<Sighting, ConnectivityError>

        var isFound: Bool { if case .success = result { true } else { false } }
        var error: ConnectivityError? { if case .failure(let error) = result { error } else { nil } }
    }

    private func result(_ service: Service, _ candidates: [Endpoint], _ outcomes: [Int: Outcome]) -> DiscoveryResult {
        let best = outcomes.values.filter(\.isFound).min { $0.place < $1.place }
        if let best, case .success(let sighting) = best.result {
            let recognition = sighting.recognition
            return DiscoveryResult(
                service: service.name, kind: recognition.kind,
                endpoint: named(candidates[best.place], service, candidates, outcomes), version: recognition.version,
                app: recognition.app, capabilities: recognition.capabilities, latency: sighting.latency, error: nil)
        }
        return DiscoveryResult(
            service: service.name, kind: service.kind, endpoint: configured[service.name], version: nil, app: nil,
            capabilities: [], latency: nil, error: failure(service, candidates, outcomes))
    }

    /// `localhost` again, unless that could lead to somebody else at its other address.
    private func named(
        _ endpoint: Endpoint, _ service: Service, _ candidates: [Endpoint], _ outcomes: [Int: Outcome]
    ) -> Endpoint {
        let asked = [configured[service.name], service.endpoint].compactMap { $0 }
        guard
            let name = asked.first(where: { $0.isLocalhost && $0.scheme == endpoint.scheme && $0.path == endpoint.path }
            )
        else { return endpoint }
        var sibling = endpoint
        sibling.host = endpoint.host == "::1" ? "127.0.0.1" : "::1"
        guard ["::1", "127.0.0.1"].contains(endpoint.host), let place = candidates.firstIndex(of: sibling)
        else { return endpoint }
        if let error = outcomes[place]?.error, ![.refused, .unreachable, .cancelled].contains(error.code) {
            return endpoint
        }
        var result = endpoint
        result.host = name.host
        return result
    }

    /// Of all failures the one that tells most; its message tells the others too.
    private func failure(
        _ service: Service, _ candidates: [Endpoint], _ outcomes: [Int: Outcome]
    ) -> ConnectivityError {
        let errors = outcomes.values.sorted { $0.place < $1.place }.compactMap { outcome in
            outcome.error.map { (place: outcome.place, error: $0) }
        }
        // First minimum: of equals, the most preferred address speaks.
        guard let worst = errors.min(by: { weight($0.error, service) < weight($1.error, service) }) else {
            return Peer(service: service.name.rawValue, endpoint: service.endpoint.description)
                .error(
                    .timeout, expected: "an answer within \(timeout)", came: "none came", phase: .total, canRetry: true)
        }
        var result = worst.error
        let others = errors.filter { $0.place != worst.place }.map { "\(candidates[$0.place].port) \($0.error.code)" }
        var told: Set<String> = []
        let list = others.filter { told.insert($0).inserted }.joined(separator: ", ")
        if !list.isEmpty { result.message += " (also tried: \(list))" }
        return result
    }

    private func weight(_ error: ConnectivityError, _ service: Service) -> Int {
        // Another of our services at a port that is its own: no stranger, only not who was looked for.
        if let stranger = error.underlying as? Stranger,
            let other = services.first(where: { $0.name != service.name && stranger.recognition.fits($0) }),
            error.endpoint.hasSuffix(":\(other.endpoint.port)"),
            !error.endpoint.hasSuffix(":\(service.endpoint.port)")
        {
            return 8
        }
        return switch error.code {
        case .unauthorized: 0
        case .serverError: 1
        case .wrongService: 2
        case .timeout: 4
        case .refused: 5
        case .unreachable: 6
        case .cancelled: 7
        default: 3
        }
    }
}
