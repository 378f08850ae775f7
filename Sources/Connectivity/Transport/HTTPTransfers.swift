internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// How long a service may take, and how much it may say.
public struct TransferLimits: Sendable, Hashable {
    /// Until a connection stands, TLS included.
    public var connect: Duration
    /// Between two pieces of what is read.
    public var read: Duration
    /// A call as a whole, repetitions and waits included.
    public var total: Duration
    /// The longest body of an answer, in bytes.
    public var bodyBytes: Int

    public init(
        connect: Duration = .seconds(5), read: Duration = .seconds(60), total: Duration = .seconds(300),
        bodyBytes: Int = 64 * 1024 * 1024
    ) {
        self.connect = connect
        self.read = read
        self.total = total
        self.bodyBytes = bodyBytes
    }
}

/// HTTP to one service, over AsyncHTTPClient.
///
/// Every failure is a ``ConnectivityError`` that names the service and the address. Redirects are never followed: what
/// a service is asked for is sent to no one else, keys least of all. Repeating a call is the caller's decision.
final class HTTPTransfers: Sendable {
    let peer: Peer
    let limits: TransferLimits
    private let client: HTTPClient

    /// - Parameter trustRoots: certificates (PEM) to trust in place of the system's.
    init(peer: Peer, limits: TransferLimits = TransferLimits(), trustRoots: [UInt8]? = nil) throws {
        self.peer = peer
        self.limits = limits
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .init(limits.connect), read: .init(limits.read))
        // Servers of uvicorn close idle connections after 5 s (protocols of LiteLLM and Gradio): ours end before,
        // so that no request runs into a close.
        configuration.connectionPool.idleTimeout = .seconds(3)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        // A refused connection is reported, not tried again behind the caller's back.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let trustRoots {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(trustRoots))
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        // Whoever forgets to close a client loses no descriptors; AsyncHTTPClient traps otherwise.
        client.shutdown { _ in }
    }

    /// Sends a call and waits for the head of the answer, whatever its status.
    func open(_ call: HTTPCall) async throws -> HTTPReply {
        let (parts, continuation) = AsyncThrowingStream<HTTPPart, any Error>.makeStream()
        let transfer = Task { [self] in
            do {
                try await withThrowingTaskGroup { group in
                    group.addTask { try await self.run(call, into: continuation) }
                    group.addTask {
                        try await Task.sleep(for: call.deadline)
                        throw self.error(
                            .timeout, call, "the whole answer within \(call.deadline)", "it had not all come",
                            phase: .total, canRetry: true)
                    }
                    defer { group.cancelAll() }
                    try await group.next()
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: self.translated(error, call))
            }
        }
        continuation.onTermination = { _ in transfer.cancel() }

        var iterator = parts.makeAsyncIterator()
        guard case .head(let status, let headers)? = try await iterator.next() else {
            throw error(.cancelled, call, "an answer", "the call was cancelled")
        }
        return HTTPReply(status: status, headers: headers, body: HTTPBody(pieces: parts), peer: peer, url: call.url)
    }

    /// Sends a call and waits for all of the answer, whatever its status.
    func fetch(_ call: HTTPCall) async throws -> (reply: HTTPReply, body: [UInt8]) {
        let reply = try await open(call)
        return (reply, try await reply.body.collect())
    }

    private func run(_ call: HTTPCall, into parts: AsyncThrowingStream<HTTPPart, any Error>.Continuation) async throws {
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method.rawValue)
        for header in call.headers { request.headers.add(name: header.name, value: header.value) }
        if let body = call.body { request.body = .bytes(body) }
        let response = try await client.execute(request, deadline: .distantFuture)
        let status = Int(response.status.code)
        if (300..<400).contains(status), status != 304, let location = response.headers.first(name: "location") {
            throw error(
                .redirected, call, "an answer from this address",
                "a redirect (\(status)) to \(location), which is not followed", status: status)
        }
        parts.yield(.head(status: status, headers: response.headers.map { ($0.name.lowercased(), $0.value) }))
        var count = 0
        for try await buffer in response.body {
            count += buffer.readableBytes
            guard count <= call.maximumBodyBytes else {
                throw error(
                    .tooLarge, call, "no more than \(call.maximumBodyBytes) bytes", "at least \(count) came",
                    status: status)
            }
            parts.yield(.piece(Array(buffer.readableBytesView)))
        }
        // The deadline beside us cancels the transfer: then the body's end is no end.
        try Task.checkCancellation()
    }

    private func translated(_ error: any Error, _ call: HTTPCall) -> ConnectivityError {
        if let error = error as? ConnectivityError { return error }
        return NetworkFailure(error).error(at: peer, "\(call.method.rawValue) \(call.url)", limits)
    }

    private func error(
        _ code: ConnectivityError.Code, _ call: HTTPCall, _ expected: String, _ came: String,
        phase: ConnectivityError.Phase? = nil, status: Int? = nil, canRetry: Bool = false
    ) -> ConnectivityError {
        peer.error(
            code, expected: "\(expected) to \(call.method.rawValue) \(call.url)", came: came, phase: phase,
            status: status, canRetry: canRetry)
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let parts = duration.components
        self = .nanoseconds(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
    }
}
