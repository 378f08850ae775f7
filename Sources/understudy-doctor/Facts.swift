import Connectivity

/// What a service says of itself to a client.
struct Facts: Sendable {
    /// For the table: some words.
    var text = ""
    /// For programs.
    var details: [String: JSONValue] = [:]

    init() {}

    /// The WebSocket is opened as well: without it there is no progress, however well the rest answers.
    init(of client: ComfyUIClient) async throws {
        do {
            async let connected: Void = client.connect()
            async let asked = client.systemStats()
            async let queued = client.queue()
            let (stats, queue) = try await (asked, queued)
            try await connected
            let waiting = queue.running.count + queue.pending.count
            let device = stats.devices.first.map {
                "\(Self.gigabytes($0.freeMemory)) of \(Self.gigabytes($0.memory)) GB free"
            }
            text = [waiting == 0 ? "idle" : "\(waiting) jobs", device].compactMap { $0 }.joined(separator: ", ")
            details = [
                "devices": .array(
                    stats.devices.map {
                        [
                            "name": .string($0.name), "type": .string($0.type), "memory": .integer($0.memory),
                            "free_memory": .integer($0.freeMemory),
                        ]
                    }),
                "running": .integer(queue.running.count), "pending": .integer(queue.pending.count),
            ]
            await client.close()
        } catch {
            await client.close()
            throw error
        }
    }

    init(of client: GradioClient) async throws {
        let endpoints = try await client.connect().map(\.name)
        text = endpoints.joined(separator: ", ")
        details = ["endpoints": .array(endpoints.map { .string($0) })]
        await client.close()
    }

    init(of client: LiteLLMClient) async throws {
        let models = try await client.models()
        text = "\(models.count) \(models.count == 1 ? "model" : "models")"
        details = ["models": .array(models.map { .string($0) })]
    }

    private static func gigabytes(_ bytes: Int) -> String {
        let tenths = Int((Double(bytes) / 1e8).rounded())
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\((tenths + 5) / 10)"
    }
}
