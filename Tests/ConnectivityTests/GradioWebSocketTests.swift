import GradioFake
import Testing

@testable import Connectivity

/// Apps of version 3, whose queue is a WebSocket for each call.
@Suite(.timeLimit(.minutes(1))) struct GradioWebSocketTests {
    private func with(
        _ app: AppDefinition? = nil, _ body: (Understudy, GradioClient) async throws -> Void
    ) async throws {
        let app = try app ?? AppDefinition.bundled("echo", major: .three)
        try await Understudy.with("echo", { FakeGradio($0, configuration: GradioConfiguration(app: app)) }) {
            understudy in
            let client = try GradioClient(url: understudy.url, settings: GradioClientTests.settings())
            do {
                try await body(understudy, client)
            } catch {
                await client.close()
                throw error
            }
            await client.close()
        }
    }

    @Test func `a full queue is a typed error, and is not asked again`() async throws {
        try await with { understudy, client in
            try await understudy.play("gradio opens /queue/join: error queue_full")
            let failure = await failure { _ = try await client.call("echo", "x").result() }

            #expect(failure?.code == .serverError)
            #expect(failure?.canRetry == true)
            #expect(failure?.message.contains("full") == true)
        }
    }

    @Test(arguments: [
        (
            "opens /queue/join: respond {status: 404, text: <html>Router login</html>}",
            ConnectivityError.Code.protocol, "404: <html>"
        ),
        (
            "opens /queue/join: respond {status: 302, headers: {location: 'http://elsewhere.example/'}}", .redirected,
            "http://elsewhere.example/"
        ),
        ("opens /queue/join: drop {how: close, after_messages: 1}", .connectionLost, "without a close frame"),
        ("sends send_hash: edit {/msg: 5}", .protocol, "/msg"),
    ])
    func `what is no socket of a call says who, where and what came`(
        rule: String, code: ConnectivityError.Code, word: String
    ) async throws {
        try await with { understudy, client in
            try await understudy.play("gradio \(rule)")
            let failure = await failure { _ = try await client.call("echo", "x").result() }

            #expect(failure?.code == code, "\(failure?.description ?? "none")")
            #expect(failure?.endpoint == understudy.url && failure?.service == "gradio")
            for word in ["expected", "/queue/join", word] {
                #expect(failure?.message.contains(word) == true, "\(failure?.description ?? "none")")
            }
        }
    }

    @Test func `a call that is cancelled says so, and the app stops`() async throws {
        try await with { understudy, client in
            let call = try await client.call("stream", "la", 1000)
            let failure = await failure {
                for try await event in call.events {
                    if case .generating = event { try await call.cancel() }
                }
            }

            #expect(failure?.code == .cancelled)
            #expect(understudy.requests("POST", "/reset") == 1)
        }
    }

    @Test func `a socket that breaks off fails its call, which is not sent again`() async throws {
        try await with { understudy, client in
            try await understudy.play("gradio sends process_generating: drop reset")
            let failure = await failure { _ = try await client.call("stream", "la", 3).result() }

            #expect(failure?.code == .connectionLost)
            #expect(understudy.sockets.count == 1)
        }
    }

    @Test func `a socket that closes before the end of the call is a truncated answer`() async throws {
        try await with { understudy, client in
            try await understudy.play("gradio sends process_completed: skip")
            let failure = await failure { _ = try await client.call("echo", "x").result() }

            #expect([.truncated, .connectionLost].contains(failure?.code), "\(String(describing: failure))")
        }
    }

    @Test func `closing the client closes the sockets of its calls`() async throws {
        try await with { understudy, client in
            let call = try await client.call("stream", "la", 1_000_000)
            let failure = await failure {
                for try await event in call.events { if case .generating = event { await client.close() } }
            }

            #expect(failure?.code == .closed)
            let connection = try #require(understudy.sockets.first)
            await understudy.leaving(connection)
        }
    }

    /// The echo of which a function does not wait in the queue.
    private func unqueued() throws -> AppDefinition {
        let text = try #require(AppDefinition.bundledFile("echo"))
            .replacing("  - api_name: echo\n", with: "  - api_name: echo\n    queue: false\n")
        return try AppDefinition(yaml: text + "\ngradio: 3\n", file: "unqueued.yaml")
    }

    @Test func `a function that does not wait in the queue answers at once`() async throws {
        try await with(try unqueued()) { understudy, client in
            let result = try await client.call("echo", "Good evening").result()

            #expect(result == ["Good evening"])
            #expect(understudy.sockets.isEmpty)
        }
    }

    @Test func `a function outside of the queue that fails says so`() async throws {
        try await with(try unqueued()) { understudy, client in
            try await client.connect()
            try await understudy.play("gradio POST /api/predict/: drop reset")
            let lost = await failure { _ = try await client.call("echo", "x").result() }
            await understudy.behave()
            try await understudy.play("gradio POST /api/predict/: delay 30s")
            let call = try await client.call("echo", "x")
            await understudy.effect()
            try await call.cancel()
            let cancelled = await failure { _ = try await call.result() }

            #expect(lost?.code == .connectionLost)
            #expect(cancelled?.code == .cancelled)
        }
    }
}
