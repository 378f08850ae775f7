import SocketServer
import Testing
import UnderstudyTestKit

/// A server whose connections are carried by other loops.
@Suite(.timeLimit(.minutes(1))) struct OutpostTests {
    /// Runs a server whose handler lives on one loop and whose connections on two others.
    private func withOutposts<Result>(
        configuration: ServerConfiguration = .init(), handler: @escaping ExchangeHandler,
        _ body: (SocketAddress) async throws -> Result
    ) async throws -> Result {
        let loops = try (0..<3).map { try EventLoop(name: "loop \($0)") }
        let server = Server(on: loops[0], carriedBy: Array(loops[1...]), configuration: configuration, handler: handler)
        let address = try await server.listen()
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(address)) } catch { result = .failure(error) }
        await server.stop()
        for loop in loops { await loop.stop() }
        return try result.get()
    }

    @Test func `handlers run on the server's loop, and each connection has its answers in order`() async throws {
        try await withOutposts { exchange in
            guard exchange.loop.isCurrent else { return .text("elsewhere", status: 500) }
            return .text("\(exchange.request.path) \(String(decoding: await exchange.wholeBody() ?? [], as: UTF8.self))")
        } _: { address in
            try await withThrowingTaskGroup { group in
                for client in 0..<8 {
                    group.addTask {
                        let socket = try await RawSocket(address)
                        try await socket.send(
                            (0..<20).map {
                                "POST /\(client)/\($0) HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n\(10 + $0)"
                            }.joined())
                        let text = try await socket.read(until: "/\(client)/19 29")
                        let places = (0..<20).compactMap { text.firstRange(of: "/\(client)/\($0) \(10 + $0)")?.lowerBound }
                        #expect(places.count == 20)
                        #expect(places == places.sorted())
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a large body comes whole, and one beyond the limit is refused as ever`() async throws {
        var configuration = ServerConfiguration()
        configuration.limits.bodyBytes = 3_000_000
        try await withOutposts(configuration: configuration) { exchange in
            do {
                return .text("\(try await exchange.body().count)")
            } catch {
                return .text("\(error)", status: 413)
            }
        } _: { address in
            let large = try await RawSocket.request(
                "POST", "http://\(address)/", body: String(repeating: "x", count: 2_500_000))
            #expect(String(decoding: large.body, as: UTF8.self) == "2500000")

            let socket = try await RawSocket(address)
            try await socket.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n")
            #expect(try await socket.read(until: "tooLarge").hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test func `a stream waits for a client that does not read, and goes on`() async throws {
        let written = Shared(0)
        try await withOutposts { _ in
            .stream { writer in
                for _ in 0..<400 {
                    try await writer.write([UInt8](repeating: 7, count: 64 * 1024))
                    written.change { $0 += 64 * 1024 }
                }
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            // What the systems' buffers hold, and ours, but not all of it.
            let stalled = try await settled(written) {
                let other = try await RawSocket(address)
                try await other.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                _ = try await other.read()
            }
            #expect(stalled < 400 * 64 * 1024)

            let (bytes, end) = try await socket.read()
            #expect(end == .finished)
            #expect(bytes.count > 400 * 64 * 1024)
            #expect(written.value == 400 * 64 * 1024)
        }
    }

    @Test(arguments: [false, true])
    func `a client that asks again and again and does not read has to wait`(spelled: Bool) async throws {
        let answered = Shared(0)
        let body = [UInt8](repeating: 7, count: 64 * 1024)
        try await withOutposts { exchange in
            if exchange.request.method == "GET" { answered.change { $0 += 1 } }
            return spelled ? Reply(body: .spelled { (["content-length": "65536"], body) }) : .bytes(body)
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 1000))
            // Many others have been answered meanwhile, and this one has not had one answer more.
            let stalled = try await settled(answered) {
                for _ in 0..<50 {
                    let other = try await RawSocket(address)
                    try await other.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    _ = try await other.read()
                }
            }
            #expect(stalled < 900)
        }
    }

    @Test func `a client that leaves ends its handler`() async throws {
        let begun = Signal<Bool>()
        let left = Signal<Bool>()
        try await withOutposts { exchange in
            await begun.send(true)
            await exchange.untilCancelled()
            await left.send(exchange.isDisconnected)
            return .text("nobody hears this")
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = await begun.wait()
            socket.reset()
            #expect(await left.wait())
        }
    }

    @Test func `a server that stops ends what runs`() async throws {
        let begun = Signal<Bool>()
        try await withOutposts { exchange in
            await begun.send(true)
            await exchange.untilCancelled()
            return .text("ended")
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = await begun.wait()
        }
    }

    @Test func `an answer is torn, or comes in pieces, where the client hangs`() async throws {
        try await withOutposts { exchange in
            if exchange.request.path == "/torn" { return Reply(body: .abort) }
            exchange.impose(.slice(bytes: 10, gap: { .milliseconds(1) }))
            return .text(String(repeating: "y", count: 200))
        } _: { address in
            let torn = try await RawSocket(address)
            try await torn.send("GET /torn HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await torn.read().end == .reset)

            let sliced = try await RawSocket.get("http://\(address)/")
            #expect(sliced.body.count == 200)
        }
    }
}
