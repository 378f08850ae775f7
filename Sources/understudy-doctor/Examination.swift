import ArgumentParser
import Connectivity
import DoctorArguments
import Glibc

/// A look at all services: each is searched for, and, where it is found, asked as a client would ask it.
struct Examination: Sendable {
    private let configuration: ConnectivityConfiguration
    private let discovery: ServiceDiscovery
    private let timeout: Duration

    /// - Throws: `ConnectivityError` for a configuration with problems, `ValidationError` for wrong usage.
    init(_ options: DoctorOptions) throws {
        if let file = options.config, unsafe access(file, R_OK) != 0 {
            throw ValidationError("cannot read \(file): \(unsafe String(cString: strerror(errno)))")
        }
        configuration = try ConfigurationLoader(files: options.config.map { [$0] }).load()
        timeout = options.timeout
        var discovery = configuration.discovery
        discovery.timeout = options.timeout
        for address in options.urls {
            guard let endpoint = Endpoint(address.url) else {
                throw ValidationError(
                    "expected a URL (http, https, ws or wss) for \(address.service), got \"\(address.url)\"")
            }
            let name = ServiceName(rawValue: address.service)
            // There and nowhere else; disabled services too, when they are asked for by name.
            guard var service = Service.all.first(where: { $0.name == name }) else { continue }
            service.endpoint = endpoint
            service.otherPorts = []
            discovery.configured[name] = nil
            discovery.customPorts[name] = nil
            discovery.services.removeAll { $0.name == name }
            discovery.services.append(service)
        }
        if let only = options.only { discovery.services.removeAll { !only.contains($0.name.rawValue) } }
        if discovery.services.isEmpty {
            throw ValidationError("no service is left to look for: what --only names is not enabled")
        }
        self.discovery = discovery
    }

    /// What there is to say, in the order in which services are listed for people.
    func findings() async -> [Finding] {
        await withTaskGroup { group in
            for service in discovery.services { group.addTask { await self.finding(service) } }
            var findings: [ServiceName: Finding] = [:]
            for await finding in group { findings[finding.service.name] = finding }
            return Service.all.compactMap { findings[$0.name] }
        }
    }

    private func finding(_ service: Service) async -> Finding {
        var finding = Finding(
            service, await discovery.discover(service), configured: discovery.configured[service.name])
        guard finding.trouble == nil, let endpoint = finding.endpoint else { return finding }
        let clock = ContinuousClock()
        let start = clock.now
        do {
            finding.facts = try await facts(service, at: "\(endpoint)")
        } catch let error as ConnectivityError {
            finding.trouble = error
        } catch {
            finding.trouble = ConnectivityError(
                code: .protocol, service: service.name.rawValue, endpoint: "\(endpoint)", message: "\(error)")
        }
        finding.answerTime = clock.now - start
        return finding
    }

    // MARK: As a client would ask

    private func facts(_ service: Service, at url: String) async throws -> Facts {
        let limits = TransferLimits(connect: timeout, read: timeout, total: timeout)
        let once = RetryPolicy(tries: 1)
        switch service.kind {
        case .comfyui:
            var settings = ComfyUISettings()
            settings.transfer = limits
            settings.retry = once
            return try await Facts(of: ComfyUIClient(url: url, settings: settings, service: service.name))
        case .gradio:
            var settings = GradioSettings()
            settings.transfer = limits
            settings.retry = once
            return try await Facts(of: GradioClient(url: url, settings: settings, service: service.name))
        case .litellm:
            let key = configuration.apiKey(for: service.name)?.revealed
            return try await Facts(of: LiteLLMClient(url: url, key: key, limits: limits, retry: once))
        }
    }
}
