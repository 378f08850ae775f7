import Connectivity

/// Asks a LiteLLM proxy for an answer that the order names.
struct LiteLLM: Client {
    private let client: LiteLLMClient

    init(_ url: String, _ patience: Duration) throws {
        client = try LiteLLMClient(url: url, limits: limits(patience), retry: RetryPolicy(tries: 1))
    }

    func act(_ deed: String, _ order: JSONValue, _ gets: inout [String]) async throws {
        let request = ChatRequest(
            model: "gpt-4o", messages: [.user("Tell me of the sea.")],
            options: ["mock_response": order["answer"] ?? nil])
        if deed == "stream" {
            for try await chunk in try await client.stream(request) where !chunk.text.isEmpty {
                gets.append(chunk.text)
            }
        } else {
            gets.append(try await client.chat(request).text)
        }
    }

    func leave() async {}
}

/// Has a picture made by the workflow that the order brings.
final class ComfyUI: Client {
    private let client: ComfyUIClient
    private var job = ""

    init(_ url: String, _ patience: Duration) throws {
        var settings = ComfyUISettings()
        settings.transfer = limits(patience)
        settings.retry = RetryPolicy(tries: 1)
        settings.reconnection = ReconnectionPolicy(
            initial: .milliseconds(20), factor: 1, jitter: .added(0), attempts: 5)
        settings.socket = WebSocketLimits(pingInterval: patience / 2, pongDeadline: patience)
        // Long after a dead socket is noticed: else it would be luck which of the two tells first that the job is done.
        settings.quiet = patience * 4
        client = try ComfyUIClient(url: url, settings: settings)
    }

    func act(_ deed: String, _ order: JSONValue, _ gets: inout [String]) async throws {
        switch deed {
        case "connect": try await client.connect()
        case "history": gets = try await client.history(of: job).map { [$0.id] } ?? []
        case "upload": gets = [try await client.uploadImage(Array("sea".utf8), name: "sea.png").name]
        default:
            let job = try await client.sendWorkflow(order["workflow"] ?? nil)
            self.job = job.id
            for await event in job.events {
                switch event {
                case .failed(let failure): throw failure
                case .interrupted: throw CancellationError()
                case .finished(let result): gets.append("files \(result.files.map(\.filename))")
                case .preview: gets.append("preview")
                default: gets.append("\(event)")
                }
            }
            // What came over a socket that was lost is no whole story; the picture is.
            if await client.reconnections > 0 { gets = Array(gets.suffix(1)) + ["reconnected"] }
        }
    }

    func leave() async { await client.close() }
}

/// Calls a function of a Gradio app.
struct Gradio: Client {
    private let client: GradioClient

    init(_ url: String, _ patience: Duration) throws {
        var settings = GradioSettings()
        settings.transfer = limits(patience)
        settings.retry = RetryPolicy(tries: 1)
        client = try GradioClient(url: url, settings: settings)
    }

    func act(_ deed: String, _ order: JSONValue, _ gets: inout [String]) async throws {
        switch deed {
        case "connect": _ = try await client.connect()
        case "upload": gets = [try await client.upload(Array("sea".utf8), name: "sea.txt").name ?? ""]
        default:
            for try await event in try await client.call("stream", "hello", 3).events {
                switch event {
                case .generating(let values), .completed(let values): gets.append("\(values)")
                default: break
                }
            }
        }
    }

    func leave() async { await client.close() }
}
