import Testing

@testable import Connectivity

/// Answers that end in order, but after any of their bytes: each is a typed error, and only the whole is an answer.
@Suite(.timeLimit(.minutes(1))) struct CutAnywhereTests {
    private static let codes: Set<ConnectivityError.Code> = [.connectionLost, .truncated, .protocol]

    /// Asks a stranger who says one byte more each time, until all is said.
    private func expectFailures(
        of answer: String, _ ask: (_ url: String) async throws -> ConnectivityError?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let bytes = Array(answer.utf8)
        let asked = Tally()
        let stranger = try StrangeListener(
            .saying { _ in String(decoding: bytes.prefix(asked.add() - 1), as: UTF8.self) })
        let url = "http://127.0.0.1:\(stranger.port)"
        for count in 0..<bytes.count {
            let failure = try await ask(url)
            #expect(
                failure.map { Self.codes.contains($0.code) && $0.endpoint == url && $0.message.contains("expected") }
                    == true,
                "after \(count) bytes: \(failure?.description ?? "no error")", sourceLocation: sourceLocation)
        }
        let last = try await ask(url)
        #expect(last == nil, sourceLocation: sourceLocation)
        #expect(asked.count == bytes.count + 1, sourceLocation: sourceLocation)
    }

    @Test func `a streamed answer`() async throws {
        let events = [
            #"{"id": "x", "choices": [{"index": 0, "delta": {"content": "Good"}}]}"#,
            #"{"id": "x", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}"#, "[DONE]",
        ].map { "data: \($0)\n\n" }.joined()
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        try await expectFailures(of: head + events) { url in
            let client = try LiteLLMClient(url: url, retry: RetryPolicy(tries: 1))
            return await failure {
                let text = try await client.stream(ChatRequest(model: "x", messages: [.user("?")])).text()
                #expect(text == "Good")
            }
        }
    }

    @Test func `a plain answer`() async throws {
        try await expectFailures(of: StrangeListener.answer(#"{"data": [{"id": "x"}]}"#)) { url in
            let client = try LiteLLMClient(url: url, retry: RetryPolicy(tries: 1))
            return await failure {
                let models = try await client.models()
                #expect(models == ["x"])
            }
        }
    }

    @Test func `the events of a call`() async throws {
        try await Understudy.gradio { understudy in
            let client = try GradioClient(url: understudy.url, settings: GradioClientTests.settings())
            try await client.connect()
            var cut = 1
            while cut < 10_000 {
                await understudy.behave()
                try await understudy.play(
                    "gradio GET /gradio_api/queue/data: drop {how: close, after_bytes: \(cut)}, first 1")
                guard let failure = await failure({ _ = try await client.call("stream", "la", 2).result() }) else {
                    break
                }

                #expect(Self.codes.contains(failure.code), "after \(cut) bytes: \(failure)")
                #expect(failure.endpoint == understudy.url)
                cut += 37
            }
            #expect((500..<10_000).contains(cut))
            await client.close()
        }
    }

    @Test func `the opening of a WebSocket`() async throws {
        try await Understudy.comfyUI { understudy in
            var cut = 0
            while cut < 10_000 {
                await understudy.behave()
                try await understudy.play("comfyui connect: drop {how: close, after_bytes: \(cut)}")
                let client = try ComfyUIClient(url: understudy.url, settings: .hasty())
                let failure = await failure { try await client.connect() }
                await client.close()
                guard let failure else { break }

                #expect(Self.codes.contains(failure.code), "after \(cut) bytes: \(failure)")
                #expect(failure.endpoint == understudy.url && failure.message.contains("/ws"))
                cut += 7
            }
            #expect((150..<10_000).contains(cut))
        }
    }
}
