import Testing

@testable import Connectivity

@Suite(.timeLimit(.minutes(1)))
struct ServiceDiscoveryTests {
    /// A service that is looked for at these ports of 127.0.0.1 only.
    private func at(_ ports: UInt16..., as service: Service) -> Service {
        var service = service
        service.endpoint.host = "127.0.0.1"
        service.endpoint.port = ports[0]
        service.otherPorts = Array(ports.dropFirst())
        return service
    }

    private func port(_ understudy: Understudy) -> UInt16 { Endpoint(understudy.url)!.port }

    /// The five services, each where its fake is.
    private func withAll(_ body: ([Service]) async throws -> Void) async throws {
        try await Understudy.comfyUI { comfyui in
            try await Understudy.gradio("wan2gp") { wan2gp in
                try await Understudy.liteLLM { litellm in
                    try await Understudy.gradio("rvc") { rvc in
                        try await Understudy.gradio("audioldm") { audioldm in
                            try await body([
                                at(port(comfyui), as: .comfyui), at(port(wan2gp), as: .wan2gp),
                                at(port(litellm), as: .litellm), at(port(rvc), as: .rvc),
                                at(port(audioldm), as: .audioldm),
                            ])
                        }
                    }
                }
            }
        }
    }

    @Test func `discover all services: success`() async throws {
        try await withAll { services in
            let results = await ServiceDiscovery(services: services).discoverAllServices()

            #expect(results.count == 5)
            #expect(results.values.compactMap(\.error).map(\.description) == [])
            #expect(results[.comfyui]?.endpoint?.description == "ws://127.0.0.1:\(services[0].endpoint.port)")
            #expect(results[.comfyui]?.version == "0.27.1")
            #expect(results[.comfyui]?.capabilities.isEmpty == false)
            #expect(results[.litellm]?.kind == .litellm)
            #expect(results[.wan2gp]?.app == "Wan2GP")
            #expect(results[.wan2gp]?.capabilities.contains("generate_video") == true)
            #expect(results[.rvc]?.version == "6.31.0")
            #expect(results[.audioldm]?.latency ?? .zero > .zero)
        }
    }

    @Test func `service discovery performance: five services in far less than five seconds`() async throws {
        try await withAll { services in
            let clock = ContinuousClock()
            var times: [Duration] = []
            for _ in 0..<5 {
                let start = clock.now
                let results = await ServiceDiscovery(services: services).discoverAllServices()
                times.append(clock.now - start)
                #expect(results.values.filter(\.discovered).count == 5)
            }

            print("discovery: five services in \(times.sorted()[2])")
            #expect(times.sorted()[2] < .seconds(5))
        }
    }

    @Test func `discover with custom ports: they win over the usual ones`() async throws {
        try await Understudy.comfyUI { usual in
            try await Understudy.comfyUI { custom in
                let service = at(port(usual), as: .comfyui)
                let discovery = ServiceDiscovery(services: [service], customPorts: [.comfyui: [port(custom)]])

                let result = await discovery.discover(service)

                #expect(result.endpoint?.port == port(custom))
            }
        }
    }

    @Test func `a configured address is tried first, and used even if nobody is there`() async throws {
        let nobody = try StrangeListener(.refusing)
        let service = at(nobody.port, as: .litellm)
        let configured = Endpoint(host: "127.0.0.1", port: nobody.port, path: "/proxy")
        let lost = ServiceDiscovery(services: [service], configured: [.litellm: configured])

        let result = await lost.discover(service)

        #expect(!result.discovered)
        #expect(result.endpoint == configured)
        try await Understudy.liteLLM { litellm in
            let found = ServiceDiscovery(services: [service], configured: [.litellm: Endpoint(litellm.url)!])
            let result = await found.discover(service)
            #expect(result.discovered)
            #expect(result.endpoint?.description == litellm.url)
        }
    }

