import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct HTTP2Tests {
    static let echo: ExchangeHandler = { exchange in
        guard let body = await exchange.wholeBody() else { return .text("", status: 400) }
        return .bytes(body)
    }

    static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) } }

    @Test func `over TLS, h2 is negotiated and spoken`() async throws {
        try await withSecureServer { exchange in
            .text("\(exchange.request.version) \(exchange.request.isSecure) \(exchange.request.path)")
        } _: { address, certificate in
            let link = try await TLSClient(address, trusting: certificate, offering: ["h2", "http/1.1"])
            let client = try HTTP2Client(link)

            #expect(try await client.exchange("GET", "/a%20b?c=d").text == "http2 true /a b")
        }
    }

    @Test func `where both are spoken without TLS, the first bytes tell`() async throws {
        try await withHTTP2Server(protocols: [.http1, .http2]) { exchange in
            .text("\(exchange.request.version) \(exchange.request.path)")
        } _: { client, address in
            let answer = try await client.exchange("GET", "/a")
            let socket = try await RawSocket(address)
            // Like the preface at first, and cut where that shows last.
            try await socket.send("PR")
            try await socket.send("OPFIND /b HTTP/1.1\r\nHost: x\r\n\r\n")
            let old = try await socket.exchange("")
            let silent = try await RawSocket(address)
            try await silent.send("PRI * ")

            #expect(answer.text == "http2 /a")
            #expect(old.text == "http11 /b")
        }
    }

    @Test func `a handler sees every field, in order, with the authority as Host`() async throws {
        try await withHTTP2Server { exchange in
            .text(exchange.request.headers.description)
        } _: { client, _ in
            let answer = try await client.exchange(
                "GET", "/",
                headers: [
                    ("x-litellm-tags", "a"), ("cookie", "a=1"), ("x-api-key", "secret"), ("cookie", "b=2"),
                    ("x-litellm-tags", "b"), ("host", "elsewhere"), ("x-empty", ""),
                ])

            #expect(
                answer.text.split(separator: "\n") == [
                    "host: test:1", "x-litellm-tags: a", "cookie: a=1; b=2", "x-api-key: secret",
                    "x-litellm-tags: b", "x-empty: ",
                ])
        }
    }

    @Test func `an answer has the server's fields in lower case, and none of the connection`() async throws {
        let style = HeadStyle(leading: [.fixed("Server", "x")], trailing: [.fixed("X-Last", "y"), .date("Date")])
        try await withHTTP2Server(configuration: ServerConfiguration(style: style)) { _ in
            .text(
                "four", status: 201,
                headers: ["Content-Type": "text/plain", "Connection": "close", "Keep-Alive": "5", "Date": "now"])
        } _: { client, _ in
            let answer = try await client.exchange("GET", "/")

            #expect(
                answer.headers == [
                    ":status": "201", "server": "x", "content-type": "text/plain", "date": "now",
                    "content-length": "4", "x-last": "y",
                ])
            #expect(answer.text == "four")
        }
    }

    @Test func `HEAD and 204 have no body`() async throws {
        try await withHTTP2Server { exchange in
            exchange.request.path == "/none" ? Reply(status: 204) : .text("four")
        } _: { client, _ in
            let head = try await client.exchange("HEAD", "/")
            let none = try await client.exchange("GET", "/none")

            #expect(head.headers == [":status": "200", "content-length": "4"])
            #expect(head.body.isEmpty)
            #expect(none.headers == [":status": "204"])
        }
    }

    @Test func `a body larger than the window arrives and returns`() async throws {
        let body = Self.pattern(1_500_000)
        try await withHTTP2Server(handler: Self.echo) { (client, _) async throws in
            #expect(try await client.exchange("POST", "/", body: body).body == body)
        }
        try await withSecureServer(handler: Self.echo) { address, certificate in
            let client = try HTTP2Client(try await TLSClient(address, trusting: certificate, offering: ["h2"]))
            #expect(try await client.exchange("POST", "/", body: body).body == body)
        }
    }

    @Test func `a body that nobody reads stops at its window, and holds nobody else up`() async throws {
        let goOn = Signal<Bool>()
        let count = 1_000_000
        try await withHTTP2Server { exchange in
            guard exchange.request.method == "POST" else { return .text("quick") }
            _ = await goOn.wait()
            return .text("\(await exchange.wholeBody()?.count ?? -1)")
        } _: { (client, _) async throws in
            let uploads = (0..<5).map { _ in client.submit("POST", "/", body: [UInt8](repeating: 1, count: count)) }
            #expect(try await client.run { uploads.allSatisfy { client.sentBytes($0) == 128 * 1024 } })
            #expect(try await client.exchange("GET", "/").text == "quick")
            #expect(uploads.allSatisfy { client.sentBytes($0) == 128 * 1024 })

            await goOn.send(true)

            for id in uploads { #expect(try await client.answer(id).text == "\(count)") }
        }
    }

    @Test func `a hundred streams are served at once`() async throws {
        let count = Shared(0)
        let all = Signal<Bool>()
        try await withHTTP2Server { exchange in
            count.change { $0 += 1 }
            if count.value == 100 { await all.send(true) }
            _ = await all.wait()
            return .text(exchange.request.path)
        } _: { (client, _) async throws in
            // The server's settings first: without them the client would not know its limit.
            #expect(try await client.run { client.answers.isEmpty })
            let ids = (0..<100).map { client.submit("GET", "/\($0)") }

            for (index, id) in ids.enumerated() { #expect(try await client.answer(id).text == "/\(index)") }
        }
    }

    @Test func `a stream's pieces arrive as they are written`() async throws {
        let goOn = Signal<Bool>()
        try await withHTTP2Server { _ in
            .stream(headers: ["content-type": "text/event-stream"]) { writer in
                try await writer.write("data: 1\n\n")
                _ = await goOn.wait()
                try await writer.write("data: 2\n\n")
            }
        } _: { client, _ in
            let id = client.submit("GET", "/")
            #expect(try await client.run { client.answers[id]?.text == "data: 1\n\n" })
            await goOn.send(true)

            let answer = try await client.answer(id)

            #expect(answer.text == "data: 1\n\ndata: 2\n\n")
            #expect(answer.errorCode == 0)
            #expect(answer.headers == [":status": "200", "content-type": "text/event-stream"])
        }
    }

    @Test func `a writer waits for a client that takes nothing, and others do not`() async throws {
        let written = Shared(0)
        try await withHTTP2Server(givesWindow: false) { exchange in
            guard exchange.request.path == "/long" else { return .text("quick") }
            return .stream { writer in
                for _ in 0..<300 {
                    try await writer.write([UInt8](repeating: 7, count: 10_000))
                    written.change { $0 += 10_000 }
                }
            }
        } _: { client, _ in
            let id = client.submit("GET", "/long")
            #expect(try await client.run { client.answers[id]?.body.count == 65_535 })
            client.giveWindow(65_535, to: id)
            #expect(try await client.run { client.answers[id]?.body.count == 2 * 65_535 })
            #expect(written.value < 131_070 + 256 * 1024 + 20_000)

            var given = 65_535
            while given < 3_000_000, let count = client.answers[id]?.body.count {
                client.giveWindow(count - given, to: id)
                given = count
                if client.answers[id]?.isClosed == true { break }
                try await client.run { client.answers[id]?.body.count != given || client.answers[id]!.isClosed }
            }
            #expect(client.answers[id]?.body.count == 3_000_000)
        }
    }

    @Test func `a stream without end shares the connection with a short answer`() async throws {
        try await withHTTP2Server(window: 1 << 24) { exchange in
            guard exchange.request.path == "/endless" else { return .text("quick") }
            return .stream { writer in
                for _ in 0..<1_000_000 { try await writer.write([UInt8](repeating: 7, count: 1000)) }
            }
        } _: { client, _ in
            let endless = client.submit("GET", "/endless")
            try await client.run { client.answers[endless]?.body.isEmpty == false }
            let quick = client.submit("GET", "/")

            func received() -> Int { client.answers[endless]?.body.count ?? 0 }
            try await client.run { client.answers[quick]?.isClosed == true || received() > 50_000_000 }

            #expect(client.answers[quick]?.text == "quick")
        }
    }

    @Test func `trailers are ignored, interim answers come before the real one`() async throws {
        try await withHTTP2Server { exchange in
            exchange.sendInterim(status: 103, headers: ["Link": "</a.css>"])
            let body = await exchange.wholeBody()
            return .text("\(body?.count ?? -1) \(exchange.request.headers.contains("x-late"))")
        } _: { client, _ in
            let id = client.submit(
                "POST", "/", headers: [("expect", "100-continue"), ("content-length", "3")], body: [1, 2, 3])
            client.hold(id)
            #expect(try await client.run { client.answers[id]?.interim.count == 2 })
            client.release(id)

            let answer = try await client.answer(id)

            #expect(answer.interim == [[":status": "103", "link": "</a.css>"], [":status": "100"]])
            #expect(answer.text == "3 false")
        }
    }

    @Test func `a WebSocket is refused, since that is a matter of HTTP 1`() async throws {
        try await withHTTP2Server { _ in
            Reply(body: .webSocket(WebSocketOptions()) { _ in })
        } _: { (client, _) async throws in
            #expect(try await client.exchange("GET", "/").status == 400)
        }
    }
}
