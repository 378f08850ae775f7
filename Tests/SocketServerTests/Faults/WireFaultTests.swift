import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct WireFaultTests {
    static let request = "GET / HTTP/1.1\r\n\r\n"
    static let body = (0..<200).map { UInt8(truncatingIfNeeded: $0) }

    /// All that the answer of `reply` to a bare request would be.
    private func whole(_ reply: Reply) async throws -> [UInt8] {
        try await withServer { _ in
            reply
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            return try await socket.read().bytes
        }
    }

    /// What a client sees of an answer on a connection with faults.
    private func seen(
        _ reply: Reply, under faults: [WireFault], reading timeout: Duration = .seconds(5)
    ) async throws -> (bytes: [UInt8], end: RawSocket.End, took: Duration) {
        try await withServer { exchange in
            for fault in faults { exchange.impose(fault) }
            return reply
        } _: { address in
            let socket = try await RawSocket(address)
            let start = ContinuousClock.now
            try await socket.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            let (bytes, end) = try await socket.read(timeout: timeout)
            return (bytes, end, start.duration(to: .now))
        }
    }

    // MARK: Cut

    @Test(arguments: [0, 1, 17, 60, 150])
    func `a cut lets out exactly so many bytes and then resets`(count: Int) async throws {
        let all = try await whole(.bytes(Self.body))

        let (bytes, end, _) = try await seen(.bytes(Self.body), under: [.cut(afterBytes: count, .reset)])

        #expect(bytes == Array(all.prefix(count)))
        #expect(end == .reset)
    }

    @Test(arguments: [
        (WireEnding.fin, RawSocket.End.finished), (.halfClose, .finished), (.hang, .timeout),
    ])
    func `a cut ends as it is told`(ending: WireEnding, expected: RawSocket.End) async throws {
        // Silence can only be waited for.
        let timeout: Duration = ending == .hang ? .milliseconds(100) : .seconds(5)

        let (bytes, end, _) = try await seen(
            .bytes(Self.body), under: [.cut(afterBytes: 20, ending)], reading: timeout)

        #expect(bytes.count == 20)
        #expect(end == expected)
    }

    @Test func `a cut far behind what a client reads is as exact`() async throws {
        let count = 9_000_001
        try await withServer { exchange in
            exchange.impose(.cut(afterBytes: count, .reset))
            return .stream { writer in
                for _ in 0..<400 { try await writer.write([UInt8](repeating: 7, count: 50_000)) }
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(Self.request)
            // Behind on purpose, so that the reset has something to take away.
            try await Task.sleep(for: .milliseconds(100))

            let (bytes, end) = try await socket.read()

            #expect(bytes.count == count)
            #expect(end == .reset)
        }
    }

    @Test func `a cut in the middle of a stream counts from there, chunk framing included`() async throws {
        try await withServer { exchange in
            .stream { writer in
                try await writer.write("before")
                exchange.impose(.cut(afterBytes: 5, .fin))
                try await writer.write("after")
                try await writer.write("never")
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(Self.request)

            let (bytes, end) = try await socket.read()

            #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\r\n\r\n6\r\nbefore\r\n5\r\naf"))
            #expect(end == .finished)
        }
    }

    @Test func `a half closed connection still hears its client`() async throws {
        let heard = Signal<String>()
        try await withServer { exchange in
            if exchange.request.path == "/second" {
                await heard.send(exchange.request.path)
            } else {
                exchange.impose(.cut(afterBytes: 3, .halfClose))
            }
            return .text("x")
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(Self.request)
            #expect(try await socket.read().bytes == Array("HTT".utf8))

            try await socket.send("GET /second HTTP/1.1\r\n\r\n")

            #expect(await heard.wait() == "/second")
        }
    }

    @Test func `a handler goes on into a connection that hangs, and the client's leaving ends it`() async throws {
        let written = Signal<Bool>()
        let ended = Signal<Bool>()
        try await withServer { exchange in
            exchange.impose(.cut(afterBytes: 0, .hang))
            return .stream { writer in
                for _ in 0..<100 { try await writer.write([UInt8](repeating: 1, count: 64 * 1024)) }
                await written.send(true)
                try? await exchange.loop.clock.sleep(for: .seconds(60))
                await ended.send(Task.isCancelled)
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(Self.request)
            #expect(await written.wait())

            socket.reset()

            #expect(await ended.wait())
        }
    }

    @Test func `over TLS a cut counts what TLS carries`() async throws {
        for (ending, expected) in [
            (WireEnding.reset, TLSClient.End.socket(.reset)), (.fin, .closeNotify), (.halfClose, .closeNotify),
        ] {
            try await withSecureServer(protocols: [.http1]) { exchange in
                exchange.impose(.cut(afterBytes: 33, ending))
                return .bytes(Self.body)
            } _: { address, certificate in
                let client = try await TLSClient(address, trusting: certificate)
                try await client.send(Self.request)

                let (bytes, end) = try await client.read()

                #expect(bytes.count == 33)
                #expect(end == expected)
            }
        }
    }

    /// A link that counts what comes.
    private final class CountingLink: ByteLink {
        let socket: RawSocket
        var received = 0
        init(_ socket: RawSocket) { self.socket = socket }

        func send(_ bytes: [UInt8]) async throws { try await socket.send(bytes) }

        func receive() async throws -> [UInt8] {
            let bytes = try await socket.receive()
            received += bytes.count
            return bytes
        }
    }

    private final class Cutting: ConnectionWatch {
        func accepted(_ connection: UInt64, from peer: SocketAddress, at local: SocketAddress) -> Admission {
            Admission(faults: [.cut(afterBytes: 12, .fin)])
        }
    }

    @Test func `in HTTP 2 a cut of a connection is one of all its streams`() async throws {
        var configuration = ServerConfiguration()
        configuration.watch = Cutting()
        try await withHTTP2Server(configuration: configuration) { _ in
            .bytes(Self.body)
        } _: { _, address in
            let link = CountingLink(try await RawSocket(address))
            let client = try HTTP2Client(link)

            client.submit("GET", "/")
            client.submit("GET", "/")
            try await client.run { false }

            #expect(link.received == 12)
            #expect(client.hasEnded)
        }
    }

    // MARK: Pace

    @Test func `a throttle takes its time and loses nothing`() async throws {
        let all = try await whole(.bytes(Self.body))

        let (bytes, end, took) = try await seen(.bytes(Self.body), under: [.throttle(bytesPerSecond: 2000)])

        #expect(bytes.count == all.count)
        #expect(bytes.suffix(200).elementsEqual(Self.body))
        #expect(end == .finished)
        // The last 10 ms are not waited for.
        #expect(took >= .seconds(Double(all.count) / 2000) - .milliseconds(10))
    }

    @Test func `a writer waits for a throttle`() async throws {
        let written = Shared(0)
        try await withServer { exchange in
            exchange.impose(.throttle(bytesPerSecond: 1000))
            return .stream { writer in
                for _ in 0..<1000 {
                    try await writer.write([UInt8](repeating: 1, count: 16 * 1024))
                    written.change { $0 += 1 }
                }
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(Self.request)

            // Standing still is what brings nothing new for a while.
            var last = -1
            while last != written.value || last == 0 {
                last = written.value
                try await Task.sleep(for: .milliseconds(50))
            }

            #expect(last < 100)
        }
    }

    @Test func `slices arrive one by one`() async throws {
        try await withServer { exchange in
            exchange.impose(.slice(bytes: 7) { .milliseconds(40) })
            return .text("x")
        } _: { address in
            let socket = try await RawSocket(address)
            let start = ContinuousClock.now
            try await socket.send(Self.request)

            let answer = try await socket.read { RawResponse($0)?.text == "x" }.bytes

            // A reader that is late finds several slices at once; the last one is never there before its time.
            #expect(answer.count == 39)
            #expect(start.duration(to: .now) >= .milliseconds(5 * 40))
        }
    }

    @Test func `latency comes before the first byte, and keeps the order`() async throws {
        try await withServer { exchange in
            exchange.impose(.latency { .milliseconds(60) })
            return .stream { writer in for index in 0..<5 { try await writer.write("\(index)") } }
        } _: { address in
            let socket = try await RawSocket(address)
            let start = ContinuousClock.now
            try await socket.send(Self.request)

            var bytes = try await socket.read { !$0.isEmpty }.bytes
            let took = start.duration(to: .now)
            let end = Array("\r\n0\r\n\r\n".utf8)
            if !bytes.contains(subsequence: end) {
                bytes += try await socket.read { $0.contains(subsequence: end) }.bytes
            }

            #expect(took >= .milliseconds(60))
            #expect(RawResponse(bytes)?.text == "01234")
        }
    }

    @Test func `faults that are lifted hold for what was written before, not for what comes after`() async throws {
        try await withServer { exchange in
            if exchange.request.path == "/slow" {
                exchange.impose(.latency { .milliseconds(50) })
                exchange.impose(.cut(afterBytes: 1000, .reset))
            } else {
                exchange.liftFaults()
            }
            return .bytes([UInt8](repeating: 1, count: 500))
        } _: { address in
            let socket = try await RawSocket(address)
            #expect(try await socket.exchange("GET /slow HTTP/1.1\r\n\r\n").body.count == 500)

            // Together more than the cut would have let out.
            for _ in 0..<3 {
                #expect(try await socket.exchange("GET / HTTP/1.1\r\n\r\n").body.count == 500)
            }
        }
    }

    // MARK: Closing and reading

    @Test func `a close comes later by its delay`() async throws {
        let (bytes, end, took) = try await seen(.text("x"), under: [.closeDelay(.milliseconds(80))])

        #expect(RawResponse(bytes)?.text == "x")
        #expect(end == .finished)
        #expect(took >= .milliseconds(80))
    }

    @Test func `a server that has stopped reading makes the client wait, and sees it leave`() async throws {
        let (began, ended) = (Signal<Bool>(), Signal<Bool>())
        try await withServer { exchange in
            exchange.impose(.stopReading)
            await began.send(true)
            let body = try? await exchange.body()
            await ended.send(body == nil)
            return .text("")
        } _: { address in
            let socket = try await RawSocket(address)
            let done = Shared(false)
            let flood = Task {
                try await socket.send("POST / HTTP/1.1\r\nContent-Length: 67108864\r\n\r\n")
                try await socket.send([UInt8](repeating: 0, count: 64 * 1024 * 1024))
                done.change { $0 = true }
            }
            #expect(await began.wait())
            // Standing still can only be waited for.
            try await Task.sleep(for: .milliseconds(200))

            #expect(!done.value)
            socket.reset()
            _ = try? await flood.value  // It fails: the connection is gone.
            #expect(await ended.wait())
        }
    }

    // MARK: WebSocket

    @Test func `a WebSocket is cut in the middle of a frame`() async throws {
        try await withServer { _ in
            Reply(
                body: .webSocket(.init()) { socket in
                    try await socket.send("whole")
                    socket.impose(.cut(afterBytes: 4, .reset))
                    try await socket.send("broken")
                    while await socket.receive() != nil {}
                })
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(WebSocketTests.handshake)

            let (bytes, end) = try await socket.read()

            #expect(RawResponse(bytes)?.rest == [0x81, 5] + Array("whole".utf8) + [0x81, 6] + Array("br".utf8))
            #expect(end == .reset)
        }
    }

    @Test func `a server stops although a connection hangs and another is throttled`() async throws {
        let loop = try EventLoop(name: "test")
        let server = Server(on: loop) { exchange in
            if exchange.request.path == "/hang" {
                exchange.impose(.cut(afterBytes: 0, .hang))
            } else {
                exchange.impose(.throttle(bytesPerSecond: 1))
            }
            return .bytes(Self.body)
        }
        let address = try await server.listen()
        let hanging = try await RawSocket(address)
        let slow = try await RawSocket(address)
        try await hanging.send("GET /hang HTTP/1.1\r\n\r\n")
        try await slow.send("GET /slow HTTP/1.1\r\n\r\n")
        _ = try await slow.read { !$0.isEmpty }

        await server.stop(grace: .milliseconds(20))

        #expect(await server.connectionCount() == 0)
        await loop.stop()
    }
}
