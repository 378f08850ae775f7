import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct ConnectionWatchTests {
    private static let request = "GET / HTTP/1.1\r\n\r\n"

    private func withWatched(
        _ watch: Watch, limits: ServerLimits = .init(), handler: @escaping ExchangeHandler = { _ in .text("x") },
        _ body: (SocketAddress) async throws -> Void
    ) async throws {
        try await withServer(
            configuration: ServerConfiguration(limits: limits, watch: watch), handler: handler, body)
    }

    @Test func `a client that goes by FIN is told with the bytes of both sides`() async throws {
        let watch = Watch()
        try await withWatched(watch) { address in
            let socket = try await RawSocket(address)
            try await socket.send(Self.request)
            let answer = try await socket.read { RawResponse($0)?.isComplete == true }.bytes
            try await socket.finish()

            let end = await watch.ended.wait()

            #expect(
                end == ConnectionEnd(by: .client, how: .fin, received: Self.request.utf8.count, sent: answer.count))
            #expect(watch.notes.value == ["accepted 1 127.0.0.1 \(address)", "closed 1"])
        }
    }

    @Test func `a client that goes by RST is told`() async throws {
        let watch = Watch()
        try await withWatched(watch) { address in
            let socket = try await RawSocket(address)
            _ = try await socket.exchange(Self.request)
            socket.reset()

            let end = await watch.ended.wait()

            #expect(end.by == .client)
            #expect(end.how == .reset)
        }
    }

    @Test(arguments: [
        (ReplyBody.abort, ConnectionEnd.Manner.reset), (.close, .fin), (.bytes([]), .fin),
    ])
    func `a server that ends it is told`(body: ReplyBody, how: ConnectionEnd.Manner) async throws {
        let watch = Watch()
        try await withWatched(watch, handler: { _ in Reply(body: body, closes: true) }) { address in
            let socket = try await RawSocket(address)
            try await socket.send(Self.request)
            _ = try await socket.read()
            try await socket.finish()

            let end = await watch.ended.wait()

            #expect(end.by == .server)
            #expect(end.how == how)
        }
    }

    @Test func `silence that was too long is told as a timeout`() async throws {
        let watch = Watch()
        try await withWatched(watch, limits: ServerLimits(idleTimeout: .milliseconds(20))) { address in
            let socket = try await RawSocket(address)
            _ = try await socket.read()

            #expect(await watch.ended.wait() == ConnectionEnd(by: .server, how: .timeout, received: 0, sent: 0))
        }
    }

    @Test func `a request that cannot be read is told with its answer`() async throws {
        let watch = Watch()
        try await withWatched(watch) { address in
            let socket = try await RawSocket(address)
            let response = try await socket.exchange("rubbish\u{7}\r\n\r\n")

            #expect(response.status == 400)
            #expect(watch.notes.value.contains("refused 1 badRequestLine 400"))
        }
    }

    @Test func `a connection beyond the limit is told, and its end`() async throws {
        let watch = Watch()
        try await withWatched(watch, limits: ServerLimits(connections: 1)) { address in
            let first = try await RawSocket(address)
            _ = try await first.exchange(Self.request)
            let second = try await RawSocket(address)
            _ = try await second.read()

            #expect(watch.notes.value.suffix(2) == ["accepted 2 127.0.0.1 \(address)", "closed 2"])
        }
    }

    @Test func `what is agreed on by TLS is told, and who ended it`() async throws {
        let watch = Watch()
        try await withSecureServer(configuration: ServerConfiguration(watch: watch)) { address, certificate in
            let client = try await TLSClient(address, trusting: certificate, offering: ["http/1.1"])
            _ = try await client.exchange(Self.request)
            #expect(watch.notes.value.last == "secured 1 TLSv1.3 http/1.1")

            try await client.finish()

            let end = await watch.ended.wait()
            #expect(end.by == .client)
            #expect(end.how == .fin)
            #expect(end.received > Self.request.utf8.count)
        }
    }

    @Test func `every connection has been told as closed when the server has stopped`() async throws {
        let watch = Watch()
        try await withWatched(watch) { address in
            for _ in 0..<5 { _ = try await RawSocket.get("http://\(address)/") }
            let open = try await RawSocket(address)
            _ = try await open.exchange(Self.request)
        }

        let notes = watch.notes.value
        #expect(notes.filter { $0.hasPrefix("accepted") }.count == 6)
        #expect(notes.filter { $0.hasPrefix("closed") }.count == 6)
    }

    // MARK: Admission

    @Test(arguments: [(Admission.Ending.reset, RawSocket.End.reset), (.close, .finished), (.hang, .timeout)])
    func `a connection ends before it begins`(ending: Admission.Ending, expected: RawSocket.End) async throws {
        let watch = Watch(Admission(ending: ending))
        try await withWatched(watch) { address in
            let socket = try await RawSocket(address)
            // Sending into a torn connection would take the news of it.
            if ending != .reset { try await socket.send(Self.request) }

            // Silence can only be waited for.
            let timeout: Duration = ending == .hang ? .milliseconds(100) : .seconds(5)
            let (bytes, end) = try await socket.read(timeout: timeout)

            #expect(bytes.isEmpty)
            #expect(end == expected)
            try? await socket.finish()
            let told = await watch.ended.wait()
            #expect(told.by == (ending == .hang ? .client : .server))
            #expect(told.sent == 0)
        }
    }

    @Test(arguments: [(Admission.Ending.reset, RawSocket.End.reset), (.close, .finished), (.hang, .timeout)])
    func `over TLS a connection ends before the handshake`(
        ending: Admission.Ending, expected: RawSocket.End
    ) async throws {
        let watch = Watch(Admission(ending: ending))
        try await withSecureServer(configuration: ServerConfiguration(watch: watch)) { address, _ in
            let socket = try await RawSocket(address)
            // The beginning of a handshake. Sending into a torn connection would take the news of it.
            if ending != .reset { try await socket.send([0x16, 3, 1, 2, 0]) }

            // Silence can only be waited for.
            let timeout: Duration = ending == .hang ? .milliseconds(100) : .seconds(5)
            let (bytes, end) = try await socket.read(timeout: timeout)

            #expect(bytes.isEmpty)
            #expect(end == expected)
        }
    }

    @Test func `a delay comes before anything is read`() async throws {
        let watch = Watch(Admission(delay: .milliseconds(60)))
        try await withWatched(watch) { address in
            let start = ContinuousClock.now
            let response = try await RawSocket.get("http://\(address)/")

            #expect(response.text == "x")
            #expect(start.duration(to: .now) >= .milliseconds(60))
        }
    }

    @Test func `over TLS a delay comes before the handshake`() async throws {
        let watch = Watch(Admission(delay: .milliseconds(60)))
        try await withSecureServer(configuration: ServerConfiguration(watch: watch)) { address, certificate in
            let start = ContinuousClock.now
            let client = try await TLSClient(address, trusting: certificate, offering: ["http/1.1"])

            #expect(start.duration(to: .now) >= .milliseconds(60))
            #expect(try await client.exchange("GET /later HTTP/1.1\r\n\r\n").text == "/later")
        }
    }

    @Test func `a delay and then an end`() async throws {
        let watch = Watch(Admission(ending: .reset, delay: .milliseconds(60)))
        try await withWatched(watch) { address in
            let start = ContinuousClock.now
            let socket = try await RawSocket(address)

            #expect(try await socket.read().end == .reset)
            #expect(start.duration(to: .now) >= .milliseconds(60))
        }
    }

    @Test(arguments: [[ApplicationProtocol.http1], [.http1, .http2]])
    func `faults hold from the first byte on`(protocols: [ApplicationProtocol]) async throws {
        let watch = Watch(Admission(faults: [.cut(afterBytes: 10, .fin)]))
        let loop = try EventLoop(name: "test")
        let server = Server(on: loop, configuration: ServerConfiguration(watch: watch)) { _ in .text("x") }
        let address = try await server.listen(protocols: protocols)
        let socket = try await RawSocket(address)
        try await socket.send(Self.request)

        let (bytes, end) = try await socket.read()

        #expect(bytes == Array("HTTP/1.1 2".utf8))
        #expect(end == .finished)
        await server.stop()
        await loop.stop()
    }

    @Test func `over TLS faults hold above the handshake`() async throws {
        let watch = Watch(Admission(faults: [.cut(afterBytes: 10, .reset)]))
        try await withSecureServer(configuration: ServerConfiguration(watch: watch)) { address, certificate in
            let client = try await TLSClient(address, trusting: certificate, offering: ["http/1.1"])
            try await client.send(Self.request)

            let (bytes, end) = try await client.read()

            #expect(bytes == Array("HTTP/1.1 2".utf8))
            #expect(end == .socket(.reset))
        }
    }
}
