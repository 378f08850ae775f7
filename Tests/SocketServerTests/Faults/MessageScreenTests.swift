import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct MessageScreenTests {
    /// A screen of closures that notes what it is told.
    private final class Screen: MessageScreen {
        let onSending: @Sendable (WebSocketMessage) -> WebSocketActs
        let onReceived: @Sendable (WebSocketMessage) -> WebSocketActs
        let onPing: @Sendable ([UInt8]) -> WebSocketActs
        let controls = Shared<[(WebSocketControl, Bool)]>([])

        init(
            sending: @escaping @Sendable (WebSocketMessage) -> WebSocketActs = { _ in .pass },
            received: @escaping @Sendable (WebSocketMessage) -> WebSocketActs = { _ in .pass },
            ping: @escaping @Sendable ([UInt8]) -> WebSocketActs = { _ in .pass }
        ) {
            (onSending, onReceived, onPing) = (sending, received, ping)
        }

        func sending(_ message: WebSocketMessage) -> WebSocketActs { onSending(message) }
        func received(_ message: WebSocketMessage) -> WebSocketActs { onReceived(message) }
        func answerPing(_ payload: [UInt8]) -> WebSocketActs { onPing(payload) }
        func control(_ frame: WebSocketControl, fromClient: Bool) { controls.change { $0.append((frame, fromClient)) } }
    }

    /// An echo behind a screen.
    private func withEcho(
        _ screen: Screen, options: WebSocketOptions = .init(), ended: Signal<UInt16?> = .init(),
        _ body: (RawSocket) async throws -> Void
    ) async throws {
        try await withServer { _ in
            Reply(
                body: .webSocket(options) { socket in
                    socket.screen = screen
                    while let message = await socket.receive() {
                        switch message {
                        case .text("bye"): return await socket.close(code: 4001)
                        case .text(let text): try await socket.send(text)
                        case .binary(let bytes): socket.post(bytes)
                        }
                    }
                    await ended.send(socket.closeCode)
                })
        } _: { address in
            let socket = try await RawSocket(address)
            _ = try await socket.exchange(WebSocketTests.handshake)
            try await body(socket)
        }
    }

    private func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        WebSocketFrameBytes.frame(
            opcode: first & 0xF, payload: payload, isFinal: first & 0x80 != 0, maskKey: [1, 2, 3, 4])
    }

    private func text(_ text: String) -> [UInt8] { frame(0x81, Array(text.utf8)) }
    private func echoed(_ text: String) -> [UInt8] { [0x81, UInt8(text.utf8.count)] + Array(text.utf8) }

    @Test func `a screen that passes everything changes nothing`() async throws {
        let screen = Screen()
        try await withEcho(screen) { socket in
            try await socket.send(text("a") + frame(0x82, [1]) + frame(0x89, [7]) + frame(0x8A, [8]))
            let (bytes, _) = try await socket.read { $0.count >= 9 }
            try await socket.send(frame(0x88, [0x03, 0xE8]))
            let (rest, end) = try await socket.read()

            #expect(bytes == [0x8A, 1, 7] + echoed("a") + [0x82, 1, 1])
            #expect(rest == [0x88, 2, 0x03, 0xE8])
            #expect(end == .finished)
            let notes = screen.controls.value
            #expect(
                notes.map(\.0) == [
                    .ping([7]), .pong([7]), .pong([8]), .close(code: 1000, reason: ""),
                    .close(code: 1000, reason: ""),
                ])
            #expect(notes.map(\.1) == [true, false, true, true, false])
        }
    }

    @Test func `messages are dropped, doubled and replaced on their way out`() async throws {
        let screen = Screen(sending: { message in
            switch message {
            case .text("drop"): .acts([])
            case .text("twice"): .acts([.message(message), .message(message)])
            case .text("other"): .acts([.message(.binary([9]))])
            default: .pass
            }
        })
        try await withEcho(screen) { socket in
            try await socket.send(text("drop") + text("twice") + text("other") + text("end"))

            let (bytes, _) = try await socket.read { $0.contains(subsequence: echoed("end")) }

            #expect(bytes == echoed("twice") + echoed("twice") + [0x82, 1, 9] + echoed("end"))
        }
    }

    @Test func `what is sent later waits behind a wait, and a close frame too`() async throws {
        let screen = Screen(sending: { message in
            message == .text("late") ? .acts([.wait(.milliseconds(60)), .message(message)]) : .pass
        })
        try await withEcho(screen) { socket in
            let clock = ContinuousClock()
            let start = clock.now
            try await socket.send(text("late") + text("next") + text("bye"))

            let (bytes, _) = try await socket.read { $0.contains(subsequence: [0x88]) }

            #expect(bytes == echoed("late") + echoed("next") + [0x88, 2, 0x0F, 0xA1])
            #expect(start.duration(to: clock.now) >= .milliseconds(60))
        }
    }

    @Test func `messages are dropped, doubled and delayed on their way in`() async throws {
        let screen = Screen(received: { message in
            switch message {
            case .text("drop"): .acts([])
            case .text("twice"): .acts([.message(message), .message(message)])
            case .text("late"): .acts([.wait(.milliseconds(30)), .message(message)])
            default: .pass
            }
        })
        try await withEcho(screen) { socket in
            try await socket.send(text("drop") + text("twice") + text("late") + text("end"))

            let (bytes, _) = try await socket.read { $0.contains(subsequence: echoed("end")) }

            #expect(bytes == echoed("twice") + echoed("twice") + echoed("late") + echoed("end"))
        }
    }

    @Test func `pings go unanswered, or are answered late while messages go on`() async throws {
        let screen = Screen(ping: { payload in
            payload == [1] ? .acts([]) : .acts([.wait(.milliseconds(80)), .pong(payload)])
        })
        try await withEcho(screen) { socket in
            try await socket.send(frame(0x89, [1]) + frame(0x89, [2]) + text("a"))

            let (bytes, _) = try await socket.read { $0.contains(subsequence: [0x8A]) }

            #expect(bytes == echoed("a") + [0x8A, 1, 2])
        }
    }

    @Test func `frames that no server should send leave byte for byte`() async throws {
        let masked = WebSocketFrameBytes.frame(opcode: 1, payload: Array("hi".utf8), maskKey: [1, 2, 3, 4])
        let frames: [[UInt8]] = [
            masked, WebSocketFrameBytes.frame(opcode: 1, payload: [0x68], reserved: 2),
            WebSocketFrameBytes.frame(opcode: 3, payload: []), WebSocketFrameBytes.frame(opcode: 1, payload: [0xFF]),
            WebSocketFrameBytes.frame(opcode: 9, payload: [UInt8](repeating: 0, count: 126)),
            WebSocketFrameBytes.frame(opcode: 1, payload: [0x61], isFinal: false),
        ]
        let screen = Screen(sending: { _ in .acts(frames.map { .raw($0) }) })
        try await withEcho(screen) { socket in
            try await socket.send(text("go"))
            let expected: [UInt8] =
                [0x81, 0x82, 1, 2, 3, 4, 0x69, 0x6B] + [0xA1, 1, 0x68] + [0x83, 0] + [0x81, 1, 0xFF]
                + [0x89, 126, 0, 126] + [UInt8](repeating: 0, count: 126) + [0x01, 1, 0x61]

            let (bytes, _) = try await socket.read { $0.count >= expected.count }

            #expect(bytes == expected)
        }
    }

    @Test func `any close code can be sent, and the client's answer ends the connection`() async throws {
        let ended = Signal<UInt16?>()
        let screen = Screen(sending: { _ in .acts([.close(code: 1006, reason: "none"), .message(.text("never"))]) })
        try await withEcho(screen, ended: ended) { socket in
            try await socket.send(text("go"))
            let (bytes, _) = try await socket.read { $0.count >= 8 }
            try await socket.send(frame(0x88, [0x03, 0xE8]))
            let (rest, end) = try await socket.read()

            #expect(bytes == [0x88, 6, 0x03, 0xEE] + Array("none".utf8))
            #expect(rest.isEmpty)
            #expect(end == .finished)
        }
    }

    @Test(arguments: [(true, RawSocket.End.reset), (false, .finished)])
    func `an abort comes after what was sent, without a close frame`(resets: Bool, expected: RawSocket.End) async throws
    {
        let ended = Signal<UInt16?>()
        let screen = Screen(sending: { .acts([.message($0), .abort(resets: resets)]) })
        try await withEcho(screen, ended: ended) { socket in
            try await socket.send(text("last"))

            let (bytes, end) = try await socket.read()

            #expect(bytes == echoed("last"))
            #expect(end == expected)
            #expect(await ended.wait() == 1006)
        }
    }

    @Test func `a half closed socket has sent FIN and still hears the client`() async throws {
        let ended = Signal<UInt16?>()
        let heard = Signal<WebSocketMessage>()
        let screen = Screen(
            sending: { .acts([.message($0), .halfClose]) },
            received: { message in
                if message == .text("still there?") { Task { await heard.send(message) } }
                return .pass
            })
        try await withEcho(screen, ended: ended) { socket in
            try await socket.send(text("last"))
            let (bytes, end) = try await socket.read()
            try await socket.send(text("still there?"))

            #expect(bytes == echoed("last"))
            #expect(end == .finished)
            #expect(await heard.wait() == .text("still there?"))
            try await socket.finish()
            #expect(await ended.wait() == 1006)
        }
    }

    @Test func `a mute socket answers nothing, not even a close frame, and stays open`() async throws {
        let ended = Signal<UInt16?>()
        let screen = Screen(sending: { .acts([.message($0), .mute]) })
        try await withEcho(screen, ended: ended) { socket in
            try await socket.send(text("last"))
            #expect(try await socket.read { $0.count >= 6 }.bytes == echoed("last"))
            try await socket.send(text("more") + frame(0x89, []) + frame(0x88, [0x03, 0xE8]))
            #expect(await ended.wait() == 1000)

            // Silence can only be waited for.
            let (bytes, end) = try await socket.read(timeout: .milliseconds(100))

            #expect(bytes.isEmpty)
            #expect(end == .timeout)
        }
    }

    @Test func `a socket that has stopped reading makes the client wait`() async throws {
        let screen = Screen(received: { _ in .acts([.stopReading]) })
        try await withEcho(screen) { socket in
            try await socket.send(text("go"))
            // More than the buffers of both systems hold.
            let done = Shared(false)
            let flood = Task {
                try await socket.send([UInt8](repeating: 0, count: 64 * 1024 * 1024))
                done.change { $0 = true }
            }
            // Standing still can only be waited for.
            try await Task.sleep(for: .milliseconds(300))

            #expect(!done.value)
            socket.reset()
            _ = try? await flood.value  // It fails: the connection is gone.
        }
    }

    @Test func `acts can be asked for without a message`() async throws {
        try await withServer { _ in
            Reply(
                body: .webSocket(.init()) { socket in
                    socket.perform([.ping([1]), .wait(.milliseconds(20)), .ping([2]), .close(code: 1012, reason: "")])
                    _ = await socket.receive()
                })
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(WebSocketTests.handshake)

            let (bytes, _) = try await socket.read { $0.contains(subsequence: [0x03, 0xF4]) }

            #expect(RawResponse(bytes)?.rest == [0x89, 1, 1, 0x89, 1, 2, 0x88, 2, 0x03, 0xF4])
        }
    }

    @Test func `the proof of the handshake can be a wrong one`() async throws {
        try await withServer { _ in
            Reply(body: .webSocket(.init(acceptKey: "bm90IHRoZSBwcm9vZg==")) { _ in })
        } _: { address in
            let socket = try await RawSocket(address)
            let response = try await socket.exchange(WebSocketTests.handshake)

            #expect(response.status == 101)
            #expect(response.headers["sec-websocket-accept"] == "bm90IHRoZSBwcm9vZg==")
        }
    }

    @Test func `an upgrade that is dropped at once is a 101 and RST`() async throws {
        try await withServer { _ in
            Reply(body: .webSocket(.init()) { socket in socket.abort() })
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(WebSocketTests.handshake)

            let (bytes, end) = try await socket.read()

            #expect(RawResponse(bytes)?.status == 101)
            #expect(RawResponse(bytes)?.rest == [])
            #expect(end == .reset)
        }
    }

    @Test func `over TLS a screen works the same`() async throws {
        let screen = Screen(sending: { .acts([.wait(.milliseconds(10)), .message($0), .abort(resets: true)]) })
        try await withSecureServer(protocols: [.http1]) { _ in
            Reply(
                body: .webSocket(.init()) { socket in
                    socket.screen = screen
                    while case .text(let text)? = await socket.receive() { socket.post(text) }
                })
        } _: { address, certificate in
            let client = try await TLSClient(address, trusting: certificate)
            _ = try await client.exchange(WebSocketTests.handshake)
            try await client.send(text("x"))

            let (bytes, end) = try await client.read()

            #expect(bytes == echoed("x"))
            #expect(end == .socket(.reset))
        }
    }
}
