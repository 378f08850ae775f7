internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket
internal import Synchronization

/// Where a WebSocket is, and what its server is asked with.
struct WebSocketTarget: Sendable {
    /// `ws://host:port/path?query`, or `wss`.
    var url: String
    var peer: Peer
    var headers: [(name: String, value: String)] = []
    /// Until the server has agreed to the WebSocket, TLS included.
    var connectDeadline: Duration = .seconds(5)
    var limits = WebSocketLimits()
    /// Certificates (PEM) to trust in place of the system's.
    var trustRoots: [UInt8]?
}

/// A WebSocket that stands, for as long as the closure lasts that it is given to.
struct WebSocketConnection: Sendable {
    /// What comes. It throws ``WebSocketFailure`` when the connection ends.
    let messages: NIOAsyncChannelInboundStream<WebSocketMessage>
    fileprivate let writer: NIOAsyncChannelOutboundWriter<WebSocketMessage>
    fileprivate let channel: any Channel

    func send(_ message: WebSocketMessage) async throws {
        try await writer.write(message)
    }

    /// Ends the connection: no more messages come.
    func abandon() {
        channel.close(mode: .all, promise: nil)
    }

    /// Opens a WebSocket, hands it to `body`, and closes it with 1000 when that returns.
    ///
    /// - Throws: ``ConnectivityError`` for all that concerns the connection, else what `body` throws.
    static func with<Result: Sendable>(
        _ target: WebSocketTarget, _ body: @Sendable (WebSocketConnection) async throws -> Result
    ) async throws -> Result {
        let channel = try await WebSocketHandshake(target).perform()
        do {
            return try await channel.executeThenClose { inbound, outbound in
                try await body(WebSocketConnection(messages: inbound, writer: outbound, channel: channel.channel))
            }
        } catch let error as ConnectivityError {
            throw error
        } catch {
            throw target.error(error)
        }
    }
}

extension WebSocketTarget {
    /// The typed error for what ended a connection.
    func error(_ error: any Error) -> ConnectivityError {
        let expected = "messages on the WebSocket \(url)"
        guard let failure = error as? WebSocketFailure else {
            return NetworkFailure(error).error(
                at: peer, "the WebSocket \(url)", TransferLimits(connect: connectDeadline))
        }
        return switch failure {
        case .closed(let code, let reason):
            peer.error(
                .connectionLost, expected: expected,
                came:
                    "the server closed it (\(code.map { "\($0)" } ?? "no code")\(reason.isEmpty ? "" : ", \(reason)"))",
                canRetry: true, underlying: failure)
        case .lost:
            peer.error(
                .connectionLost, expected: expected, came: "the connection ended without a close frame", canRetry: true,
                underlying: failure)
        case .violation(let code, let wanted, let came):
            peer.error(
                code == 1009 ? .tooLarge : .protocol, expected: "\(wanted) on the WebSocket \(url)", came: came,
                canRetry: true, underlying: failure)
        case .noPong:
            peer.error(
                .timeout, expected: "a pong on the WebSocket \(url) within \(limits.pongDeadline)", came: "none came",
                phase: .pong, canRetry: true, underlying: failure)
        }
    }
}

/// The way from an address to a WebSocket: TCP, TLS if it is `wss`, the upgrade with its key.
private struct WebSocketHandshake {
    private typealias Messages = NIOAsyncChannel<WebSocketMessage, WebSocketMessage>
    private typealias Refusal = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private enum Upgrade: Sendable {
        case agreed(Messages)
        case refused(Refusal)
    }

    private let target: WebSocketTarget
    private let host: String
    private let port: Int
    private let path: String
    private let isSecure: Bool
    private let progress = Progress()

