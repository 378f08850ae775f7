/// Where the services are and how they are treated, with the source of every value.
///
/// ```swift
/// let configuration = try ConfigurationLoader().load()
/// let found = await configuration.discovery.discoverAllServices()
/// print(configuration)  // secrets redacted
/// ```
public struct ConnectivityConfiguration: Sendable, CustomStringConvertible {
    /// One value, for people.
    public struct Setting: Sendable, Hashable {
        public let key: String
        /// As text; secrets redacted.
        public let value: String
        public let source: ConfigurationSource
    }

    private let values: [String: (value: ConfigurationValue, source: ConfigurationSource)]

    init(_ values: [String: (value: ConfigurationValue, source: ConfigurationSource)]) {
        self.values = values
    }

    /// The services that are enabled, with all that is configured for them.
    public var services: [Service] { Service.all.filter { isEnabled($0.name) }.map(applied) }

    public func isEnabled(_ service: ServiceName) -> Bool {
        if case .flag(let flag)? = value(service, "enabled") { flag } else { true }
    }

    /// The key to send to the service.
    public func apiKey(for service: ServiceName) -> Secret? {
        if case .secret(let secret)? = value(service, "api_key") { secret } else { nil }
    }

    /// How long a call to the service may take; nil for the client's own limit.
    public func timeout(for service: ServiceName) -> Duration? { duration(service, "timeout") }

    public var reconnection: ReconnectionPolicy {
        guard case .preset(let name)? = values["reconnection"]?.value else { return .story }
        return ReconnectionPolicy.presets[name] ?? .story
    }

    /// Every value that is not left to its default, and the addresses, with their sources, by key.
    public func inspect() -> [Setting] {
        var settings = values.map { Setting(key: $0, value: $1.value.text, source: $1.source) }
        for service in Service.all {
            let key = "services.\(service.name).url"
            guard values[key] == nil else { continue }
            settings.append(Setting(key: key, value: "\(service.endpoint)", source: .standard))
        }
        return settings.sorted { $0.key < $1.key }
    }

    public var description: String {
        inspect().map { "\($0.key) = \($0.value)  (\($0.source))" }.joined(separator: "\n")
    }

    func value(_ service: ServiceName, _ key: String) -> ConfigurationValue? {
        values["services.\(service).\(key)"]?.value
    }

    private func duration(_ service: ServiceName, _ key: String) -> Duration? {
        if case .duration(let duration)? = value(service, key) { duration } else { nil }
    }

    private func count(_ service: ServiceName, _ key: String) -> Int? {
        if case .count(let count)? = value(service, key) { count } else { nil }
    }

    private func applied(_ service: Service) -> Service {
        var result = service
        let name = service.name
        if case .endpoint(let endpoint)? = value(name, "url") { result.endpoint = endpoint }
        result.pool.maximum = count(name, "pool.max") ?? result.pool.maximum
        result.pool.minimum = count(name, "pool.min") ?? min(result.pool.minimum, result.pool.maximum)
        result.pool.acquireTimeout = duration(name, "pool.acquire_timeout") ?? result.pool.acquireTimeout
        result.pool.idleTimeout = duration(name, "pool.idle_timeout") ?? result.pool.idleTimeout
        result.health.interval = duration(name, "health.interval") ?? result.health.interval
        result.health.timeout = duration(name, "health.timeout") ?? result.health.timeout
        return result
    }
}
