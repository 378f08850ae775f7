import Testing

@testable import Connectivity

/// All components together, as an application has them.
@Suite(.timeLimit(.minutes(1))) struct IntegrationTests {
    private func at(_ understudy: Understudy, as service: Service) throws -> Service {
        var service = service
        service.endpoint.host = "127.0.0.1"
        service.endpoint.port = try #require(Endpoint(understudy.url)).port
        service.otherPorts = []
        return service
    }

    @Test func `full connection flow: configured, found, healthy, used, lost, back, closed`() async throws {
        try await Understudy.comfyUI { understudy in
            let configuration = try ConfigurationLoader(
                files: [], environment: ["MOVIE_DIRECTOR_COMFYUI_URL": understudy.url]
            ).load()
            let found = await configuration.discovery.discover(try at(understudy, as: .comfyui))
            let endpoint = try #require(found.endpoint, "\(found.error?.description ?? "")")
            let circuit = Circuit(service: .comfyui, endpoint: "\(endpoint)")
            try await understudy.comfyUIClient({
                $0.circuit = circuit
                $0.reconnection.attempts = nil
            }) { client in
                var service = Service.comfyui
                service.health.slow = .seconds(30)
                let monitor = HealthMonitor([.init(service) { _ = try await client.systemStats() }])
                var changes = monitor.changes().makeAsyncIterator()
                let watching = Task { await monitor.run() }
                let states = await client.states()
                try await client.connect()
                let picture = try await client.sendWorkflow(Workflows.picture(seed: 1)).result()
                let first = await changes.next()?.to

                // The server goes, with a job under way, and comes back without its memory.
                try await understudy.play("comfyui POST /prompt: delay {step: 20ms}, once")
                let job = try await client.sendWorkflow(Workflows.picture(seed: 2, steps: 200))
                for await event in job.events { if case .progress = event { break } }
                try await understudy.play("comfyui: refuse true, state lost")
                _ = await client.states().collect { $0 == .reconnecting }
                monitor.checkNow(.comfyui)
                let second = await changes.next()?.to
                await understudy.behave()
                let again = try await job.result()
                monitor.checkNow(.comfyui)
                let third = await changes.next()?.to
                watching.cancel()
                await watching.value

                #expect(picture.files.count == 1)
                #expect(again.files.count == 1)
                #expect([first, second, third] == [.healthy, .degraded, .healthy])
                #expect(await client.reconnections == 1)
                #expect(circuit.state == .closed(failures: 0))
                await client.close()
                #expect(
                    await states.collect { _ in false } == [
                        .disconnected, .connecting, .connected, .reconnecting, .connected, .closed,
                    ])
            }
        }
    }

    @Test func `several backends at once: each does its work, and the failure of one is its own`() async throws {
        try await Understudy.comfyUI { comfyui in
            try await Understudy.liteLLM { litellm in
                try await Understudy.gradio("wan2gp") { wan2gp in
                    try await Understudy.gradio("rvc") { rvc in
                        try await Understudy.gradio("audioldm") { audioldm in
                            let services = [
                                try at(comfyui, as: .comfyui), try at(litellm, as: .litellm),
                                try at(wan2gp, as: .wan2gp),
                                try at(rvc, as: .rvc), try at(audioldm, as: .audioldm),
                            ]
                            let found = await ServiceDiscovery(services: services).discoverAllServices()
                            #expect(found.values.filter(\.discovered).count == 5)
                            try await litellm.play("litellm POST /v1/chat/completions: respond {status: 500}")

                            async let picture = Self.picture(comfyui.url)
                            async let words = Self.words(litellm.url)
                            async let film = Self.film(wan2gp.url)
                            async let voices = Self.voices(rvc.url)
                            async let sound = Self.sound(audioldm.url)

                            let (made, refused) = (try await picture, await words)
                            #expect(made.count == 1)
                            #expect(refused?.code == .serverError)
                            #expect(refused?.endpoint == litellm.url)
                            #expect(try await film.isEmpty == false)
                            #expect(try await voices.contains("infer_convert"))
                            #expect(try await sound > 1000)
                        }
                    }
                }
            }
        }
    }

    private static func picture(_ url: String) async throws -> [OutputFile] {
        let client = try ComfyUIClient(url: url, settings: .hasty())
        try await client.connect()
        let files = try await client.sendWorkflow(Workflows.picture()).result().files
        await client.close()
        return files
    }

    private static func words(_ url: String) async -> ConnectivityError? {
        await failure {
            let client = try LiteLLMClient(url: url, retry: RetryPolicy(tries: 2, first: .milliseconds(5)))
            _ = try await client.chat(ChatRequest(model: "gpt-4o", messages: [.user("Good evening")]))
        }
    }

    private static func film(_ url: String) async throws -> [GradioFile] {
        let client = try GradioClient(url: url, settings: GradioClientTests.settings())
        let result = try await client.call("generate_video", ["prompt": "rain on a tin roof"]).result()
        await client.close()
        return GradioFile.all(in: result)
    }

    private static func voices(_ url: String) async throws -> [String] {
        let client = try GradioClient(url: url, settings: GradioClientTests.settings())
        let endpoints = try await client.connect()
        await client.close()
        return endpoints.map(\.name)
    }

    private static func sound(_ url: String) async throws -> Int {
        let client = try GradioClient(url: url, settings: GradioClientTests.settings())
        let name = try #require(try await client.connect().first?.name)
        let file = try #require(GradioFile.all(in: try await client.call(name, [:]).result()).first)
        let bytes = try await client.download(file)
        await client.close()
        return bytes.count
    }

    @Test func `memory leak detection: what was closed is gone`() async throws {
        weak var comfyui: ComfyUIClient?
        weak var gradio: GradioClient?
        weak var litellm: LiteLLMClient?
        weak var pool: ConnectionPool<Int>?
        try await Understudy.comfyUI { understudy in
            let client = try ComfyUIClient(url: understudy.url, settings: .hasty())
            comfyui = client
            try await client.connect()
            _ = try await client.sendWorkflow(Workflows.picture()).result()
            await client.close()
        }
        try await Understudy.gradio { understudy in
            let client = try GradioClient(url: understudy.url, settings: GradioClientTests.settings())
            gradio = client
            _ = try await client.call("echo", "x").result()
            await client.close()
        }
        try await Understudy.liteLLM { understudy in
            let client = try LiteLLMClient(url: understudy.url)
            litellm = client
            _ = try await client.models()
        }
        do {
            let lender = ConnectionPool(service: .litellm, factory: ConnectionFactory(connect: { _ in 1 }))
            pool = lender
            let running = Task { await lender.run() }
            lender.release(try await lender.acquire())
            lender.shutDown()
            await running.value
        }
        // A task that has just ended may hold on for a moment.
        for _ in 0..<2000 where comfyui != nil || gradio != nil || litellm != nil || pool != nil {
            try await Task.sleep(for: .milliseconds(1))
        }

        #expect(comfyui == nil && gradio == nil && litellm == nil && pool == nil)
    }
}