    init(_ target: WebSocketTarget) throws {
        guard let parts = URLComponents(string: target.url), let host = parts.host, !host.isEmpty,
            let scheme = parts.scheme, scheme == "ws" || scheme == "wss"
        else {
            throw target.peer.error(.invalidArgument, expected: "a URL of a WebSocket", came: "got \(target.url)")
        }
        self.target = target
        self.host = host.trimmingCharacters(in: ["[", "]"])
        isSecure = scheme == "wss"
        port = parts.port ?? (isSecure ? 443 : 80)
        let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
        path = (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath) + query
    }

    func perform() async throws -> NIOAsyncChannel<WebSocketMessage, WebSocketMessage> {
        do {
            let upgrade = try await withTaskCancellationHandler {
                try await connect().get()
            } onCancel: {
                progress.abandon(.cancelled)
            }
            switch upgrade {
            case .agreed(let channel):
                guard progress.settle() else {
                    try? await channel.channel.close()  // the deadline came first, and has closed it already
                    throw CancellationError()
                }
                return channel
            case .refused(let channel):
                defer { _ = progress.settle() }
                throw try await refusal(channel)
            }
        } catch let error as ConnectivityError {
            throw error
        } catch {
            throw translated(error)
        }
    }

    private func connect() async throws -> EventLoopFuture<Upgrade> {
        let tls = try isSecure ? tlsContext() : nil
        return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(target.connectDeadline))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            // See `FirstErrorNote`, which ends the connection then.
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: host, port: port) { [self] channel in
                channel.eventLoop.makeCompletedFuture { try initialize(channel, tls) }
            }
    }

    private func initialize(_ channel: any Channel, _ tls: NIOSSLContext?) throws -> EventLoopFuture<Upgrade> {
        let pipeline = channel.pipeline.syncOperations
        if let tls {
            let isName = (try? SocketAddress(ipAddress: host, port: port)) == nil
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: isName ? host : nil))
        }
        try pipeline.addHandler(FirstErrorNote(progress))
        progress.begin(channel, within: target.connectDeadline)

        var headers = HTTPHeaders()
        let authority = host.contains(":") ? "[\(host)]" : host
        headers.add(name: "Host", value: port == (isSecure ? 443 : 80) ? authority : "\(authority):\(port)")
        headers.add(name: "Content-Length", value: "0")
        for header in target.headers { headers.add(name: header.name, value: header.value) }
        let limits = target.limits
        let upgrader = NIOTypedWebSocketClientUpgrader<Upgrade>(
            // The assembly has the limit of a message, fragments and all; the decoder knows single frames.
            maxFrameSize: limits.messageBytes, enableAutomaticErrorHandling: false
        ) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(WebSocketHandler(limits: limits))
                return .agreed(try Messages(wrappingChannelSynchronously: channel))
            }
        }
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                upgradeRequestHead: HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: headers),
                upgraders: [upgrader],
                notUpgradingCompletionHandler: { channel in
                    channel.eventLoop.makeCompletedFuture {
                        .refused(try Refusal(wrappingChannelSynchronously: channel))
                    }
                }))
        // A server that greets does so in the same breath as 101: these bytes are frames, and by default are lost.
        configuration.leftOverBytesStrategy = .forwardBytes
        return try pipeline.configureUpgradableHTTPClientPipeline(configuration: configuration)
    }

    private func tlsContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let roots = target.trustRoots {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(roots))
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// What the server answered in place of 101.
    private func refusal(_ channel: Refusal) async throws -> ConnectivityError {
        try await channel.executeThenClose { inbound, _ in
            var status = 0
            var location: String?
            var body: [UInt8] = []
            reading: for try await part in inbound {
                switch part {
                case .head(let head):
                    status = Int(head.status.code)
                    location = head.headers.first(name: "location")
                case .body(let buffer):
                    body += buffer.readableBytesView.prefix(300 - body.count)
                    if body.count >= 300 { break reading }
                case .end: break reading
                }
            }
            return target.peer.refusedUpgrade(target.url, status, location: location, body: body)
        }
    }

    private func translated(_ error: any Error) -> ConnectivityError {
        switch progress.ending {
        case .late:
            return target.peer.error(
                .timeout, expected: "the WebSocket \(target.url) within \(target.connectDeadline)",
                came: "the server had not agreed to it", phase: .connect, canRetry: true)
        case .cancelled:
            return target.peer.error(.cancelled, expected: "the WebSocket \(target.url)", came: "it was cancelled")
        case nil: break
        }
        if error is NIOHTTPClientUpgradeError || error is NIOWebSocketUpgradeError {
            return target.peer.error(
                .protocol, expected: "101 for the WebSocket \(target.url) with the accept key that fits ours",
                came: "the answer's head does not fit (\(error))", underlying: error)
        }
        return target.error(progress.firstError ?? error)
    }
}

