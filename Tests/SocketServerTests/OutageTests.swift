import Glibc
import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct OutageTests {
    private func withTwoPorts(
        _ body: (Server, [SocketAddress]) async throws -> Void
    ) async throws {
        let loop = try EventLoop(name: "test")
        let server = Server(on: loop) { exchange in
            if exchange.request.path == "/sleep" { try? await exchange.loop.clock.sleep(for: .seconds(60)) }
            return .text("x")
        }
        let outcome: Result<Void, any Error>
        do {
            let addresses = [try await server.listen(), try await server.listen()]
            outcome = .success(try await body(server, addresses))
        } catch {
            outcome = .failure(error)
        }
        await server.stop()
        await loop.stop()
        try outcome.get()
    }

    @Test func `closed listeners are refused by the system, open connections go on, the ports come back`() async throws
    {
        try await withTwoPorts { server, addresses in
            let open = try await RawSocket(addresses[0])
            _ = try await open.exchange("GET / HTTP/1.1\r\n\r\n")

            await server.closeListeners()

            for address in addresses {
                let failure = await #expect(throws: RawSocket.Failure.self) { _ = try await RawSocket(address) }
                #expect(failure?.description.hasSuffix("error 111") == true)  // ECONNREFUSED
            }
            let still = try await open.exchange("GET / HTTP/1.1\r\n\r\n")
            #expect(still.text == "x")

            try await server.reopenListeners()

            for address in addresses {
                let response = try await RawSocket.get("http://\(address)/")
                #expect(response.text == "x")
            }
        }
    }

    @Test func `closing twice and opening what is open changes nothing`() async throws {
        try await withTwoPorts { server, addresses in
            await server.closeListeners()
            await server.closeListeners()
            try await server.reopenListeners()
            try await server.reopenListeners()

            let response = try await RawSocket.get("http://\(addresses[1])/")
            #expect(response.text == "x")
        }
    }

    @Test func `the system gives a closed port to nobody else`() async throws {
        try await withTwoPorts { server, addresses in
            await server.closeListeners()

            for address in addresses {
                var name = sockaddr_in()
                name.sin_family = sa_family_t(AF_INET)
                name.sin_port = address.port.bigEndian
                name.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
                let stranger = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(stranger) }
                let status = unsafe withUnsafePointer(to: &name) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe bind(stranger, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                #expect(status == -1)
                #expect(errno == EADDRINUSE)
            }
        }
    }

    @Test func `a port that was taken meanwhile is an error, and none is open then`() async throws {
        try await withTwoPorts { server, addresses in
            await server.closeListeners()
            let other = Server(on: server.loop) { _ in .text("other") }
            try await other.listen(port: addresses[1].port)

            let error = await #expect(throws: SocketServerError.self) { try await server.reopenListeners() }

            #expect(error?.code == .addressInUse)
            await #expect(throws: RawSocket.Failure.self) { _ = try await RawSocket(addresses[0]) }
            await other.stop()
            try await server.reopenListeners()
            let response = try await RawSocket.get("http://\(addresses[0])/")
            #expect(response.text == "x")
        }
    }

    @Test(arguments: [(true, RawSocket.End.reset), (false, .finished)])
    func `dropped connections end at once, whatever they are at`(resets: Bool, expected: RawSocket.End) async throws {
        try await withTwoPorts { server, addresses in
            let idle = try await RawSocket(addresses[0])
            _ = try await idle.exchange("GET / HTTP/1.1\r\n\r\n")
            let busy = try await RawSocket(addresses[1])
            try await busy.send("GET /sleep HTTP/1.1\r\n\r\n")
            for _ in 0..<1000 where await server.connectionCount() < 2 { await Task.yield() }
            // The request has been read when another one, sent later, has been answered.
            _ = try await RawSocket.get("http://\(addresses[1])/")

            await server.dropConnections(resets: resets)

            #expect(await server.connectionCount() == 0)
            #expect(try await idle.read().end == expected)
            #expect(try await busy.read().end == expected)
            let response = try await RawSocket.get("http://\(addresses[0])/")
            #expect(response.text == "x")
        }
    }

    @Test func `who connects while nothing is accepted is served afterwards`() async throws {
        try await withTwoPorts { server, addresses in
            await server.pauseAccepting()
            let early = try await RawSocket(addresses[0])
            try await early.send("GET / HTTP/1.1\r\n\r\n")
            await server.closeListeners()
            await #expect(throws: RawSocket.Failure.self) { _ = try await RawSocket(addresses[0]) }
            #expect(try await early.read().end == .reset)  // As of a process that dies: what it has not accepted is lost.
            try await server.reopenListeners()
            let waiting = try await RawSocket(addresses[1])
            try await waiting.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            let before = await server.connectionCount()

            await server.resumeAccepting()

            #expect(before == 0)
            #expect(String(decoding: try await waiting.read().bytes, as: UTF8.self).hasSuffix("x"))
        }
    }

    @Test func `a server without connections has nothing to drop`() async throws {
        try await withTwoPorts { server, _ in
            await server.dropConnections(resets: true)
        }
    }
}