    @Test func `discovery timeout: nobody listens, and nobody answers`() async throws {
        let refusing = try StrangeListener(.refusing)
        let silent = try StrangeListener(.silent)
        let services = Service.all.enumerated().map { at($0 % 2 == 0 ? refusing.port : silent.port, as: $1) }
        let discovery = ServiceDiscovery(services: services, timeout: .milliseconds(100))
        let clock = ContinuousClock()
        let start = clock.now

        let results = await discovery.discoverAllServices()

        // A tenth of a second, on a machine that has much else to do.
        #expect(clock.now - start < .seconds(5))
        #expect(results.count == 5)
        #expect(results.values.allSatisfy { !$0.discovered && $0.endpoint == nil })
        #expect(results[.wan2gp]?.error?.code == .timeout)
        #expect(results[.rvc]?.error?.code == .timeout)
        // Refused, unless the machine was too busy to hear it in time.
        #expect([.refused, .timeout].contains(results[.comfyui]?.error?.code))
        #expect(
            results[.comfyui]?.error?.description.contains("Start the service") == true
                || results[.comfyui]?.error?.code == .timeout)
    }

    @Test func `nobody listens: refused, with what was tried and what to do`() async throws {
        let first = try StrangeListener(.refusing)
        let second = try StrangeListener(.refusing)

        let result = await ServiceDiscovery().discover(at(first.port, second.port, as: .rvc))

        #expect(result.error?.code == .refused)
        #expect(result.error?.endpoint == "http://127.0.0.1:\(first.port)")
        #expect(result.error?.message.contains("\(second.port) refused") == true)
    }

    @Test func `discovery parallel execution: five checks of a second take one`() async {
        let time = ManualTime()
        let wire = SlowWire(time: time)
        let discovery = ServiceDiscovery(services: Service.all, probe: ServiceProbe(wire: wire, time: time))

        async let results = discovery.discoverAllServices()
        let candidates = Service.all.map { 2 * (1 + $0.otherPorts.count) }.reduce(0, +)
        await time.pass(.seconds(1), sleepers: candidates)

        #expect(await results.values.allSatisfy { !$0.discovered && $0.error?.code == .serverError })
        #expect(time.now - wire.start == .seconds(1))
    }

    @Test func `of several that answer the most preferred wins, if it answers before patience ends`() async throws {
        let silent = try StrangeListener(.silent)
        try await Understudy.comfyUI { comfyui in
            let service = at(silent.port, port(comfyui), as: .comfyui)
            var discovery = ServiceDiscovery(services: [service])
            discovery.patience = .milliseconds(50)
            let clock = ContinuousClock()
            let start = clock.now

            let result = await discovery.discover(service)

            #expect(result.endpoint?.port == port(comfyui))
            #expect(clock.now - start < .seconds(4))
        }
    }

    @Test func `an app is recognised by its answer, never by the port`() async throws {
        try await Understudy.gradio("audioldm") { audioldm in
            let service = at(port(audioldm), as: .wan2gp)

            let result = await ServiceDiscovery().discover(service)

            #expect(result.error?.code == .wrongService)
            #expect(result.error?.message.contains("AudioLDM") == true)
        }
    }

    @Test func `another service at home on its own port is no stranger`() async throws {
        let nobody = try StrangeListener(.refusing)
        try await Understudy.gradio("audioldm") { audioldm in
            let wan2gp = at(nobody.port, port(audioldm), as: .wan2gp)
            let discovery = ServiceDiscovery(services: [wan2gp, at(port(audioldm), as: .audioldm)])

            let results = await discovery.discoverAllServices()

            #expect(results[.wan2gp]?.error?.code == .refused)
            #expect(results[.audioldm]?.discovered == true)
        }
    }

    @Test func `another kind on the port is named`() async throws {
        try await Understudy.liteLLM { litellm in
            let result = await ServiceDiscovery().discover(at(port(litellm), as: .comfyui))

            #expect(result.error?.code == .wrongService)
            #expect(result.error?.message.contains("LiteLLM") == true)
        }
    }

    @Test func `a web page on the port is a stranger with a title`() async throws {
        let page = try StrangeListener(
            .saying { _ in
                StrangeListener.answer("<html><title>Router login</title></html>", type: "text/html")
            })

        let result = await ServiceDiscovery().discover(at(page.port, as: .litellm))

        #expect(result.error?.code == .wrongService)
        #expect(result.error?.message.contains("Router login") == true)
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9.2\r\n", ConnectivityError.Code.wrongService),
        (StrangeListener.answer("{}", status: "401 Unauthorized"), .unauthorized),
        (StrangeListener.answer("{}", status: "503 Service Unavailable"), .serverError),
        (StrangeListener.answer("{}"), .wrongService),
        (StrangeListener.answer(""), .wrongService),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            .wrongService
        ),
        ("", .connectionLost),
    ])
    func `a stranger is told by what it says`(says: String, code: ConnectivityError.Code) async throws {
        let stranger = try StrangeListener(.saying { _ in says })

        let result = await ServiceDiscovery().discover(at(stranger.port, as: .audioldm))

        #expect(result.error?.code == code, "\(result.error?.description ?? "found")")
    }

    @Test func `the story's own health answer is understood where there is no config`() async throws {
        let app = try StrangeListener(
            .saying { path in
                path == "/api/status"
                    ? StrangeListener.answer(#"{"status": "healthy", "app": "RVC WebUI", "version": "6.31.0"}"#)
                    : StrangeListener.answer("{}", status: "404 Not Found")
            })

        let result = await ServiceDiscovery().discover(at(app.port, as: .rvc))

        #expect(result.discovered, "\(result.error?.description ?? "")")
        #expect(result.version == "6.31.0")
    }

    @Test(arguments: [("/health/readiness", "1.77.0"), ("/public/model_hub/info", "1.109.1"), ("/nowhere", nil)])
    func `a proxy is found whether or not it tells its version`(path: String, version: String?) async throws {
        let proxy = try StrangeListener(
            .saying { asked in
                switch asked {
                case "/health/liveliness": StrangeListener.answer(#""I'm alive!""#)
                case path: StrangeListener.answer(#"{"status": "healthy", "litellm_version": "\#(version ?? "")"}"#)
                default: StrangeListener.answer("{}", status: "404 Not Found")
                }
            })

        let result = await ServiceDiscovery().discover(at(proxy.port, as: .litellm))

        #expect(result.discovered, "\(result.error?.description ?? "")")
        #expect(result.version == version)
    }

    @Test func `a proxy that tells of its models only is known by them`() async throws {
        let proxy = try StrangeListener(
            .saying { path in
                path == "/health"
                    ? StrangeListener.answer(
                        #"{"healthy_endpoints": [{"model": "gpt-4o"}], "unhealthy_endpoints": []}"#)
                    : StrangeListener.answer("{}", status: "404 Not Found")
            })

        let result = await ServiceDiscovery().discover(at(proxy.port, as: .litellm))

        #expect(result.discovered, "\(result.error?.description ?? "")")
        #expect(result.capabilities == ["gpt-4o"])
    }

    @Test func `a host that nobody knows is unreachable`() async {
        var service = at(8188, as: .comfyui)
        service.endpoint.host = "no-such-host.invalid"

        let result = await ServiceDiscovery(timeout: .seconds(3)).discover(service)

        #expect([.unreachable, .timeout].contains(result.error?.code))
        #expect(result.error?.endpoint == "ws://no-such-host.invalid:8188")
    }

    @Test func `a certificate that nobody trusts is an outcome of its own`() async throws {
        try await Certificate.issued(for: "DNS:elsewhere.example") { identity, _ in
            try await AnyClientTests.Subject.litellm.fake(tls: identity) { understudy in
                let service = at(port(understudy), as: .litellm)
                let configured = try #require(Endpoint(understudy.url))
                let discovery = ServiceDiscovery(services: [service], configured: [.litellm: configured])

                let result = await discovery.discover(service)

                #expect(result.error?.code == .tls, "\(result.error?.description ?? "found")")
                #expect(result.endpoint == configured)
            }
        }
    }

    @Test func `the story's WebSocket message finds a ComfyUI without statistics over HTTP`() async throws {
        try await Understudy.comfyUI { comfyui in
            var service = at(port(comfyui), as: .comfyui)
            service.probes = [.message(type: "system_stats", path: "/ws")]

            let result = await ServiceDiscovery().discover(service)

            #expect(result.discovered, "\(result.error?.description ?? "")")
        }
    }

    @Test func `localhost is its IPv4 and its IPv6 address, and found at either`() async throws {
        let stats = #"{"system": {"python_version": "3.11", "comfyui_version": "0.27.1"}, "devices": []}"#
        let listener = try StrangeListener(.saying { _ in StrangeListener.answer(stats) }, isIPv6: true)
        var service = at(listener.port, as: .comfyui)
        service.endpoint.host = "localhost"
        let discovery = ServiceDiscovery(services: [service])

        let result = await discovery.discover(service)

        #expect(discovery.candidates(for: service).map(\.host) == ["127.0.0.1", "::1"])
        #expect(result.endpoint?.description == "ws://localhost:\(listener.port)", "\(result.error?.description ?? "")")
    }

    @Test func `with a stranger at its other address, localhost is no address to give`() async {
        let time = ManualTime()
        let wire = SlowWire(time: time, delay: .zero) { endpoint in
            endpoint.host == "::1" ? Array(#""I'm alive!""#.utf8) : Array("[]".utf8)
        }
        let discovery = ServiceDiscovery(services: [.litellm], probe: ServiceProbe(wire: wire, time: time))

        let result = await discovery.discover(.litellm)

        #expect(result.endpoint?.description == "http://[::1]:8000")
    }

    @Test func `a search that is cancelled says so`() async {
        let time = ManualTime()
        let discovery = ServiceDiscovery(
            services: [.rvc], probe: ServiceProbe(wire: SlowWire(time: time), time: time))
        let search = Task { await discovery.discover(.rvc) }

        search.cancel()

        #expect(await search.value.error?.code == .cancelled)
    }
}

/// Answers every probe after a while.
private struct SlowWire: ProbeWire {
    let time: ManualTime
    let start: ContinuousClock.Instant
    let asked = Tally()
    let delay: Duration
    let body: (@Sendable (Endpoint) -> [UInt8])?

    init(time: ManualTime, delay: Duration = .seconds(1), body: (@Sendable (Endpoint) -> [UInt8])? = nil) {
        self.time = time
        start = time.now
        self.delay = delay
        self.body = body
    }

    func ask(
        _ probe: Service.Probe, at endpoint: Endpoint, _ peer: Peer, within limit: Duration
    ) async throws -> ProbeAnswer {
        asked.add()
        try await time.sleep(for: delay)
        guard let body else { return ProbeAnswer(status: 500, mediaType: "text/plain", body: []) }
        return ProbeAnswer(status: 200, mediaType: "application/json", body: body(endpoint))
    }
}
