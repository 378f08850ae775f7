import Fakes
import GradioFake
import LiteLLMFake
import SocketServer
import Testing

@testable import Connectivity

/// What every client makes of answers that none can use: a typed error that names the service and the address, what was
/// expected and what came.
@Suite(.timeLimit(.minutes(1))) struct AnyClientTests {
    /// A client, and what it is asked in these tests.
    enum Subject: String, CaseIterable, Sendable {
        case litellm, comfyui, gradio

        var path: String {
            switch self {
            case .litellm: "/v1/models"
            case .comfyui: "/system_stats"
            case .gradio: "/config"
            }
        }

        /// A rule about the answer to that.
        func rule(_ effect: String) -> String { "\(rawValue) GET \(path): \(effect)" }

        /// Asks, and tells what came of it.
        func ask(
            _ url: String, limits: TransferLimits = TransferLimits(), trustRoots: [UInt8]? = nil,
            circuit: Circuit? = nil
        ) async throws -> ConnectivityError? {
            let retry = RetryPolicy(tries: 2, first: .milliseconds(5))
            switch self {
            case .litellm:
                let client = try LiteLLMClient(
                    url: url, key: "sk-secret", limits: limits, retry: retry, circuit: circuit, trustRoots: trustRoots)
                return await failure { _ = try await client.models() }
            case .comfyui:
                var settings = ComfyUISettings()
                (settings.transfer, settings.retry, settings.trustRoots) = (limits, retry, trustRoots)
                settings.circuit = circuit
                let client = try ComfyUIClient(url: url, settings: settings)
                let failure = await failure { _ = try await client.systemStats() }
                await client.close()
                return failure
            case .gradio:
                var settings = GradioSettings()
                (settings.transfer, settings.retry, settings.trustRoots) = (limits, retry, trustRoots)
                settings.circuit = circuit
                let client = try GradioClient(url: url, settings: settings)
                let failure = await failure { try await client.connect() }
                await client.close()
                return failure
            }
        }

        func fake(tls: TLSIdentity? = nil, _ body: (Understudy) async throws -> Void) async throws {
            switch self {
            case .litellm: try await Understudy.with("litellm", tls: tls, { FakeLiteLLM(environment: $0) }, body)
            case .comfyui: try await Understudy.with("comfyui", tls: tls, { try FakeComfyUIMaker.make($0) }, body)
            case .gradio:
                let app = try AppDefinition.bundled("echo")
                try await Understudy.with(
                    "echo", tls: tls, { FakeGradio($0, configuration: GradioConfiguration(app: app)) }, body)
            }
        }
    }

    private func expect(
        _ failure: ConnectivityError?, _ code: ConnectivityError.Code, _ subject: Subject, at url: String,
        _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard let failure else {
            Issue.record("expected an error, got none", sourceLocation: sourceLocation)
            return
        }
        #expect(failure.code == code, "\(failure)", sourceLocation: sourceLocation)
        #expect(failure.service == subject.rawValue, sourceLocation: sourceLocation)
        #expect(failure.endpoint == url, sourceLocation: sourceLocation)
        for word in ["expected"] + words {
            #expect(failure.message.contains(word), "\(failure)", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: Subject.allCases)
    func `a stranger on the port`(subject: Subject) async throws {
        let stranger = try StrangeListener(.saying { _ in "SSH-2.0-OpenSSH_9.2\r\n" })
        let url = "http://127.0.0.1:\(stranger.port)"

        expect(try await subject.ask(url), .protocol, subject, at: url, subject.path)
    }

    @Test(arguments: Subject.allCases)
    func `HTML where JSON is due`(subject: Subject) async throws {
        try await subject.fake { understudy in
            try await understudy.play(subject.rule("respond {status: 200, text: <html>Router login</html>}"))
            let failure = try await subject.ask(understudy.url)

            expect(failure, .protocol, subject, at: understudy.url, "JSON", subject.path, "<html>")
        }
    }

    @Test(arguments: Subject.allCases)
    func `JSON of another shape`(subject: Subject) async throws {
        try await subject.fake { understudy in
            try await understudy.play(subject.rule("respond {status: 200, json: [1, 2]}"))
            let failure = try await subject.ask(understudy.url)

            expect(failure, .protocol, subject, at: understudy.url, "an object", subject.path)
        }
    }

    @Test(arguments: Subject.allCases)
    func `an answer that is cut`(subject: Subject) async throws {
        try await subject.fake { understudy in
            try await understudy.play(subject.rule("corrupt truncated_body"))

            expect(try await subject.ask(understudy.url), .connectionLost, subject, at: understudy.url, subject.path)
        }
    }

    @Test(arguments: Subject.allCases)
    func `an answer after the deadline`(subject: Subject) async throws {
        try await subject.fake { understudy in
            try await understudy.play(subject.rule("delay 30s"))
            let failure = try await subject.ask(understudy.url, limits: TransferLimits(total: .milliseconds(200)))

            expect(failure, .timeout, subject, at: understudy.url, subject.path)
            #expect(failure?.phase == .total)
        }
    }

    @Test(arguments: Subject.allCases)
    func `ten times the allowed body`(subject: Subject) async throws {
        try await subject.fake { understudy in
            try await understudy.play(
                subject.rule("respond {status: 200, text: \(String(repeating: "x", count: 1000))}"))
            let failure = try await subject.ask(understudy.url, limits: TransferLimits(bodyBytes: 100))

            expect(failure, .tooLarge, subject, at: understudy.url, "100 bytes", subject.path)
        }
    }

    @Test(arguments: Subject.allCases)
    func `redirects to elsewhere are not followed`(subject: Subject) async throws {
        try await subject.fake { elsewhere in
            try await subject.fake { understudy in
                let address = elsewhere.url + subject.path
                try await understudy.play(subject.rule("respond {status: 307, headers: {location: '\(address)'}}"))
                let failure = try await subject.ask(understudy.url)

                expect(failure, .redirected, subject, at: understudy.url, address)
                #expect(elsewhere.requests("GET", subject.path) == 0)
            }
        }
    }

    @Test func `a WebSocket that is redirected is not followed`() async throws {
        try await Understudy.comfyUI { understudy in
            try await understudy.play(
                "comfyui opens /ws: respond {status: 302, headers: {location: 'http://127.0.0.1:1/'}}")
            let client = try ComfyUIClient(url: understudy.url)
            let failure = await failure { try await client.connect() }
            await client.close()

            expect(failure, .redirected, .comfyui, at: understudy.url, "/ws", "http://127.0.0.1:1/")
        }
    }

    @Test(arguments: Subject.allCases)
    func `a certificate for another host, or that nobody trusts`(subject: Subject) async throws {
        try await Certificate.issued(for: "DNS:elsewhere.example") { identity, roots in
            try await subject.fake(tls: identity) { understudy in
                let wrong = try await subject.ask(understudy.url, trustRoots: roots)
                let unknown = try await subject.ask(understudy.url)

                expect(wrong, .tls, subject, at: understudy.url, "certificate")
                expect(unknown, .tls, subject, at: understudy.url, "certificate")
            }
        }
    }

    @Test func `a WebSocket with a certificate for another host`() async throws {
        try await Certificate.issued(for: "DNS:elsewhere.example") { identity, roots in
            try await Subject.comfyui.fake(tls: identity) { understudy in
                try await understudy.comfyUIClient({ $0.trustRoots = roots }) { client in
                    let failure = await failure { try await client.connect() }

                    expect(failure, .tls, .comfyui, at: understudy.url, "certificate")
                }
            }
        }
    }

    @Test(arguments: Subject.allCases)
    func `an open circuit answers at once, and nothing is sent`(subject: Subject) async throws {
        try await subject.fake { understudy in
            let circuit = Circuit(service: .comfyui, endpoint: understudy.url, breaker: CircuitBreaker(threshold: 1))
            try await understudy.play(subject.rule("respond {status: 500}"))
            let first = try await subject.ask(understudy.url, circuit: circuit)
            let second = try await subject.ask(understudy.url, circuit: circuit)

            #expect(first?.code == .serverError)
            #expect(second?.code == .circuitOpen)
            #expect(second?.retryAfter ?? .zero > .seconds(200))
        }
    }
}
