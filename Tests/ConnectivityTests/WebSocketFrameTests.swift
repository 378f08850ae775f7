import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import Connectivity

@Suite struct WebSocketFrameTests {
    private typealias Frame = WebSocketAssembly.Frame

    private func failure(_ frames: [Frame], limit: Int = 100) -> WebSocketFailure? {
        var assembly = WebSocketAssembly(maximumBytes: limit)
        do {
            for frame in frames { _ = try assembly.take(frame) }
            return nil
        } catch {
            return error
        }
    }

    @Test func `fragments become a message, with control frames between them`() throws {
        var assembly = WebSocketAssembly(maximumBytes: 100)
        #expect(try assembly.take(Frame(opcode: 1, isFinal: false, payload: [0xC3])) == .nothing)
        #expect(assembly.isInsideMessage)
        #expect(try assembly.take(Frame(opcode: 9, payload: [7])) == .ping([7]))
        #expect(try assembly.take(Frame(opcode: 10, payload: [8])) == .pong([8]))
        #expect(try assembly.take(Frame(opcode: 0, payload: [0xA9])) == .message(.text("é")))
        #expect(try assembly.take(Frame(opcode: 2, payload: [0xFF])) == .message(.binary([0xFF])))
        #expect(try assembly.take(Frame(opcode: 8)) == .close(code: nil, reason: ""))
        #expect(try assembly.take(Frame(opcode: 8, payload: [3, 0xE8, 0x61])) == .close(code: 1000, reason: "a"))
    }

    @Test func `what a server must not send is refused with the code for it`() {
        let wrong: [([Frame], UInt16)] = [
            ([Frame(opcode: 1, isMasked: true)], 1002), ([Frame(opcode: 1, hasReservedBits: true)], 1002),
            ([Frame(opcode: 3)], 1002), ([Frame(opcode: 11)], 1002), ([Frame(opcode: 0)], 1002),
            ([Frame(opcode: 1, isFinal: false), Frame(opcode: 1)], 1002),
            ([Frame(opcode: 9, payload: [UInt8](repeating: 0, count: 126))], 1002),
            ([Frame(opcode: 9, isFinal: false)], 1002), ([Frame(opcode: 8, payload: [3])], 1002),
            ([Frame(opcode: 8, payload: [3, 0xED])], 1002), ([Frame(opcode: 8, payload: [3, 0xE8, 0xFF])], 1002),
            ([Frame(opcode: 1, payload: [0xFF])], 1007),
            ([Frame(opcode: 2, payload: [UInt8](repeating: 0, count: 101))], 1009),
            (
                [
                    Frame(opcode: 2, isFinal: false, payload: [UInt8](repeating: 0, count: 60)),
                    Frame(opcode: 0, payload: [UInt8](repeating: 0, count: 60)),
                ], 1009
            ),
        ]
        for (frames, code) in wrong {
            guard case .violation(code, _, _)? = failure(frames) else {
                Issue.record("expected \(code) for \(frames), got \(String(describing: failure(frames)))")
                continue
            }
        }
    }

    // MARK: The handler, in a time that the test turns

    private func channel(
        ping: Duration = .seconds(30), pong: Duration = .seconds(10)
    ) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(
            handler: WebSocketHandler(limits: WebSocketLimits(pingInterval: ping, pongDeadline: pong)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    /// Ends what is still scheduled for a channel: it holds on to it, and the channel to its loop.
    private func finish(_ channel: EmbeddedChannel) {
        channel.close(promise: nil)
        // Longer than it waits for the other half of the close.
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        try? channel.embeddedEventLoop.close()
    }

    private func read(_ channel: EmbeddedChannel, _ opcode: WebSocketOpcode, _ bytes: [UInt8]) throws {
        try channel.writeInbound(WebSocketFrame(fin: true, opcode: opcode, data: ByteBuffer(bytes: bytes)))
    }

    @Test func `pings are sent every thirty seconds, and answered in ten`() throws {
        let channel = try channel()
        defer { finish(channel) }
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(try channel.readOutbound(as: WebSocketFrame.self) == nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        let ping = try #require(try channel.readOutbound(as: WebSocketFrame.self))
        #expect(ping.opcode == .ping)
        #expect(ping.maskKey != nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        try read(channel, .pong, Array(ping.data.readableBytesView))
        channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(throws: WebSocketFailure.noPong) { try channel.throwIfErrorCaught() }
        #expect(!channel.isActive)
    }

    @Test func `a ping is answered with its own words`() throws {
        let channel = try channel()
        defer { finish(channel) }
        try read(channel, .ping, [1, 2, 3])
        let pong = try #require(try channel.readOutbound(as: WebSocketFrame.self))

        #expect(pong.opcode == .pong)
        #expect(Array(pong.data.readableBytesView) == [1, 2, 3])
    }

    @Test func `a close is answered with its code, and is no end of messages but an error`() throws {
        let channel = try channel()
        defer { finish(channel) }
        #expect(throws: WebSocketFailure.closed(code: 1012, reason: "restart")) {
            try read(channel, .connectionClose, [3, 0xF4] + Array("restart".utf8))
        }
        let close = try #require(try channel.readOutbound(as: WebSocketFrame.self))

        #expect(Array(close.data.readableBytesView) == [3, 0xF4])
    }

    @Test func `our close says 1000, and waits a second for the answer`() throws {
        let channel = try channel()
        defer { finish(channel) }
        channel.close(mode: .all, promise: nil)
        let close = try #require(try channel.readOutbound(as: WebSocketFrame.self))
        #expect(Array(close.data.readableBytesView) == [3, 0xE8])
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        try channel.throwIfErrorCaught()
    }

    @Test func `our close ends at once when the server answers it`() throws {
        let channel = try channel()
        defer { finish(channel) }
        channel.close(mode: .all, promise: nil)
        try read(channel, .connectionClose, [3, 0xE8])

        #expect(!channel.isActive)
        try channel.throwIfErrorCaught()
    }

    @Test func `a connection that ends without a word is lost`() throws {
        let channel = try channel()
        defer { finish(channel) }
        channel.pipeline.fireChannelInactive()

        #expect(throws: WebSocketFailure.lost) { try channel.throwIfErrorCaught() }
    }

    @Test func `a violation is told to the server`() throws {
        let channel = try channel()
        defer { finish(channel) }
        #expect(throws: WebSocketFailure.self) { try read(channel, .text, [0xFF]) }
        let close = try #require(try channel.readOutbound(as: WebSocketFrame.self))

        #expect(Array(close.data.readableBytesView) == [3, 0xEF])
    }

    @Test func `messages go out masked`() throws {
        let channel = try channel()
        defer { finish(channel) }
        try channel.writeOutbound(WebSocketMessage.text("hm"))
        let frame = try #require(try channel.readOutbound(as: WebSocketFrame.self))

        #expect(frame.opcode == .text)
        #expect(frame.maskKey != nil)
    }
}
