import Connectivity

/// The operations by this library.
enum Ours {
    /// All five services, each at one address.
    static func discovery(_ urls: [String], _ samples: inout Samples) async throws {
        let services = zip([Service.comfyui, .wan2gp, .litellm, .rvc, .audioldm], urls).map { service, url in
            var service = service
            service.endpoint = Endpoint(url)!
            service.otherPorts = []
            return service
        }
        let discovery = ServiceDiscovery(services: services)
        try await samples.time {
            let found = await discovery.discoverAllServices()
            for result in found.values { if let error = result.error { throw error } }
        }
    }

    /// A connection lent and taken back, while others are idle.
    static func lease(_ samples: inout Samples) async throws {
        let pool = ConnectionPool<Int>(
            service: .litellm, settings: PoolSettings(minimum: 2), factory: ConnectionFactory { _ in 7 })
        let running = Task { await pool.run() }
        pool.release(try await pool.acquire())
        try await samples.time(times: 1000) { pool.release(try await pool.acquire()) }
        running.cancel()
        await running.value
    }

    static func models(_ url: String, _ samples: inout Samples) async throws {
        let client = try LiteLLMClient(url: url)
        try await samples.time { _ = try await client.models() }
    }

    static func chat(_ url: String, _ samples: inout Samples) async throws {
        let client = try LiteLLMClient(url: url)
        let request = request(Asked.fewWords)
        try await samples.time { _ = try await client.chat(request) }
    }

    /// Until the first piece of an answer; the rest is read and not counted.
    static func firstToken(_ url: String, _ samples: inout Samples) async throws {
        let client = try LiteLLMClient(url: url)
        let request = request(Asked.fewWords)
        let clock = ContinuousClock()
        try await samples.take {
            let start = clock.now
            var took: Duration?
            for try await chunk in try await client.stream(request) where took == nil && !chunk.text.isEmpty {
                took = clock.now - start
            }
            return took ?? .seconds(1000)
        }
    }

    /// One piece of a long answer.
    static func stream(_ url: String, _ samples: inout Samples) async throws {
        let client = try LiteLLMClient(url: url)
        let request = request(Asked.manyWords)
        let clock = ContinuousClock()
        try await samples.take {
            let start = clock.now
            var count = 0
            for try await _ in try await client.stream(request) { count += 1 }
            return (clock.now - start) / count
        }
    }

    /// From one greeting to the next, of a server that greets and drops the connection.
    static func reconnect(_ url: String, _ samples: inout Samples) async throws {
        var settings = ComfyUISettings()
        settings.reconnection = ReconnectionPolicy(
            initial: .zero, factor: 1, maximum: .zero, jitter: .added(0), attempts: nil)
        let client = try ComfyUIClient(url: url, settings: settings)
        var states = await client.states().makeAsyncIterator()
        try await client.connect()
        let clock = ContinuousClock()
        var last = clock.now
        try await samples.take {
            while let state = await states.next(), state != .connected {}
            defer { last = clock.now }
            return clock.now - last
        }
        await client.close()
    }

    private static func request(_ answer: String) -> ChatRequest {
        ChatRequest(
            model: Asked.model, messages: [.user(Asked.question)], options: ["mock_response": .string(answer)])
    }
}
