import Fakes
import SocketServer
import Testing
import UnderstudyTestKit

/// The smallest fake: it says its name.
private actor Parrot: Fake {
    nonisolated let kind = FakeKind.gradio
    nonisolated let environment: FakeEnvironment
    nonisolated let configuration = ServerConfiguration()
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe environment.loop.asUnownedSerialExecutor() }
    private var count = 0
    private let stopped: @Sendable () -> Void

    init(_ environment: FakeEnvironment, stopped: @escaping @Sendable () -> Void = {}) {
        self.environment = environment
        self.stopped = stopped
    }

    func reply(to exchange: Exchange) async -> Reply {
        count += 1
        if exchange.request.path == "/slow" {
            do { try await environment.sleep(.seconds(3600)) } catch { return .text("\(error)", status: 500) }
        }
        if exchange.request.path == "/aside" {
            return .text("\(await environment.aside { [environment] in environment.loop.isCurrent })")
        }
        return .text("\(environment.id) \(count) \(environment.loop.isCurrent)")
    }

    func willStop() async { stopped() }
}

@Suite struct RunningFakeTests {
    @Test func `a fake answers on each of its ports, on its own loop`() async throws {
        try await withFake(id: "parrot", ports: 2, { Parrot($0) }) { fake in
            let first = try await RawSocket.get(fake.urls[0] + "/")
            let second = try await RawSocket.get(fake.urls[1] + "/")

            #expect(first.text == "parrot 1 true")
            #expect(second.text == "parrot 2 true")
            #expect(fake.urls.count == 2)
        }
    }

    @Test func `work aside is done on another thread than the loop's`() async throws {
        try await withFake(id: "parrot", { Parrot($0) }) { fake in
            let response = try await RawSocket.get(fake.url + "/aside")

            #expect(response.text == "false")
        }
    }

    @Test func `speed divides its waits`() async throws {
        try await withFake(speed: 1_000_000, { Parrot($0) }) { fake in
            let start = ContinuousClock.now
            let response = try await RawSocket.get(fake.url + "/slow")

            #expect(response.status == 200)
            #expect(ContinuousClock.now - start < .seconds(60))
        }
    }

    @Test func `a port that is taken leaves nothing listening`() async throws {
        try await withFake({ Parrot($0) }) { fake in
            let loop = try EventLoop()
            let environment = FakeEnvironment(id: "second", loop: loop)

            await #expect(throws: SocketServerError.self) {
                _ = try await RunningFake(
                    Parrot(environment), at: [.init(host: "127.0.0.1", port: 0), fake.addresses[0]])
            }

            await loop.stop()
        }
    }

    @Test func `five thousand connections at once are all served`() async throws {
        try await withFake({ Parrot($0) }) { fake in
            var sockets: [RawSocket] = []
            for _ in 0..<5000 { sockets.append(try await RawSocket(fake.addresses[0])) }

            // The last that came and the first, with all others open.
            for socket in [sockets[4999], sockets[0], sockets[2500]] {
                let response = try await socket.exchange("GET / HTTP/1.1\r\n\r\n")
                #expect(response.status == 200)
            }
            let count = await fake.connectionCount()
            #expect(count == sockets.count)
        }
    }
}
