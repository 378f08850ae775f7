import Synchronization
import Testing

@testable import Connectivity

/// What discovery and health make of answers that nobody can use: a typed error that names the service and the address,
/// what was expected and what came.
@Suite(.timeLimit(.minutes(1))) struct ProbeBadInputTests {
    /// A listener, what the search for a service calls it, and the words in which it says what came.
    struct Stranger: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let manner: StrangeListener.Manner
        let code: ConnectivityError.Code
        let words: [String]

        static let page = "<html><title>Router login</title></html>"
        static let redirect =
            "HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        /// Whole and in order, and a megabyte more than is read.
        static let long = StrangeListener.answer(String(repeating: "x", count: 9 << 20))

        static let all = [
            Stranger("a stranger", .saying { _ in "SSH-2.0-OpenSSH_9.2\r\n" }, .wrongService, ["no proper HTTP"]),
            Stranger(
                "HTML where JSON is due", .saying { _ in StrangeListener.answer(page, type: "text/html") },
                .wrongService, ["a web page titled \"Router login\""]),
            Stranger(
                "JSON of another shape", .saying { _ in StrangeListener.answer("[1, 2]") }, .wrongService,
                ["an answer 200 of application/json"]),
            Stranger(
                "an answer after the deadline", .silent, .timeout, ["answer", "0.27 seconds"]),
            Stranger("a body beyond the limit", .saying { _ in long }, .wrongService, ["8388608 bytes"]),
            Stranger(
                "a redirect to elsewhere", .saying { _ in redirect }, .wrongService,
                ["http://elsewhere/, which is not followed"]),
        ]

        init(
            _ name: String, _ manner: StrangeListener.Manner, _ code: ConnectivityError.Code, _ words: [String]
        ) {
            (testDescription, self.manner, self.code, self.words) = (name, manner, code, words)
        }
    }

    private func service(at port: UInt16) -> Service {
        var service = Service.litellm
        service.endpoint.host = "127.0.0.1"
        service.endpoint.port = port
        service.otherPorts = []
        return service
    }

    private func expect(
        _ error: ConnectivityError?, _ codes: Set<ConnectivityError.Code>, at url: String, _ words: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard let error else {
            Issue.record("expected an error, got none", sourceLocation: sourceLocation)
            return
        }
        #expect(codes.contains(error.code), "\(error)", sourceLocation: sourceLocation)
        #expect(error.service == "litellm", sourceLocation: sourceLocation)
        #expect(error.endpoint == url, sourceLocation: sourceLocation)
        for word in ["expected"] + words {
            #expect(error.message.contains(word), "\(error)", sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: Stranger.all)
    func `discovery says who was looked for, where, and what came`(stranger: Stranger) async throws {
        let listener = try StrangeListener(stranger.manner)
        let isSilent = stranger.code == .timeout
        let discovery = ServiceDiscovery(timeout: isSilent ? .milliseconds(300) : .seconds(20))

        let result = await discovery.discover(service(at: listener.port))

        expect(result.error, [stranger.code], at: "http://127.0.0.1:\(listener.port)", stranger.words)
    }

    @Test func `discovery: an answer that is cut anywhere finds nobody`() async throws {
        let bytes = Array(StrangeListener.answer(#""I'm alive!""#).utf8)
        let length = Mutex(0)
        let listener = try StrangeListener(
            .saying { _ in String(decoding: bytes.prefix(length.withLock(\.self)), as: UTF8.self) })
        let service = service(at: listener.port)
        for count in stride(from: 0, to: bytes.count, by: 3) {
            length.withLock { $0 = count }
            let result = await ServiceDiscovery(timeout: .seconds(20)).discover(service)
            expect(result.error, [.connectionLost, .wrongService], at: "http://127.0.0.1:\(listener.port)")
        }
        length.withLock { $0 = bytes.count }
        #expect(await ServiceDiscovery(timeout: .seconds(20)).discover(service).discovered)
    }

    @Test func `discovery: a certificate for another host`() async throws {
        try await Certificate.issued(for: "DNS:elsewhere.example") { identity, _ in
            try await AnyClientTests.Subject.litellm.fake(tls: identity) { understudy in
                let discovery = ServiceDiscovery(
                    services: [.litellm], timeout: .seconds(20),
                    configured: [.litellm: try #require(Endpoint(understudy.url))])
                var service = Service.litellm
                service.endpoint = try #require(Endpoint(understudy.url))
                service.otherPorts = []

                let result = await discovery.discover(service)

                expect(result.error, [.tls], at: understudy.url, ["certificate"])
            }
        }
    }

    @Test(arguments: [
        (AnyClientTests.Subject.litellm, "respond {status: 200, text: <html>Router login</html>}", "<html>"),
        (.comfyui, "respond {status: 200, json: [1, 2]}", "an object"), (.gradio, "corrupt truncated_body", "/config"),
    ])
    func `a check that fails keeps the client's typed error`(
        subject: AnyClientTests.Subject, effect: String, word: String
    ) async throws {
        try await subject.fake { understudy in
            try await understudy.play(subject.rule(effect))
            let service = ServiceName(rawValue: subject.rawValue)
            let monitor = HealthMonitor([
                .init(service) {
                    if let failure = try await subject.ask(understudy.url) { throw failure }
                }
            ])
            let outcome = await firstOutcome(monitor, service)

            guard case .failed(let error as ConnectivityError)? = outcome else {
                Issue.record("expected a typed error, got \(String(describing: outcome))")
                return
            }
            #expect(error.service == subject.rawValue && error.endpoint == understudy.url)
            #expect(error.message.contains("expected") && error.message.contains(word), "\(error)")
        }
    }

    @Test func `a check that hangs is a timeout that names service and address`() async throws {
        var service = service(at: 4711)
        service.health.timeout = .milliseconds(20)
        let monitor = HealthMonitor([.init(service) { try await Task.sleep(for: .seconds(60)) }])

        guard case .failed(let error as ConnectivityError)? = await firstOutcome(monitor, .litellm) else {
            Issue.record("expected a typed error")
            return
        }
        expect(error, [.timeout], at: "http://127.0.0.1:4711", ["a sign of life within", "none came"])
    }

    /// What the first check of a service found.
    private func firstOutcome(_ monitor: HealthMonitor, _ service: ServiceName) async -> HealthCheck.Outcome? {
        let changes = monitor.changes()
        let running = Task { await monitor.run() }
        for await _ in changes { break }
        running.cancel()
        await running.value
        return monitor.history(of: service).first?.outcome
    }
}
