import Fakes
import Glibc
import SocketServer
import Testing
import UnderstudyTestKit

@testable import Suite

@Suite struct RunningSuiteTests {
    @Test func `all fakes answer once the suite has started, and none after it has stopped`() async throws {
        let configuration = try make(only: ["comfyui", "litellm"], ports: "random")

        let suite = try await RunningSuite.start(configuration) { part, environment in
            StubFake("\(part.id) of this test", environment)
        }

        let fakes = suite.readyLine.fakes
        #expect(fakes.map(\.id) == ["comfyui", "litellm"])
        #expect(fakes.map(\.also.count) == [0, 1])
        for address in fakes.flatMap(\.urls) { try AddressCheck(url: address).run() }
        #expect(try await RawSocket.get(fakes[1].also[0]).text == "litellm of this test")
        await suite.stop()
        for address in fakes.flatMap(\.urls) {
            // Refused, or already somebody else's: the ports of a system go round.
            let answer = try? await RawSocket.get(address).text
            #expect(answer?.hasSuffix("of this test") != true)
        }
    }

    @Test func `a busy port is told with who holds it and what to do, and nothing is left running`() async throws {
        let (descriptor, port) = try listeningSocket()
        defer { close(descriptor) }
        let configuration = try make(only: ["comfyui", "rvc"], ports: "comfyui=\(port) rvc=0")

        let error = await #expect(throws: SuiteError.self) {
            try await RunningSuite.start(configuration) { part, environment in StubFake(part.id, environment) }
        }

        #expect(error?.code == .start)
        let message = try #require(error?.message)
        #expect(message.hasPrefix("port \(port), which comfyui wants, is held by process \(getpid()) in "))
        #expect(
            message.hasSuffix(
                "End it (kill \(getpid())), or choose another port: --port comfyui=\(port + 1), or --ports random"))
    }

    @Test func `an address that is not this machine's is refused`() async throws {
        let configuration = try make(only: ["rvc"], ports: "random", host: "192.0.2.1")

        let error = await #expect(throws: SuiteError.self) {
            try await RunningSuite.start(configuration) { part, environment in StubFake(part.id, environment) }
        }

        #expect(error?.message == "rvc: 192.0.2.1 is no address of this machine")
    }

    @Test func `who listens everywhere is announced on loopback`() async throws {
        let configuration = try make(only: ["rvc"], ports: "random", host: "0.0.0.0")

        let suite = try await RunningSuite.start(configuration) { part, environment in StubFake(part.id, environment) }
        await suite.stop()

        #expect(suite.readyLine.fakes[0].url.hasPrefix("http://127.0.0.1:"))
    }

    @Test func `each fake gets the suite's seed and speed, and its own name`() async throws {
        var settings = Settings()
        settings.only = ["wan2gp"]
        settings.ports.random = true
        settings.seed = 42
        settings.speed = try Speed(text: "10x")

        let suite = try await RunningSuite.start(SuiteConfiguration(settings)) { part, environment in
            StubFake("\(environment.id) \(environment.seed) \(environment.speed)", environment)
        }

        #expect(try await RawSocket.get(suite.readyLine.fakes[0].url).text == "wan2gp 42 10.0")
        await suite.stop()
    }

    private func make(only: [String], ports: String, host: String? = nil) throws -> SuiteConfiguration {
        var settings = Settings()
        settings.only = only
        settings.ports = try PortAssignments(text: ports, place: "--port")
        settings.host = host
        return try SuiteConfiguration(settings)
    }
}

/// A fake that says one thing only.
actor StubFake: Fake {
    nonisolated let kind = FakeKind.gradio
    nonisolated let environment: FakeEnvironment
    nonisolated let configuration = ServerConfiguration()
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe environment.loop.asUnownedSerialExecutor() }
    private let line: String

    init(_ line: String, _ environment: FakeEnvironment) {
        self.line = line
        self.environment = environment
    }

    func reply(to exchange: Exchange) async -> Reply {
        .text(line)
    }
}
