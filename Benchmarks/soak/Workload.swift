import Connectivity

/// What is done again and again, each piece with clients of its own that are closed in the end.
enum Workload {
    static func all(_ suite: Suite, _ score: Score) -> [@Sendable () async -> Void] {
        [
            { await pictures(suite, score) }, { await pictures(suite, score) },
            { await words(suite, score) }, { await words(suite, score) },
            { await calls(suite, score) }, { await calls(suite, score) },
            { await search(suite, score) }, { await loans(score) },
        ]
    }

    // MARK: ComfyUI

    /// Twenty pictures by one client, four at a time, and another of which nobody waits for the end.
    private static func pictures(_ suite: Suite, _ score: Score) async {
        var settings = ComfyUISettings()
        settings.retry = RetryPolicy(tries: 5, first: .milliseconds(50))
        settings.reconnection = ReconnectionPolicy(initial: .milliseconds(50), maximum: .seconds(1), attempts: 20)
        settings.quiet = .seconds(2)
        settings.silence = .seconds(30)
        guard let client = try? ComfyUIClient(url: suite.comfyui, settings: settings) else { return }
        await score.note("connections") { try await client.connect() }
        guard await client.state == .connected else { return await client.close() }
        await withTaskGroup { group in
            for place in 0..<4 {
                group.addTask {
                    for number in 0..<5 {
                        await score.note("pictures") { try await picture(client, score, place == 3 && number == 2) }
                    }
                }
            }
        }
        _ = try? await client.sendWorkflow(workflow())
        score.begin()
        await client.close()
    }

    private static func picture(_ client: ComfyUIClient, _ score: Score, _ isInterrupted: Bool) async throws {
        if await client.state == .failed { try await client.connect() }
        score.begin()
        let job = try await client.sendWorkflow(workflow(), extra: ["preview_method": "auto"])
        if isInterrupted { try await client.interrupt(job) }
        var last: JobEvent?
        for await event in job.events {
            if last?.isLast == true { throw Wrong(description: "after its end, a job had \(event)") }
            if case .queued = event { score.take() }
            last = event
        }
        score.end(job.id)
        switch last {
        case .finished(let result):
            guard result.files.count == 1 else { throw Wrong(description: "\(result.files.count) pictures of one job") }
        case .failed(let failure): throw failure
        case .interrupted where isInterrupted: return
        // The scenario interrupts nobody.
        default: throw Wrong(description: "a job ended with \(last.map { "\($0)" } ?? "nothing")")
        }
    }

    /// Another seed, another picture: nothing comes from a cache.
    private static func workflow() -> JSONValue {
        [
            "1": ["class_type": "CheckpointLoaderSimple", "inputs": ["ckpt_name": "v1-5-pruned-emaonly.safetensors"]],
            "2": ["class_type": "EmptyLatentImage", "inputs": ["width": 16, "height": 16, "batch_size": 1]],
            "3": ["class_type": "CLIPTextEncode", "inputs": ["text": "a quiet harbour", "clip": ["1", 1]]],
            "4": [
                "class_type": "KSampler",
                "inputs": [
                    "model": ["1", 0], "seed": .integer(.random(in: 0..<1 << 40)), "steps": 4, "cfg": 7.5,
                    "sampler_name": "euler", "scheduler": "normal", "positive": ["3", 0], "negative": ["3", 0],
                    "latent_image": ["2", 0], "denoise": 1.0,
                ],
            ],
            "5": ["class_type": "VAEDecode", "inputs": ["samples": ["4", 0], "vae": ["1", 2]]],
            "6": ["class_type": "PreviewImage", "inputs": ["images": ["5", 0]]],
        ]
    }

    // MARK: LiteLLM

    private static func words(_ suite: Suite, _ score: Score) async {
        guard
            // Where the proxy asks to wait for a minute, the call fails: nobody learns anything by waiting.
            let client = try? LiteLLMClient(
                url: suite.litellm, limits: TransferLimits(read: .seconds(10), total: .seconds(20)),
                retry: RetryPolicy(tries: 3, first: .milliseconds(50)))
        else { return }
        let request = ChatRequest(model: "gpt-4o", messages: [.user("Good evening")])
        for _ in 0..<10 {
            await score.note("chats") { _ = try await client.chat(request) }
            await score.note("streams") { _ = try await client.stream(request).text() }
            // Given up in the middle: what is left of it must go too.
            await score.note("streams given up") {
                for try await _ in try await client.stream(request) { break }
            }
        }
    }

    // MARK: Gradio

    private static func calls(_ suite: Suite, _ score: Score) async {
        var settings = GradioSettings()
        settings.retry = RetryPolicy(tries: 3, first: .milliseconds(50))
        settings.transfer = TransferLimits(read: .seconds(20), total: .seconds(30))
        settings.callDeadline = .seconds(40)
        guard let client = try? GradioClient(url: suite.gradio, settings: settings) else { return }
        for number in 0..<20 {
            await score.note("calls") {
                let word = "la \(number)"
                let result = try await client.call("stream", .string(word), 2).result()
                guard result == [.string("\(word) \(word) ")] else { throw Wrong(description: "the output \(result)") }
            }
        }
        _ = try? await client.call("stream", "la", 1000)
        await client.close()
    }

    // MARK: The rest

    private static func search(_ suite: Suite, _ score: Score) async {
        let configured = [
            ServiceName.comfyui: Endpoint(suite.comfyui), .litellm: Endpoint(suite.litellm),
        ].compactMapValues { $0 }
        let services = [Service.comfyui, .litellm].map { service in
            var service = service
            service.endpoint = configured[service.name] ?? service.endpoint
            service.otherPorts = []
            return service
        }
        await score.note("searches") {
            let found = await ServiceDiscovery(services: services, configured: configured).discoverAllServices()
            guard found.count == 2 else { throw Wrong(description: "\(found.count) results for two services") }
            for result in found.values { if let error = result.error { throw error } }
        }
        try? await Task.sleep(for: .milliseconds(200))
    }

    /// A pool whose connections die, lent to twenty.
    private static func loans(_ score: Score) async {
        let pool = ConnectionPool(
            service: .litellm, settings: PoolSettings(maximum: 5, minimum: 1),
            factory: ConnectionFactory<Int>(connect: { died in
                Task {
                    try? await Task.sleep(for: .milliseconds(Int.random(in: 1...20)))
                    died()
                }
                return .random(in: 0..<1 << 40)
            }))
        let running = Task { await pool.run() }
        await withTaskGroup { group in
            for _ in 0..<20 {
                group.addTask {
                    await score.note("loans") {
                        try await pool.withConnection { _ in try await Task.sleep(for: .milliseconds(5)) }
                    }
                }
            }
        }
        pool.shutDown()
        await running.value
    }
}
