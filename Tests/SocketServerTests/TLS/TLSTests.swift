import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct TLSTests {
    @Test func `a request over TLS is answered and known as secure`() async throws {
        try await withSecureServer { exchange in
            .text("\(exchange.request.isSecure) \(exchange.request.version)")
        } _: { address, certificate in
            let client = try await TLSClient(address, trusting: certificate)

            #expect(try await client.exchange("GET / HTTP/1.1\r\n\r\n").text == "true http11")
            #expect(try await client.exchange("GET / HTTP/1.1\r\n\r\n").text == "true http11")
        }
    }

    @Test(arguments: [
        ([ApplicationProtocol.http1], ["h2", "http/1.1"], "http/1.1"), ([.http2, .http1], ["http/1.1", "h2"], "h2"),
        ([.http1, .http2], ["h2", "http/1.1"], "http/1.1"), ([.http2, .http1], [], ""),
    ])
    func `the server's order decides what is spoken`(
        protocols: [ApplicationProtocol], offered: [String], chosen: String
    ) async throws {
        try await withSecureServer(protocols: protocols) { address, certificate in
            let client = try await TLSClient(address, trusting: certificate, offering: offered)

            #expect(client.applicationProtocol == chosen)
        }
    }

    @Test func `nothing in common ends the handshake with its alert`() async throws {
        try await withSecureServer(protocols: [.http1]) { address, certificate in
            let failure = await #expect(throws: TLSClient.Failure.self) {
                _ = try await TLSClient(address, trusting: certificate, offering: ["spdy/3"])
            }

            #expect(failure?.description.contains("no application protocol") == true)
        }
    }

    @Test func `a body of many records arrives and returns`() async throws {
        let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await withSecureServer { exchange in
            guard let body = await exchange.wholeBody() else { return .text("", status: 400) }
            return .bytes(body)
        } _: { address, certificate in
            let client = try await TLSClient(address, trusting: certificate)
            try await client.send("POST / HTTP/1.1\r\nContent-Length: \(body.count)\r\n\r\n")
            try await client.send(body)

            let (bytes, _) = try await client.read { $0.count > body.count && RawResponse($0)?.isComplete == true }

            #expect(RawResponse(bytes)?.body.elementsEqual(body) == true)
        }
    }

    @Test func `a handler that does not read makes the client wait, and loses nothing`() async throws {
        let goOn = Signal<Bool>()
        let sent = Shared(0)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        try await withSecureServer { exchange in
            guard exchange.request.method == "POST" else { return .text("aside") }
            _ = await goOn.wait()
            return .text("\(await exchange.wholeBody()?.count ?? -1)")
        } _: { address, certificate in
            let client = try await TLSClient(address, trusting: certificate)
            try await client.send("POST / HTTP/1.1\r\nContent-Length: \(100 * piece.count)\r\n\r\n")
            async let answer = {
                for _ in 0..<100 {
                    try await client.send(piece)
                    sent.change { $0 += 1 }
                }
                return try await client.exchange("")
            }()
            let before = try await settled(sent) {
                _ = try await TLSClient(address, trusting: certificate).exchange("GET / HTTP/1.1\r\n\r\n")
            }
            #expect(before < 100)
            await goOn.send(true)

            #expect(try await answer.text == "\(100 * piece.count)")
        }
    }

    @Test func `a slow client gets a long stream whole`() async throws {
        let written = Shared(0)
        try await withSecureServer { exchange in
            guard exchange.request.path == "/" else { return .text("aside") }
            return .stream { writer in
                for _ in 0..<60 {
                    try await writer.write([UInt8](repeating: 7, count: 50_000))
                    written.change { $0 += 1 }
                }
            }
        } _: { address, certificate in
            let client = try await TLSClient(address, trusting: certificate)
            try await client.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            // Behind on purpose.
            _ = try await settled(written) {
                _ = try await TLSClient(address, trusting: certificate).exchange("GET /aside HTTP/1.1\r\n\r\n")
            }

            let (bytes, end) = try await client.read()

            #expect(RawResponse(bytes)?.body.count == 3_000_000)
            #expect(end == .closeNotify)
        }
    }

    @Test func `the end is told by close_notify before FIN`() async throws {
        try await withSecureServer { address, certificate in
            let client = try await TLSClient(address, trusting: certificate)
            try await client.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")

            #expect(try await client.read().end == .closeNotify)
            #expect(try await client.socket.read().end == .finished)
        }
    }

    @Test func `the client's close_notify ends the handler`() async throws {
        let ended = Signal<Bool>()
        let begun = Signal<Bool>()
        try await withSecureServer { exchange in
            await begun.send(true)
            await exchange.untilCancelled()
            await ended.send(Task.isCancelled)
            return .text("")
        } _: { address, certificate in
            let client = try await TLSClient(address, trusting: certificate)
            try await client.send("GET / HTTP/1.1\r\n\r\n")
            _ = await begun.wait()

            try await client.finish()

            #expect(await ended.wait())
        }
    }

    @Test func `new keys are made on request in the middle of a conversation`() async throws {
        try await withSecureServer { address, certificate in
            let client = try await TLSClient(address, trusting: certificate)
            for index in 0..<20 {
                try await client.askForNewKeys()
                #expect(try await client.exchange("GET /\(index) HTTP/1.1\r\n\r\n").text == "/\(index)")
            }
        }
    }

    @Test func `a WebSocket works over TLS`() async throws {
        try await withSecureServer { _ in
            Reply(
                body: .webSocket(WebSocketOptions()) { socket in
                    while let message = await socket.receive() {
                        if case .text(let text) = message { try await socket.send(text) }
                    }
                })
        } _: { address, certificate in
            let client = try await TLSClient(address, trusting: certificate, offering: ["http/1.1"])
            #expect(try await client.exchange(WebSocketTests.handshake).status == 101)

            try await client.send([0x81, 0x82, 0, 0, 0, 0] + Array("hi".utf8))

            #expect(try await client.read { $0.count >= 4 }.bytes == [0x81, 2] + Array("hi".utf8))
        }
    }

    @Test func `plain HTTP on a port of TLS is closed cleanly`() async throws {
        try await withSecureServer { address, certificate in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")

            let (bytes, end) = try await socket.read()

            #expect(end == .finished)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("HTTP"))
            let client = try await TLSClient(address, trusting: certificate)
            #expect(try await client.exchange("GET /next HTTP/1.1\r\n\r\n").text == "/next")
        }
    }

    @Test func `garbage in every phase ends only its own connection`() async throws {
        try await withSecureServer { address, certificate in
            var random = SystemRandomNumberGenerator()
            for index in 0..<200 {
                let garbage = (0..<Int.random(in: 1...3000)).map { _ in UInt8.random(in: 0...255, using: &random) }
                let socket = try await RawSocket(address)
                // The head of a record makes it look like TLS for longer.
                try await socket.send((index.isMultiple(of: 2) ? [0x16, 3, 1, 2, 0] : []) + garbage)
                if index % 3 == 0 { try await socket.finish() }
            }
            let broken = try await TLSClient(address, trusting: certificate)
            try await broken.socket.send([0x17, 3, 3, 0, 40] + [UInt8](repeating: 1, count: 40))
            #expect(try await broken.socket.read().end == .finished)

            let client = try await TLSClient(address, trusting: certificate)
            #expect(try await client.exchange("GET /after HTTP/1.1\r\n\r\n").text == "/after")
        }
    }

    @Test func `a client that never shakes hands is dropped`() async throws {
        var configuration = ServerConfiguration()
        configuration.limits.handshakeTimeout = .milliseconds(50)
        try await withSecureServer(configuration: configuration) { address, _ in
            let socket = try await RawSocket(address)
            try await socket.send([0x16, 3, 1])

            #expect(try await socket.read().end == .finished)
        }
    }

    @Test func `stopping closes connections in the middle of a handshake`() async throws {
        let loop = try EventLoop(name: "test")
        let server = Server(on: loop) { _ in .text("") }
        let certificate = try TestCertificate()
        let address = try await server.listen(tls: certificate.identity)
        let socket = try await RawSocket(address)
        try await socket.send([0x16, 3, 1])
        for _ in 0..<500 where await server.connectionCount() == 0 { await Task.yield() }

        await server.stop(grace: .seconds(30))

        #expect(await server.connectionCount() == 0)
        #expect(try await socket.read().end == .finished)
        await loop.stop()
    }
}
