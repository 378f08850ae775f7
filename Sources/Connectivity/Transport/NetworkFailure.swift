internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// What the network's many errors come down to.
enum NetworkFailure: Sendable, Equatable {
    case refused
    case unreachable(String)
    case connectTimeout
    case readTimeout
    case tls(String)
    /// The connection ended before the answer did; whether the request was heard is unknown.
    case lost(String)
    /// What came is no HTTP.
    case malformed(String)
    case cancelled
    case other(String)

    init(_ error: any Error) {
        switch error {
        case is CancellationError: self = .cancelled
        case let error as HTTPClientError: self = .of(error)
        case let error as NIOConnectionError: self = .of(error)
        case let error as IOError: self = .of(error)
        case let error as HTTPParserError:
            self = error == .invalidEOFState ? .lost("in the middle of an answer") : .malformed("\(error)")
        case let error as NIOSSLError: self = .of(error)
        case is BoringSSLError, is NIOSSLExtraError: self = .tls("\(error)")
        case ChannelError.connectTimeout: self = .connectTimeout
        case is ChannelError: self = .lost("before something was sent (\(error))")
        default: self = .other("\(error)")
        }
    }

    private static func of(_ error: HTTPClientError) -> Self {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: .connectTimeout
        case .readTimeout, .writeTimeout, .deadlineExceeded: .readTimeout
        case .remoteConnectionClosed: .lost("before an answer")
        case .cancelled, .requestStreamCancelled: .cancelled
        case .invalidURL, .emptyHost, .emptyScheme: .other("the address is no URL that can be asked")
        default: .malformed("\(error)")
        }
    }

    private static func of(_ error: NIOConnectionError) -> Self {
        if let first = error.connectionErrors.first {
            // Of several addresses, one that refuses says more than one that there is no way to.
            return error.connectionErrors.map { Self($0.error) }.first { $0 == .refused } ?? Self(first.error)
        }
        return .unreachable("the name \(error.host) has no address")
    }

    private static func of(_ error: IOError) -> Self {
        switch error.errnoCode {
        case ECONNREFUSED: .refused
        case ECONNRESET, EPIPE, ECONNABORTED, ENOTCONN: .lost("by a reset")
        case ETIMEDOUT: .connectTimeout
        case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT: .unreachable("there is no way to it")
        default: .other("\(error)")
        }
    }

    private static func of(_ error: NIOSSLError) -> Self {
        switch error {
        case .uncleanShutdown: .lost("without the end of TLS")
        default: .tls("\(error)")
        }
    }

    /// The error that a client throws for it.
    func error(at peer: Peer, _ what: String, _ limits: TransferLimits) -> ConnectivityError {
        let expected = "an answer to \(what)"
        return switch self {
        case .refused:
            peer.error(.refused, expected: expected, came: "the connection was refused", canRetry: true)
        case .unreachable(let reason):
            peer.error(.unreachable, expected: expected, came: reason, canRetry: true)
        case .connectTimeout:
            peer.error(
                .timeout, expected: "a connection for \(what) within \(limits.connect)", came: "there was none",
                phase: .connect, canRetry: true)
        case .readTimeout:
            peer.error(
                .timeout, expected: "bytes of the answer to \(what) every \(limits.read)", came: "none came",
                phase: .read, canRetry: true)
        case .tls(let reason):
            peer.error(.tls, expected: "TLS with a certificate for this host", came: "the handshake failed: \(reason)")
        case .lost(let how):
            peer.error(.connectionLost, expected: expected, came: "the connection ended \(how)", canRetry: true)
        case .malformed(let reason):
            peer.error(.protocol, expected: expected, came: "what came is no proper HTTP: \(reason)")
        case .cancelled:
            peer.error(.cancelled, expected: expected, came: "the call was cancelled")
        case .other(let reason):
            peer.error(.protocol, expected: expected, came: reason)
        }
    }
}
