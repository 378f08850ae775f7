import Fakes
import Foundation
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

    @Test func `ten times the allowed body`() async throws {
        try await Understudy.liteLLM { understudy in
            let limits = TransferLimits(bodyBytes: 100)
            try await understudy.play(
                "litellm POST /v1/chat/completions: respond {text: \(String(repeating: "x", count: 1000))}")
            let client = try LiteLLMClient(url: understudy.url, limits: limits)
            let failure = await failure { _ = try await client.chat(Self.chat) }

            expect(failure, [.tooLarge], at: understudy.url, "100 bytes")
        }
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

    @Test func `a stream that is cut anywhere`() async throws {
        try await Understudy.liteLLM { understudy in
            let client = try LiteLLMClient(url: understudy.url)
            for bytes in [1, 400, 700, 900, 1200] {
                await understudy.behave()
                try await understudy.play(
                    "litellm POST /v1/chat/completions: drop {how: close, after_bytes: \(bytes)}, first 1")
                let failure = await failure {
                    for try await _ in try await client.stream(Self.chat) {}
                }

                // Cut inside the head it is no stream yet, and asked for again.
                if let failure { expect(failure, [.connectionLost, .truncated], at: understudy.url) }
            }
        }
    }

    @Test func `redirects to elsewhere are not followed`() async throws {
        try await Understudy.liteLLM { elsewhere in
            try await Understudy.liteLLM { understudy in
                try await understudy.play(
                    "litellm GET /v1/models: respond {status: 307, headers: {location: '\(elsewhere.url)/v1/models'}}")
                let client = try LiteLLMClient(url: understudy.url, key: "sk-secret")
                let failure = await failure { _ = try await client.models() }

                expect(failure, [.redirected], at: understudy.url, elsewhere.url)
                #expect(elsewhere.requests("GET", "/v1/models") == 0)
            }
        }
    }

    @Test func `a server that answers after the deadline`() async throws {
        try await Understudy.gradio { understudy in
            try await understudy.play("gradio GET /config: delay 30s")
            var settings = GradioSettings()
            settings.transfer = TransferLimits(total: .milliseconds(200))
            let client = try GradioClient(url: understudy.url, settings: settings)
            let failure = await failure { try await client.connect() }
            await client.close()

            expect(failure, [.timeout], at: understudy.url)
            #expect(failure?.phase == .total)
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

    // MARK: TLS

    /// A certificate for a host of another name, made by openssl's command.
    private func withCertificate(
        for name: String, _ body: (_ identity: TLSIdentity, _ roots: [UInt8]) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appendingPathComponent("certificate.pem").path
        let key = folder.appendingPathComponent("key.pem").path
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
            "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(name)", "-keyout", key, "-out", certificate,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        let roots = [UInt8](try Data(contentsOf: URL(fileURLWithPath: certificate)))
        try await body(TLSIdentity(certificateFile: certificate, keyFile: key), roots)
    }

    @Test func `a certificate that is trusted, for this host`() async throws {
        try await withCertificate(for: "IP:127.0.0.1") { identity, roots in
            try await Understudy.with("litellm", tls: identity, { FakeLiteLLM(environment: $0) }) { understudy in
                let client = try LiteLLMClient(url: understudy.url, trustRoots: roots)
                let answer = try await client.chat(Self.chat)

                #expect(understudy.url.hasPrefix("https"))
                #expect(!answer.text.isEmpty)
            }
        }
    }

    @Test func `a certificate for another host, or that nobody trusts`() async throws {
        try await withCertificate(for: "DNS:elsewhere.example") { identity, roots in
            try await Understudy.with("comfyui", tls: identity, { try FakeComfyUIMaker.make($0) }) { understudy in
                let wrong = await failure {
                    _ = try await LiteLLMClient(url: understudy.url, trustRoots: roots).models()
                }
                let unknown = await failure { _ = try await LiteLLMClient(url: understudy.url).models() }
                var settings = ComfyUISettings()
                settings.trustRoots = roots
                let client = try ComfyUIClient(url: understudy.url, settings: settings)
                let socket = await failure { try await client.connect() }
                await client.close()

                expect(wrong, [.tls], at: understudy.url, "certificate")
                expect(unknown, [.tls], at: understudy.url, "certificate")
                expect(socket, [.tls], at: understudy.url, "certificate")
            }
        }
    }
}