extension Peer {
    fileprivate func refusedUpgrade(
        _ url: String, _ status: Int, location: String?, body: [UInt8]
    ) -> ConnectivityError {
        let text = String(decoding: body, as: UTF8.self)
        let came = "the server answered \(status)\(text.isEmpty ? "" : ": \(text)")"
        let expected = "the WebSocket \(url)"
        return switch status {
        case 401, 403: error(.unauthorized, expected: expected, came: came, status: status)
        case 429: error(.rateLimited, expected: expected, came: came, status: status, canRetry: true)
        case 300..<400:
            error(
                .redirected, expected: expected,
                came: "a redirect (\(status)) to \(location ?? "nowhere"), which is not followed", status: status)
        case 500...: error(.serverError, expected: expected, came: came, status: status, canRetry: true)
        default: error(.protocol, expected: expected, came: came, status: status)
        }
    }
}

/// How far a handshake is, shared between the task that waits for it and the channel's event loop.
private final class Progress: Sendable {
    enum Ending: Sendable { case late, cancelled }

    private struct State {
        /// More than one when a host has several addresses: the first that answers is taken.
        var channels: [any Channel] = []
        var deadlines: [Scheduled<Void>] = []
        var ending: Ending?
        var isSettled = false
        var firstError: (any Error)?
    }

    private let state = Mutex(State())

    var ending: Ending? { state.withLock(\.ending) }
    var firstError: (any Error)? { state.withLock(\.firstError) }

    func begin(_ channel: any Channel, within time: Duration) {
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(time)) { [self] in abandon(.late) }
        let isLate = state.withLock { state in
            state.channels.append(channel)
            state.deadlines.append(deadline)
            return state.ending != nil
        }
        if isLate { channel.close(mode: .all, promise: nil) }
    }

    /// Ends a handshake that is still under way.
    func abandon(_ ending: Ending) {
        let channels = state.withLock { state -> [any Channel] in
            guard !state.isSettled, state.ending == nil else { return [] }
            state.ending = ending
            return state.channels
        }
        for channel in channels { channel.close(mode: .all, promise: nil) }
    }

    /// The handshake is done; false if it has been abandoned before.
    func settle() -> Bool {
        let (isInTime, deadlines) = state.withLock { state in
            if state.ending == nil { state.isSettled = true }
            state.channels = []
            return (state.isSettled, state.deadlines)
        }
        for deadline in deadlines { deadline.cancel() }
        return isInTime
    }

    func note(_ error: any Error) {
        state.withLock { state in
            if state.firstError == nil { state.firstError = error }
        }
    }
}

/// Keeps the first error of a channel, which later ones of the upgrade would hide, and ends the channel when the server has.
private final class FirstErrorNote: ChannelInboundHandler, Sendable {
    typealias InboundIn = NIOAny
    typealias OutboundOut = NIOAny
    private let progress: Progress

    init(_ progress: Progress) {
        self.progress = progress
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        progress.note(error)
        context.fireErrorCaught(error)
    }

    /// The server will say no more. What it said in the same breath, its 101 and a greeting perhaps, is still on its way: the
    /// upgrade takes a turn of the loop. On a channel that has ended by then it would fail, and an HTTP decoder that knows of the
    /// end throws away what is no HTTP. So the end comes behind all that.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.close(mode: .all, promise: nil) }
    }
}
