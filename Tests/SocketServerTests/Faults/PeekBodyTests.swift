import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct PeekBodyTests {
    @Test(arguments: [
        "Content-Length: 6\r\n\r\nabcdef", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
    ])
    func `a body that was looked at is read again`(rest: String) async throws {
        try await withServer { exchange in
            do {
                let seen = try await exchange.peekBody()
                let again = try await exchange.peekBody()
                let body =
                    exchange.request.path == "/pieces" ? try await Self.pieces(exchange) : try await exchange.body()
                return .text("\(seen == body) \(again == body) \(String(decoding: body, as: UTF8.self))")
            } catch {
                return .text("\(error)", status: 400)
            }
        } _: { address in
            for path in ["/whole", "/pieces"] {
                let socket = try await RawSocket(address)
                // In two parts, so that the peek has to wait.
                let request = "POST \(path) HTTP/1.1\r\n\(rest)"
                try await socket.send(String(request.dropLast(8)))
                let response = try await socket.exchange(String(request.suffix(8)))

                #expect(response.text == "true true abcdef")
            }
        }
    }

    @Test func `a large body is looked at whole, and read whole afterwards`() async throws {
        let size = 3_000_000
        try await withServer { exchange in
            guard let seen = try? await exchange.peekBody(), let body = try? await exchange.body() else {
                return .text("", status: 400)
            }
            return .text("\(seen.count) \(seen == body)")
        } _: { address in
            let response = try await RawSocket.request(
                "POST", "http://\(address)/", body: String(repeating: "x", count: size))

            #expect(response.text == "\(size) true")
        }
    }

    @Test func `in HTTP 2 a large body is looked at whole, and read whole afterwards`() async throws {
        try await withHTTP2Server { exchange in
            guard let seen = try? await exchange.peekBody(), let body = try? await exchange.body() else {
                return .text("", status: 400)
            }
            return .text("\(seen.count) \(seen == body)")
        } _: { client, _ in
            let answer = try await client.exchange("POST", "/", body: [UInt8](repeating: 1, count: 3_000_000))

            #expect(answer.text == "3000000 true")
        }
    }

    @Test func `a body too large to be looked at is still there`() async throws {
        try await withServer { exchange in
            let seen = try? await exchange.peekBody(limit: 3)
            guard let body = try? await exchange.body() else { return .text("", status: 400) }
            return .text("\(seen == nil) \(String(decoding: body, as: UTF8.self))")
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n")

            #expect(try await socket.exchange("2\r\nef\r\n0\r\n\r\n").text == "true abcdef")
        }
    }

    @Test func `a client that leaves in the middle fails the look and the reading after it`() async throws {
        let seen = Signal<[BodyError?]>()
        let begun = Signal<Bool>()
        try await withServer { exchange in
            await begun.send(true)
            var errors: [BodyError?] = []
            for _ in 0..<2 {
                do throws(BodyError) {
                    _ = try await errors.isEmpty ? exchange.peekBody() : exchange.body()
                    errors.append(nil)
                } catch {
                    errors.append(error)
                }
            }
            await seen.send(errors)
            return .text("")
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc")
            _ = await begun.wait()
            socket.reset()

            #expect(await seen.wait() == [.disconnected, .disconnected])
        }
    }

    private static func pieces(_ exchange: Exchange) async throws(BodyError) -> [UInt8] {
        var body: [UInt8] = []
        while let piece = try await exchange.nextBodyPiece() { body += piece }
        return body
    }
}
