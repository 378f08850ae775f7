extension ConnectivityConfiguration {
    /// A search for the enabled services, at what is configured first.
    public var discovery: ServiceDiscovery {
        var configured: [ServiceName: Endpoint] = [:]
        var ports: [ServiceName: [UInt16]] = [:]
        for service in services {
            if case .endpoint(let endpoint)? = value(service.name, "url") { configured[service.name] = endpoint }
            if case .ports(let custom)? = value(service.name, "ports") { ports[service.name] = custom }
        }
        return ServiceDiscovery(services: services, customPorts: ports, configured: configured)
    }
}
