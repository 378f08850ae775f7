import Fakes
import GradioFake
import LiteLLMFake
import SocketServer
import Testing

@testable import Connectivity

/// Answers that no client can use: each is a typed error that says whose, where, what was expected and what came.
@Suite(.timeLimit(.minutes(1))) struct BadInputTests {
    private static let chat = ChatRequest(model: "gpt-4o", messages: [.user("Good evening")])

    private func expect(
        _ failure: ConnectivityError?, _ codes: Set<ConnectivityError.Code>, at url: String, _ words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard let failure else {
            Issue.record("expected an error, got none", sourceLocation: sourceLocation)
            return
        }
        #expect(codes.contains(failure.code), "\(failure)", sourceLocation: sourceLocation)
        #expect(!failure.service.isEmpty, sourceLocation: sourceLocation)
        #expect(failure.endpoint == url, sourceLocation: sourceLocation)
        #expect(failure.message.contains("expected"), sourceLocation: sourceLocation)
        for word in words { #expect(failure.message.contains(word), "\(failure)", sourceLocation: sourceLocation) }
    }

    @Test func `a stranger on the port`() async throws {
        try await Understudy.gradio { stranger in
            let chat = await failure { _ = try await LiteLLMClient(url: stranger.url).chat(Self.chat) }
            let comfy = try ComfyUIClient(url: stranger.url)
            let socket = await failure { try await comfy.connect() }
            let stats = await failure { _ = try await comfy.systemStats() }
            await comfy.close()

            expect(chat, [.rejected], at: stranger.url, "404")
            expect(socket, [.protocol], at: stranger.url, "/ws", "404")
            expect(stats, [.rejected], at: stranger.url, "404")
        }
        try await Understudy.liteLLM { stranger in
            let client = try GradioClient(url: stranger.url)
            let config = await failure { try await client.connect() }
            await client.close()

            expect(config, [.rejected], at: stranger.url, "/config")
        }
        try await Understudy.comfyUI { stranger in
            let models = await failure { _ = try await LiteLLMClient(url: stranger.url).models() }

            // ComfyUI knows /models, and answers a folder that is none with nothing.
            expect(models, [.rejected, .protocol], at: stranger.url)
        }
    }

    @Test func `JSON of the wrong shape names the place`() async throws {
        try await Understudy.liteLLM { understudy in
            try await understudy.play(
                "litellm POST /v1/chat/completions: respond {json: {id: x, choices: [{message: {content: 5}}]}}",
                "litellm GET /v1/models: respond {json: {data: [{name: x}]}}",
                "litellm POST /v1/embeddings: respond {json: {data: [{embedding: [1, two]}]}}")
            let client = try LiteLLMClient(url: understudy.url)
            let chat = await failure { _ = try await client.chat(Self.chat) }
            let models = await failure { _ = try await client.models() }
            let embeddings = await failure { _ = try await client.embeddings(of: ["a"], model: "x") }

            expect(chat, [.protocol], at: understudy.url, "/choices/0/message/content", "a text", "5")
            expect(models, [.protocol], at: understudy.url, "/data/0", "id")
            expect(embeddings, [.protocol], at: understudy.url, "/data/0/embedding/1", "two")
        }
    }

    @Test func `a stream of something else, and events of another shape`() async throws {
        let page = "respond {status: 200, headers: {content-type: text/html}, text: <html>Router login</html>}"
        let events = #"respond {status: 200, headers: {content-type: text/event-stream}, text: "data: {}\n\n"}"#
        try await Understudy.liteLLM { understudy in
            let client = try LiteLLMClient(url: understudy.url, retry: RetryPolicy(tries: 1))
            func answer(_ effect: String) async throws -> ConnectivityError? {
                await understudy.behave()
                try await understudy.play("litellm POST /v1/chat/completions: \(effect)")
                return await failure { for try await _ in try await client.stream(Self.chat) {} }
            }

            let other = try await answer(page)
            expect(other, [.protocol], at: understudy.url, "text/event-stream", "text/html", "/v1/chat/completions")
            let shape = try await answer(events.replacing("{}", with: #"{\"choices\": 5}"#))
            expect(shape, [.protocol], at: understudy.url, "/choices", "an array", "5")
        }
        try await Understudy.gradio { understudy in
            let client = try GradioClient(url: understudy.url, settings: GradioClientTests.settings())
            try await client.connect()
            func answer(_ effect: String) async throws -> ConnectivityError? {
                await understudy.behave()
                try await understudy.play("gradio GET /gradio_api/queue/data: \(effect)")
                return await failure { _ = try await client.call("echo", "x").result() }
            }

            let other = try await answer(page)
            expect(other, [.protocol], at: understudy.url, "text/event-stream", "text/html", "/queue/data")
            let shape = try await answer(events.replacing("{}", with: #"{\"msg\": 5}"#))
            expect(shape, [.protocol], at: understudy.url, "/msg", "a text", "5")
            await client.close()
        }
    }

    @Test func `a stream beyond the allowed body, after the deadline, or elsewhere`() async throws {
        let elsewhere = "respond {status: 307, headers: {location: 'http://elsewhere.example/'}}"
        let long = String(repeating: "x", count: 1000)
        try await Understudy.liteLLM { understudy in
            func answer(_ effect: String, _ limits: TransferLimits = TransferLimits()) async throws
                -> ConnectivityError?
            {
                await understudy.behave()
                try await understudy.play("litellm POST /v1/chat/completions: \(effect)")
                let client = try LiteLLMClient(url: understudy.url, limits: limits, retry: RetryPolicy(tries: 1))
                return await failure { for try await _ in try await client.stream(Self.chat) {} }
            }

            let body = try await answer(
                "respond {status: 200, headers: {content-type: text/event-stream}, text: \(long)}",
                TransferLimits(bodyBytes: 100))
            expect(body, [.tooLarge], at: understudy.url, "100 bytes", "/v1/chat/completions")
            let late = try await answer("delay 30s", TransferLimits(total: .milliseconds(200)))
            expect(late, [.timeout], at: understudy.url, "within 0.", "/v1/chat/completions")
            let moved = try await answer(elsewhere)
            expect(moved, [.redirected], at: understudy.url, "http://elsewhere.example/")
        }
        try await Understudy.gradio { understudy in
            let client = try GradioClient(url: understudy.url, settings: GradioClientTests.settings())
            try await client.connect()
            try await understudy.play("gradio GET /gradio_api/queue/data: \(elsewhere)")
            let moved = await failure { _ = try await client.call("echo", "x").result() }
            await client.close()

            expect(moved, [.redirected], at: understudy.url, "http://elsewhere.example/")
        }
    }

    @Test func `a WebSocket at a stranger's`() async throws {
        let stranger = try StrangeListener(.saying { _ in "SSH-2.0-OpenSSH_9.2\r\n" })
        let url = "http://127.0.0.1:\(stranger.port)"
        let client = try ComfyUIClient(url: url)
        let failure = await failure { try await client.connect() }
        await client.close()

        expect(failure, [.protocol], at: url, "/ws")
    }

    @Test func `a message of a WebSocket beyond the limit`() async throws {
        try await Understudy.comfyUI { understudy in
            var settings = ComfyUISettings()
            settings.socket.messageBytes = 20
            let client = try ComfyUIClient(url: understudy.url, settings: settings)
            let failure = await failure { try await client.connect() }
            await client.close()

            expect(failure, [.tooLarge], at: understudy.url, "/ws")
        }
    }

    @Test func `a stream that ends in order and inside an event`() async throws {
        let proxy = try StrangeListener(
            .saying { _ in StrangeListener.answer(#"data: {"id": "x"#, type: "text/event-stream") })
        let url = "http://127.0.0.1:\(proxy.port)"
        let client = try LiteLLMClient(url: url)
        let failure = await failure { for try await _ in try await client.stream(Self.chat) {} }

        expect(failure, [.truncated], at: url, "cut off")
    }

    @Test func `a stream that ends in order and without its terminator`() async throws {
        let proxy = try StrangeListener(
            .saying { _ in StrangeListener.answer(": nothing yet\n\n", type: "text/event-stream") })
        let url = "http://127.0.0.1:\(proxy.port)"
        let client = try LiteLLMClient(url: url)
        let failure = await failure { for try await _ in try await client.stream(Self.chat) {} }

        expect(failure, [.truncated], at: url, "[DONE]")
    }

    @Test func `a stream of a session that is refused fails its calls`() async throws {
        try await Understudy.gradio { understudy in
            let client = try GradioClient(url: understudy.url, settings: GradioClientTests.settings())
            try await client.connect()
            try await understudy.play("gradio GET /gradio_api/queue/data: respond {status: 500}")
            let failure = await failure { _ = try await client.call("echo", "x").result() }
            await client.close()

            expect(failure, [.serverError], at: understudy.url, "/queue/data")
        }
    }

    @Test func `a stream that is cut anywhere`() async throws {
        try await Understudy.liteLLM { understudy in
            let client = try LiteLLMClient(url: understudy.url, retry: RetryPolicy(first: .milliseconds(5)))
            for place in ["after_bytes: 1", "after_bytes: 400", "after_messages: 1", "after_messages: 3"] {
                await understudy.behave()
                try await understudy.play(
                    "litellm POST /v1/chat/completions: drop {how: close, \(place)}, first 1")
                let failure = await failure {
                    for try await _ in try await client.stream(Self.chat) {}
                }

                if place.hasPrefix("after_bytes") {
                    // Cut inside the head it is no stream yet, and asked for again.
                    #expect(failure == nil)
                } else {
                    expect(failure, [.connectionLost, .truncated], at: understudy.url)
                }
            }
        }
        try await Understudy.gradio { understudy in
            let client = try GradioClient(url: understudy.url, settings: GradioClientTests.settings())
            try await client.connect()
            for messages in 1...4 {
                await understudy.behave()
                try await understudy.play(
                    "gradio GET /gradio_api/queue/data: drop {how: close, after_messages: \(messages)}, first 1")
                let failure = await failure { _ = try await client.call("stream", "la", 3).result() }

                expect(failure, [.connectionLost, .truncated], at: understudy.url)
            }
            await client.close()
        }
        try await Understudy.comfyUI { understudy in
            try await understudy.play("comfyui opens /ws: drop {how: close, after_messages: 0}, first 1")
            let client = try ComfyUIClient(url: understudy.url, settings: .hasty())
            let failure = await failure { try await client.connect() }
            await client.close()

            expect(failure, [.connectionLost], at: understudy.url, "/ws")
        }
    }

    @Test func `addresses that are none`() async throws {
        for url in ["", "comfy", "ftp://127.0.0.1", "http://"] {
            #expect(throws: ConnectivityError.self) { try ComfyUIClient(url: url) }
            #expect(throws: ConnectivityError.self) { try GradioClient(url: url) }
        }
        let nowhere = try LiteLLMClient(
            url: "http://no-such-host.invalid", retry: RetryPolicy(tries: 1))
        let failure = await failure { _ = try await nowhere.models() }

        expect(failure, [.unreachable, .timeout], at: "http://no-such-host.invalid")
    }

    @Test func `a certificate that is trusted, for this host`() async throws {
        try await Certificate.issued(for: "IP:127.0.0.1") { identity, roots in
            try await Understudy.with("litellm", tls: identity, { FakeLiteLLM(environment: $0) }) { understudy in
                let client = try LiteLLMClient(url: understudy.url, trustRoots: roots)
                let answer = try await client.chat(Self.chat)

                #expect(understudy.url.hasPrefix("https"))
                #expect(!answer.text.isEmpty)
            }
        }
    }

}
