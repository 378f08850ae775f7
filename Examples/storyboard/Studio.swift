import Connectivity

/// The backends that a storyboard is made with.
struct Studio: Sendable {
    private let configuration: ConnectivityConfiguration
    private let urls: [ServiceName: String]

    /// Finds the services, all at once, and says where they are.
    ///
    /// - Throws: why one of those that are needed was not found.
    static func open(_ configuration: ConnectivityConfiguration, _ screen: Screen) async throws -> Studio {
        let found = await configuration.discovery.discoverAllServices()
        var urls: [ServiceName: String] = [:]
        for service in Service.all {
            guard let result = found[service.name] else { continue }
            let place = result.discovered ? result.endpoint.map { "\($0)" } : nil
            urls[service.name] = place
            screen.list(service.name.rawValue, place ?? "not found", result.version ?? "")
        }
        for name in [ServiceName.litellm, .comfyui, .wan2gp, .audioldm] where urls[name] == nil {
            throw found[name]?.error
                ?? ConnectivityError(
                    code: .configuration, service: name.rawValue, endpoint: "",
                    message: "a storyboard needs \(name), and it is disabled")
        }
        return Studio(configuration: configuration, urls: urls)
    }

    private func limits(_ service: ServiceName) -> TransferLimits {
        var limits = TransferLimits()
        if let timeout = configuration.timeout(for: service) { limits.total = timeout }
        return limits
    }
}

// MARK: Words

extension Studio {
    /// The scene in words, shown as it is written.
    func scene(about subject: String, model: String?, _ screen: Screen) async throws -> String {
        screen.begin("scene")
        let client = try LiteLLMClient(
            url: urls[.litellm] ?? "", key: configuration.apiKey(for: .litellm)?.revealed, limits: limits(.litellm))
        var model = model
        if model == nil { model = try await client.models().first }
        let request = ChatRequest(
            model: model ?? "gpt-4o",
            messages: [
                .system("Write one scene of a film in three sentences: what is seen, what moves, what is heard."),
                .user(subject),
            ])
        var scene = ""
        for try await chunk in try await client.stream(request) {
            scene += chunk.text
            screen.write(chunk.text)
        }
        screen.endText()
        return scene
    }
}

// MARK: Picture

extension Studio {
    /// A picture of a scene. A connection that is lost on the way costs time, and nothing else.
    func picture(of scene: String, steps: Int, seed: Int, _ screen: Screen) async throws -> [UInt8] {
        screen.begin("picture")
        var settings = ComfyUISettings()
        settings.transfer = limits(.comfyui)
        settings.reconnection = configuration.reconnection
        let client = try ComfyUIClient(url: urls[.comfyui] ?? "", settings: settings)
        try await client.connect()
        let watch = Task {
            for await state in await client.states() {
                switch state {
                case .reconnecting: screen.warn("connection lost, connecting again")
                case .connected: screen.reassure("connected again")
                default: break
                }
            }
        }
        defer { watch.cancel() }
        do {
            let picture = try await paint(scene, steps: steps, seed: seed, with: client, screen)
            await client.close()
            return picture
        } catch {
            await client.close()
            throw error
        }
    }

    private func paint(
        _ scene: String, steps: Int, seed: Int, with client: ComfyUIClient, _ screen: Screen
    ) async throws -> [UInt8] {
        let loader = try await client.objectInfo("CheckpointLoaderSimple")["CheckpointLoaderSimple"]
        let checkpoint = loader?["input"]?["required"]?["ckpt_name"]?[0]?[0]?.string
        let job = try await client.sendWorkflow(
            Workflow.picture(of: scene, checkpoint: checkpoint ?? "", steps: steps, seed: seed))
        for await event in job.events {
            switch event {
            case .queued: screen.progress(0, "waiting")
            case .progress(_, let value, let maximum): screen.progress(value / max(1, maximum), "sampling")
            case .failed(let failure): throw failure
            case .interrupted: throw CancellationError()
            case .finished(let result):
                guard let file = result.files.first else {
                    throw noFile("the workflow", .comfyui)
                }
                screen.progress(1, "done")
                return try await client.download(file)
            default: break
            }
        }
        throw CancellationError()
    }
}

// MARK: Clip and sound

extension Studio {
    /// A clip of a scene.
    func clip(of scene: String, steps: Int, seed: Int, _ screen: Screen) async throws -> [UInt8] {
        screen.begin("clip")
        return try await file(
            from: .wan2gp, "generate_video",
            ["prompt": .string(scene), "num_inference_steps": .integer(steps), "seed": .integer(seed)], screen)
    }

    /// The sound of a scene.
    func sound(of scene: String, seed: Int, _ screen: Screen) async throws -> [UInt8] {
        screen.begin("sound")
        return try await file(
            from: .audioldm, "text2audio", ["text": .string(scene), "random_seed": .integer(seed)], screen)
    }

    /// Calls a function of a Gradio app, and fetches the file that it has made.
    private func file(
        from app: ServiceName, _ function: String, _ arguments: [String: JSONValue], _ screen: Screen
    ) async throws -> [UInt8] {
        var settings = GradioSettings()
        settings.transfer = limits(app)
        let client = try GradioClient(url: urls[app] ?? "", settings: settings, service: app)
        do {
            var outputs: [JSONValue] = []
            let call = try await client.call(function, arguments)
            for try await event in call.events {
                switch event {
                case .queued(let place, _, _): screen.progress(0, place == 0 ? "waiting" : "waiting behind \(place)")
                case .progress(let steps):
                    guard let step = steps.last else { break }
                    let units = step.length.map { (step.index ?? 0) / max(1, $0) }
                    screen.progress(step.fraction ?? units ?? 0, step.text ?? "at work")
                case .completed(let values): outputs = values
                default: break
                }
            }
            guard let file = GradioFile.all(in: outputs).first else {
                throw noFile(function, app)
            }
            screen.progress(1, "done")
            let bytes = try await client.download(file)
            await client.close()
            return bytes
        } catch {
            await client.close()
            throw error
        }
    }

    private func noFile(_ maker: String, _ service: ServiceName) -> ConnectivityError {
        ConnectivityError(
            code: .jobFailed, service: service.rawValue, endpoint: urls[service] ?? "",
            message: "expected a file from \(maker), got none")
    }
}
