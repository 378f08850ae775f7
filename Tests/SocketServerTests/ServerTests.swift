import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct ServerTests {
    private static let style = HeadStyle(
        leading: [.date("date"), .fixed("server", "test")], contentLengthName: "content-length")

    @Test func `an answer is written to the byte as told`() async throws {
        let configuration = ServerConfiguration(style: HeadStyle(trailing: [.fixed("Server", "x")]))
        try await withServer(configuration: configuration) { _ in
            Reply(status: 299, reason: "Fine", headers: ["b-B": "2", "A": "1"], body: .bytes(Array("hey".utf8)))
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\n\r\n")

            let text = try await socket.read(until: "hey")

            #expect(text == "HTTP/1.1 299 Fine\r\nb-B: 2\r\nA: 1\r\ncontent-length: 3\r\nServer: x\r\n\r\nhey")
        }
    }

    @Test func `pipelined requests are answered in order on one connection`() async throws {
        let goOn = Signal<Bool>()
        try await withServer { exchange in
            // The first answer is the slowest to be made.
            if exchange.request.path == "/1" { _ = await goOn.wait() }
            return .text(exchange.request.path)
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send((1...3).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
            _ = try await RawSocket(address).exchange("GET /aside HTTP/1.1\r\nHost: x\r\n\r\n")
            await goOn.send(true)

            let text = try await socket.read(until: "/3")

            let bodies = text.components(after: "\r\n\r\n")
            #expect(bodies == ["/1", "/2", "/3"])
        }
    }

    @Test func `a chunked body arrives whole, however it is cut`() async throws {
        try await withServer { exchange in
            guard let body = await exchange.wholeBody() else { return .text("", status: 400) }
            return .bytes(body)
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab")
            try await socket.send("c\r\n2\r")
            let response = try await socket.exchange("\nde\r\n0\r\n\r\n")

            #expect(response.text == "abcde")
        }
    }

    @Test func `a client that expects 100 Continue gets it when the body is wanted`() async throws {
        try await withServer { exchange in
            guard exchange.request.path == "/take", let body = await exchange.wholeBody() else {
                return .text("no", status: 417)
            }
            return .bytes(body)
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("POST /take HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(try await socket.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(try await socket.exchange("ok").text == "ok")

            let other = try await RawSocket(address)
            let refused = try await other.exchange(
                "POST /leave HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(refused.status == 417)
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nx: " + String(repeating: "a", count: 70_000) + "\r\n\r\n", 431),
        ("rubbish\u{7}\r\n\r\n", 400), ("GET / HTTP/2.5\r\n\r\n", 505),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
    ])
    func `what cannot be taken is answered, not just dropped`(request: String, status: Int) async throws {
        try await withServer { exchange in
            do {
                return .bytes(try await exchange.body(limit: 1000))
            } catch {
                return .text("", status: 413)
            }
        } _: { address in
            let socket = try await RawSocket(address)

            #expect(try await socket.exchange(request).status == status)
        }
    }

    @Test func `HEAD has the head of GET and no body`() async throws {
        try await withServer { _ in
            .text("four")
        } _: { address in
            let socket = try await RawSocket(address)
            let head = try await socket.exchange("HEAD / HTTP/1.1\r\n\r\n", isHead: true)
            let get = try await socket.exchange("GET / HTTP/1.1\r\n\r\n")

            #expect(head.headers == get.headers)
            #expect(head.rest.isEmpty)
        }
    }

    @Test func `HTTP 1_0 gets an answer that ends with the connection`() async throws {
        try await withServer { _ in
            .stream { writer in
                try await writer.write("a")
                try await writer.write("b")
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.0\r\n\r\n")

            let (bytes, end) = try await socket.read()

            #expect(end == .finished)
            #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\r\nConnection: close\r\n\r\nab"))
        }
    }

    @Test func `each piece of a stream is a chunk of its own`() async throws {
        try await withServer { _ in
            .stream { writer in for index in 0..<3 { try await writer.write("data: \(index)\n\n") } }
        } _: { address in
            let socket = try await RawSocket(address)
            let response = try await socket.exchange("GET / HTTP/1.1\r\n\r\n")

            #expect(
                response.chunks.map { String(decoding: $0, as: UTF8.self) } == [
                    "data: 0\n\n", "data: 1\n\n", "data: 2\n\n",
                ])
            #expect(response.isComplete)
        }
    }

    @Test func `a stream that fails has no last chunk`() async throws {
        struct Broken: Error {}
        try await withServer { _ in
            .stream { writer in
                try await writer.write("half")
                throw Broken()
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\n\r\n")

            let (bytes, end) = try await socket.read()

            #expect(end == .finished)
            #expect(RawResponse(bytes)?.isComplete == false)
        }
    }

    @Test func `a client that leaves ends the handler, even one that sleeps`() async throws {
        let ended = Signal<Bool>()
        let began = Signal<Bool>()
        try await withServer { exchange in
            await began.send(true)
            do {
                try await exchange.loop.clock.sleep(for: .seconds(3600))
                await ended.send(false)
            } catch {
                await ended.send(error is CancellationError)
            }
            return .text("")
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\n\r\n")
            _ = await began.wait()
            socket.reset()

            #expect(await ended.wait())
        }
    }

    @Test func `a writer waits for a client that does not read`() async throws {
        let written = Shared(0)
        try await withServer { exchange in
            guard exchange.request.path == "/" else { return .text("aside") }
            return .stream { writer in
                for _ in 0..<2048 {
                    try await writer.write([UInt8](repeating: 1, count: 16 * 1024))
                    written.change { $0 += 1 }
                }
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\n\r\n")
            let before = try await settled(written) {
                _ = try await RawSocket(address).exchange("GET /aside HTTP/1.1\r\n\r\n")
            }
            #expect(before < 2048)

            let (bytes, end) = try await socket.read { $0.suffix(5).elementsEqual("0\r\n\r\n".utf8) }

            #expect(end == .satisfied)
            #expect(RawResponse(bytes)?.body.count == 2048 * 16 * 1024)
        }
    }

    @Test func `an answer that closes the connection arrives whole however late it is read`() async throws {
        let configuration = ServerConfiguration(limits: ServerLimits(lingerTimeout: .milliseconds(20)))
        let size = 24 * 1024 * 1024
        try await withServer(configuration: configuration) { _ in
            .bytes([UInt8](repeating: 7, count: size))
        } _: {
            address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            // Ten times as long as the server lingers: by then it must have given up, if it counted from too early.
            _ = try await socket.read(timeout: .milliseconds(200)) { !$0.isEmpty }
            try await Task.sleep(for: .milliseconds(200))

            let (bytes, end) = try await socket.read()

            #expect(end == .finished)
            #expect(bytes.count > size - 1024 * 1024)
        }
    }

    @Test func `no 100 Continue follows an answer that did not want the body`() async throws {
        try await withServer { _ in
            .text("no", status: 404)
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")

            let (bytes, end) = try await socket.read()

            #expect(end == .finished)
            #expect(RawResponse(bytes)?.status == 404)
            #expect(RawResponse(bytes)?.rest.isEmpty == true)
        }
    }

    @Test func `the rest of a request that was too large is dropped, and its connection kept`() async throws {
        let configuration = ServerConfiguration(limits: ServerLimits(bodyBytes: 1000))
        try await withServer(configuration: configuration) { exchange in
            guard exchange.request.method == "POST" else { return .text("next") }
            do {
                return .text("\(try await exchange.body().count)")
            } catch {
                return .text("too large", status: 413)
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("POST / HTTP/1.1\r\nContent-Length: 100002\r\n\r\n")
            _ = try await socket.read(until: "too large")
            // More than is taken, but not all: it comes in a piece of its own, as clients send the end of a form.
            try await socket.send([UInt8](repeating: 1, count: 100_000))
            _ = try await RawSocket(address).exchange("GET / HTTP/1.1\r\n\r\n")

            try await socket.send("\r\nGET / HTTP/1.1\r\n\r\n")

            #expect(try await socket.read(until: "next").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `the rest of a request that was answered has its time, however it trickles in`() async throws {
        let configuration = ServerConfiguration(limits: ServerLimits(drainTimeout: .milliseconds(100)))
        try await withServer(configuration: configuration) { _ in .text("no", status: 404) } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n")
            #expect(try await socket.read(until: "no").hasPrefix("HTTP/1.1 404"))

            var end = RawSocket.End.timeout
            for _ in 0..<10_000 where end == .timeout {
                try await socket.send("1")
                end = try await socket.read(timeout: .milliseconds(2)).end
            }

            #expect(end == .finished || end == .reset)  // Which of them is a race with the last piece.
        }
    }

    @Test func `where the rest has no time of its own it may come slowly, but must go on coming`() async throws {
        let limits = ServerLimits(idleTimeout: .milliseconds(1500), drainTimeout: nil)
        try await withServer(configuration: ServerConfiguration(limits: limits)) { exchange in
            exchange.request.method == "POST" ? .text("no", status: 404) : .text("next")
        } _: { address in
            let (silent, slow) = (try await RawSocket(address), try await RawSocket(address))
            for socket in [silent, slow] {
                try await socket.send("POST / HTTP/1.1\r\nContent-Length: 40\r\n\r\n")
                #expect(try await socket.read(until: "no").hasPrefix("HTTP/1.1 404"))
            }
            // Each read is a wait: all of them are longer than the other's whole time.
            for _ in 0..<40 {
                try await slow.send("1")
                #expect(try await slow.read(timeout: .milliseconds(40)).end == .timeout)
            }
            try await slow.send("GET / HTTP/1.1\r\n\r\n")

            #expect(try await slow.read(until: "next").hasPrefix("HTTP/1.1 200"))
            #expect(try await silent.read().end == .finished)
        }
    }

    @Test func `a client that reads no answers gets no further ones made`() async throws {
        let made = Shared(0)
        try await withServer { exchange in
            guard exchange.request.path == "/" else { return .text("aside") }
            made.change { $0 += 1 }
            return .bytes([UInt8](repeating: 1, count: 4 * 1024 * 1024))
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(String(repeating: "GET / HTTP/1.1\r\n\r\n", count: 50))
            _ = try await socket.read { !$0.isEmpty }
            _ = try await settled(made) {
                _ = try await RawSocket(address).exchange("GET /aside HTTP/1.1\r\n\r\n")
            }

            #expect(made.value < 10)
        }
    }

    @Test func `an abort is a reset, a close is none`() async throws {
        try await withServer { exchange in
            Reply(body: exchange.request.path == "/abort" ? .abort : .close)
        } _: { address in
            for (path, expected) in [("/abort", RawSocket.End.reset), ("/close", .finished)] {
                let socket = try await RawSocket(address)
                try await socket.send("GET \(path) HTTP/1.1\r\n\r\n")
                #expect(try await socket.read().end == expected)
            }
        }
    }

    @Test func `an idle connection is closed after its time`() async throws {
        // Long enough for a test that has to wait for its thread between connecting and asking.
        let configuration = ServerConfiguration(limits: ServerLimits(idleTimeout: .milliseconds(500)))
        try await withServer(configuration: configuration) { _ in
            .text("x")
        } _: { address in
            let socket = try await RawSocket(address)
            #expect(try await socket.exchange("GET / HTTP/1.1\r\n\r\n").text == "x")

            #expect(try await socket.read().end == .finished)
        }
    }

    @Test func `a head that never ends is given up`() async throws {
        let configuration = ServerConfiguration(limits: ServerLimits(readTimeout: .milliseconds(50)))
        try await withServer(configuration: configuration) { _ in
            .text("x")
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\nHos")

            let (bytes, end) = try await socket.read()

            #expect(RawResponse(bytes)?.status == 408)
            #expect(end == .finished)
        }
    }

    @Test func `connections beyond the limit are turned away, and room is made again`() async throws {
        let configuration = ServerConfiguration(limits: ServerLimits(connections: 2))
        try await withServer(configuration: configuration) { _ in
            .text("x")
        } _: { address in
            let first = try await RawSocket(address)
            let second = try await RawSocket(address)
            #expect(try await first.exchange("GET / HTTP/1.1\r\n\r\n").status == 200)
            #expect(try await second.exchange("GET / HTTP/1.1\r\n\r\n").status == 200)

            let third = try await RawSocket(address)
            let end = try await third.read().end
            #expect(end == .finished || end == .reset)

            try await first.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            #expect(try await first.read().end == .finished)
            // The server lets go of the first when it has seen our end of it.
            try await first.finish()
            var status = 0
            for _ in 0..<100 where status != 200 {
                let again = try await RawSocket(address)
                try await again.send("GET / HTTP/1.1\r\n\r\n")
                status = RawResponse(try await again.read { RawResponse($0) != nil }.bytes)?.status ?? 0
            }
            #expect(status == 200)
        }
    }

    @Test func `stopping ends handlers, streams and sockets, and frees the port`() async throws {
        let loop = try EventLoop()
        let began = Signal<Bool>()
        let server = Server(on: loop) { exchange in
            if exchange.wantsWebSocket {
                return Reply(body: .webSocket(.init()) { socket in while await socket.receive() != nil {} })
            }
            await began.send(true)
            await exchange.untilCancelled()
            return .text("late")
        }
        let address = try await server.listen()
        let idle = try await RawSocket(address)
        let busy = try await RawSocket(address)
        let socket = try await RawSocket(address)
        try await busy.send("GET / HTTP/1.1\r\n\r\n")
        try await socket.send(WebSocketTests.handshake)
        _ = try await socket.read(until: "\r\n\r\n")
        _ = await began.wait()

        await server.stop(grace: .milliseconds(100))

        #expect(await server.connectionCount() == 0)
        for client in [idle, busy, socket] {
            let end = try await client.read().end
            #expect(end == .finished || end == .reset)
        }
        let again = Server(on: loop) { _ in .text("new") }
        try await again.listen(port: address.port)
        #expect(try await RawSocket.get("http://\(address)/").text == "new")
        await again.stop()
        await loop.stop()
    }

    @Test func `a port that is taken is an error that names it`() async throws {
        try await withServer { _ in
            .text("")
        } _: { address in
            let loop = try EventLoop()
            let server = Server(on: loop) { _ in .text("") }

            let error = await #expect(throws: SocketServerError.self) { try await server.listen(port: address.port) }

            #expect(error?.code == .addressInUse)
            #expect(error?.message == "\(address) is in use")
            await server.stop()
            await loop.stop()
        }
    }

    @Test func `only the loopback address is listened on`() async throws {
        try await withServer { _ in
            .text("")
        } _: { address in
            let lines = ListeningSockets.addresses(ofPort: address.port)

            #expect(lines == ["127.0.0.1"])
        }
    }

    @Test func `ten thousand malformed requests later it still serves`() async throws {
        try await withServer { exchange in
            if exchange.wantsWebSocket {
                return Reply(
                    body: .webSocket(.init(compression: true)) { socket in
                        while let message = await socket.receive() {
                            if case .text(let text) = message { try await socket.send(text) }
                        }
                    })
            }
            guard let body = await exchange.wholeBody() else { return .text("", status: 400) }
            return .bytes(body)
        } _: { address in
            let traffic = MalformedTraffic(seed: 3, paths: ["/", "/a"], webSocketPath: "/ws")

            let result = await traffic.send(count: 10_000, to: address)

            #expect(result.hanging == 0)
            #expect(result.answered > 5_000)
            let response = try await RawSocket.request("POST", "http://\(address)/", body: "fine")
            #expect(response.text == "fine")
        }
    }
}

extension String {
    /// The parts behind each `mark`, without what begins the next answer.
    fileprivate func components(after mark: String) -> [String] {
        var result: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: mark) {
            rest = rest[range.upperBound...]
            let end = rest.firstRange(of: "HTTP/1.1")?.lowerBound ?? rest.endIndex
            result.append(String(rest[..<end]))
        }
        return result
    }
}
