import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct WebSocketTests {
    static let handshake =
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

    private func withEcho<Result>(
        options: WebSocketOptions = .init(), closed: Signal<UInt16?> = .init(),
        _ body: (RawSocket, RawResponse) async throws -> Result
    ) async throws -> Result {
        try await withServer { _ in
            Reply(
                headers: ["Server": "x"],
                body: .webSocket(options) { socket in
                    while let message = await socket.receive() {
                        switch message {
                        case .text("bye"): return await socket.close(code: 4001, reason: "as you wish")
                        case .text(let text): try await socket.send(text)
                        case .binary(let bytes): try await socket.send(bytes)
                        }
                    }
                    await closed.send(socket.closeCode)
                })
        } _: { address in
            let socket = try await RawSocket(address)
            return try await body(socket, try await socket.exchange(Self.handshake))
        }
    }

    /// A frame of a client, masked with zeros.
    private func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [first, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
    }

    @Test func `the handshake is RFC 6455's example`() async throws {
        try await withEcho { _, response in
            #expect(response.statusLine == "HTTP/1.1 101 Switching Protocols")
            #expect(
                response.headers == [
                    "Upgrade": "websocket", "Connection": "upgrade",
                    "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Server": "x",
                ])
        }
    }

    @Test func `messages come back, pings are answered`() async throws {
        try await withEcho { socket, _ in
            try await socket.send(frame(0x81, Array("hé".utf8)) + frame(0x89, [7]) + frame(0x82, [1, 2]))

            let (bytes, _) = try await socket.read { $0.count >= 12 }

            // The pong goes ahead of echoes, since the floor itself gives it.
            #expect(bytes.contains(subsequence: [0x8A, 1, 7]))
            #expect(bytes.contains(subsequence: [0x81, 3] + Array("hé".utf8) + [0x82, 2, 1, 2]))
        }
    }

    @Test func `a close frame is echoed with its code, then the connection ends`() async throws {
        let closed = Signal<UInt16?>()
        try await withEcho(closed: closed) { socket, _ in
            try await socket.send(frame(0x88, [0x03, 0xE9] + Array("gone".utf8)))

            let (bytes, end) = try await socket.read()

            #expect(bytes == [0x88, 2, 0x03, 0xE9])
            #expect(end == .finished)
            #expect(await closed.wait() == 1001)
        }
    }

    @Test func `a handler closes with a code of its choice`() async throws {
        try await withEcho { socket, _ in
            try await socket.send(frame(0x81, Array("bye".utf8)))

            let (bytes, _) = try await socket.read { $0.count >= 15 }

            #expect(bytes == [0x88, 13, 0x0F, 0xA1] + Array("as you wish".utf8))
        }
    }

    @Test func `a message over the limit ends with 1009`() async throws {
        try await withEcho(options: .init(maximumMessageBytes: 100)) { socket, _ in
            try await socket.send(frame(0x82, [UInt8](repeating: 0, count: 101)))

            let (bytes, end) = try await socket.read()

            #expect(bytes.prefix(4) == [0x88, UInt8(bytes.count - 2), 0x03, 0xF1])
            #expect(end == .finished)
        }
    }

    @Test func `a torn connection is 1006`() async throws {
        let closed = Signal<UInt16?>()
        try await withEcho(closed: closed) { socket, _ in
            socket.reset()

            #expect(await closed.wait() == 1006)
        }
    }

    @Test func `a request that is no handshake gets a plain refusal`() async throws {
        try await withServer { _ in
            Reply(body: .webSocket(.init()) { _ in })
        } _: { address in
            let response = try await RawSocket.get("http://\(address)/ws")

            #expect(response.status == 400)
        }
    }

    @Test func `an upgrade can be refused with status and body`() async throws {
        try await withServer { _ in
            .text("not you", status: 403)
        } _: { address in
            let socket = try await RawSocket(address)
            let response = try await socket.exchange(Self.handshake)

            #expect(response.statusLine == "HTTP/1.1 403 Forbidden")
            #expect(response.text == "not you")
        }
    }
}
