internal import NIOCore
internal import NIOWebSocket

/// When a WebSocket's life is asked after, and what it may say.
public struct WebSocketLimits: Sendable, Hashable {
    /// From a pong, or the opening, to the next ping.
    public var pingInterval: Duration
    /// From a ping to its pong.
    public var pongDeadline: Duration
    /// The longest message, all fragments together, in bytes.
    public var messageBytes: Int

    public init(
        pingInterval: Duration = .seconds(30), pongDeadline: Duration = .seconds(10),
        messageBytes: Int = 64 * 1024 * 1024
    ) {
        self.pingInterval = pingInterval
        self.pongDeadline = pongDeadline
        self.messageBytes = messageBytes
    }
}

/// Frames on one side, messages on the other: answers pings, sends its own, and closes in both directions.
///
/// It lives on the channel's event loop. An end of the connection that we did not ask for comes out as an error
/// (``WebSocketFailure``), so that no reader takes it for the end of the messages.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketMessage
    typealias OutboundIn = WebSocketMessage
    typealias OutboundOut = WebSocketFrame

    private let limits: WebSocketLimits
    private var assembly: WebSocketAssembly
    private var nextPing: Scheduled<Void>?
    private var pongWait: Scheduled<Void>?
    private var pings: UInt32 = 0
    /// How long the server has for its half of the close.
    private static let closePatience = TimeAmount.seconds(1)
    private var isClosing = false
    private var isOver = false

    init(limits: WebSocketLimits) {
        self.limits = limits
        assembly = WebSocketAssembly(maximumBytes: limits.messageBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        schedulePing(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        endTimers()
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        let frame = unwrapInboundIn(data)
        do throws(WebSocketFailure) {
            switch try assembly.take(WebSocketAssembly.Frame(frame)) {
            case .nothing: break
            case .message(let message): context.fireChannelRead(wrapInboundOut(message))
            case .ping(let payload): send(.pong, payload, context)
            case .pong(let payload):
                // An unasked pong is allowed (section 5.5.3) and proves nothing.
                if payload == pingPayload, let wait = pongWait, !isClosing {
                    wait.cancel()
                    pongWait = nil
                    schedulePing(context)
                }
            case .close(let code, let reason):
                if !isClosing {
                    send(.connectionClose, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [], context)
                }
                end(isClosing ? nil : .closed(code: code, reason: reason), context)
            }
        } catch {
            if case .violation(let code, _, _) = error { sendClose(code, context) }
            end(error, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let violation = WebSocketFailure(error) {
            if case .violation(let code, _, _) = violation { sendClose(code, context) }
            end(violation, context)
        } else {
            isOver = true
            context.fireErrorCaught(error)
            context.close(mode: .all, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        endTimers()
        if !isOver && !isClosing { context.fireErrorCaught(WebSocketFailure.lost) }
        isOver = true
        context.fireChannelInactive()
    }

    // MARK: Out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let (opcode, bytes): (WebSocketOpcode, [UInt8]) =
            switch unwrapOutboundIn(data) {
            case .text(let text): (.text, Array(text.utf8))
            case .binary(let bytes): (.binary, bytes)
            }
        context.write(wrapOutboundOut(frame(opcode, bytes, context)), promise: promise)
    }

    /// Says goodbye with 1000 and gives the server a moment to answer it.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input, !isOver, !isClosing, context.channel.isActive else {
            return context.close(mode: mode, promise: promise)
        }
        isClosing = true
        endTimers()
        sendClose(1000, context)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        pongWait = context.eventLoop.scheduleTask(in: Self.closePatience) {
            bound.value.close(mode: .all, promise: nil)
        }
        context.channel.closeFuture.cascade(to: promise)
    }

    // MARK: Life

    private func schedulePing(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        nextPing = context.eventLoop.scheduleTask(in: TimeAmount(limits.pingInterval)) {
            let (handler, context) = bound.value
            handler.ping(context)
        }
    }

    private var pingPayload: [UInt8] {
        [UInt8(pings >> 24 & 0xFF), UInt8(pings >> 16 & 0xFF), UInt8(pings >> 8 & 0xFF), UInt8(pings & 0xFF)]
    }

    private func ping(_ context: ChannelHandlerContext) {
        pings &+= 1
        send(.ping, pingPayload, context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        pongWait = context.eventLoop.scheduleTask(in: TimeAmount(limits.pongDeadline)) {
            let (handler, context) = bound.value
            handler.end(.noPong, context)
        }
    }

    private func end(_ failure: WebSocketFailure?, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        endTimers()
        if let failure { context.fireErrorCaught(failure) }
        context.close(mode: .all, promise: nil)
    }

    private func endTimers() {
        nextPing?.cancel()
        pongWait?.cancel()
    }

    private func sendClose(_ code: UInt16, _ context: ChannelHandlerContext) {
        send(.connectionClose, [UInt8(code >> 8), UInt8(code & 0xFF)], context)
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(frame(opcode, payload, context)), promise: nil)
    }

    /// What a client sends is masked, each frame by a key of its own (section 5.3).
    private func frame(_ opcode: WebSocketOpcode, _ bytes: [UInt8], _ context: ChannelHandlerContext) -> WebSocketFrame
    {
        WebSocketFrame(
            fin: true, opcode: opcode, maskKey: .random(), data: context.channel.allocator.buffer(bytes: bytes))
    }
}

extension WebSocketAssembly.Frame {
    fileprivate init(_ frame: WebSocketFrame) {
        var data = frame.unmaskedData
        opcode = UInt8(frame.opcode.number)
        isFinal = frame.fin
        hasReservedBits = frame.rsv1 || frame.rsv2 || frame.rsv3
        isMasked = frame.maskKey != nil
        payload = data.readBytes(length: data.readableBytes) ?? []
    }
}

extension WebSocketOpcode {
    fileprivate var number: Int { Int(webSocketOpcode: self) }
}

extension WebSocketFailure {
    /// What the decoder of frames finds wrong.
    fileprivate init?(_ error: any Error) {
        guard let error = error as? NIOWebSocketError else { return nil }
        if case .invalidFrameLength = error {
            self = .violation(code: 1009, expected: "messages within the limit", came: "a longer one")
            return
        }
        self = .violation(code: 1002, expected: "frames as RFC 6455 has them", came: "\(error)")
    }
}
