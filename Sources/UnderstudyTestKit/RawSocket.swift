internal import Dispatch
internal import Glibc
public import SocketServer

/// A client of bytes, for tests: it sends exactly what it is told and shows exactly what came, the end included.
///
/// Blocking calls run on a queue of their own, so that no test waits for another's socket.
public final class RawSocket: Sendable {
    /// How reading ended.
    public enum End: Sendable, Equatable {
        /// The peer said that nothing more will come (FIN).
        case finished
        /// The peer tore the connection (RST).
        case reset
        /// Nothing came in time.
        case timeout
        /// What was asked for has come; the connection is open.
        case satisfied
    }

    /// The system's error number.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "raw-socket")

    /// Connects to an address.
    public init(_ address: SocketAddress) async throws {
        descriptor = try Self.connected(to: address)
    }

    /// Connects to the first address of a URL such as `http://127.0.0.1:8188`.
    public convenience init(url: String) async throws {
        let authority = url.split(separator: "/").dropFirst().first ?? ""
        let parts = authority.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else {
            throw Failure(description: "expected a URL with a port, got \(url)")
        }
        try await self.init(SocketAddress(host: String(parts[0]), port: port))
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Sends text.
    public func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    /// Sends bytes, all of them.
    public func send(_ bytes: [UInt8]) async throws {
        try await perform { [descriptor] in
            var sent = 0
            while sent < bytes.count {
                let count = unsafe bytes[sent...].withUnsafeBytes { buffer in
                    unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Failure(description: "send: error \(errno)") }
                sent += count
            }
        }
    }

    /// Says that nothing more will be sent.
    public func finish() async throws {
        try await perform { [descriptor] in _ = shutdown(descriptor, Int32(SHUT_WR)) }
    }

    /// Tears the connection: the server sees RST.
    public func reset() {
        // Dissolving the association sends RST at once; SO_LINGER would do so only when the descriptor is closed.
        var address = sockaddr()
        address.sa_family = sa_family_t(AF_UNSPEC)
        unsafe connect(descriptor, &address, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// Reads until `isEnough` says so, the peer ends, or nothing came for `timeout`.
    public func read(
        timeout: Duration = .seconds(20), until isEnough: @escaping @Sendable ([UInt8]) -> Bool = { _ in false }
    ) async throws -> (bytes: [UInt8], end: End) {
        let milliseconds = Int32(timeout / .milliseconds(1))
        return try await perform { [descriptor] in
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while !isEnough(bytes) {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard unsafe poll(&waiting, 1, milliseconds) > 0 else { return (bytes, .timeout) }
                let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
                if count == 0 { return (bytes, .finished) }
                if count < 0 {
                    if errno == EINTR || errno == EAGAIN { continue }
                    return (bytes, .reset)
                }
                bytes.append(contentsOf: buffer[..<count])
            }
            return (bytes, .satisfied)
        }
    }

    /// Reads as text until `mark` has come or the peer ends.
    public func read(until mark: String, timeout: Duration = .seconds(20)) async throws -> String {
        let wanted = Array(mark.utf8)
        let result = try await read(timeout: timeout) { $0.contains(subsequence: wanted) }
        return String(decoding: result.bytes, as: UTF8.self)
    }

    private func perform<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result(catching: work)) }
        }
    }

    static func connected(to address: SocketAddress) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "socket: error \(errno)") }
        guard var target = sockaddr_in(address) else {
            throw Failure(description: "expected an IPv4 address, got \(address.host)")
        }
        let result = unsafe withUnsafePointer(to: &target) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                // Loopback: the handshake is done before connect returns.
                unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let error = errno
            Glibc.close(descriptor)
            throw Failure(description: "cannot connect to \(address): error \(error)")
        }
        return descriptor
    }
}

extension [UInt8] {
    /// Whether `other` occurs in it.
    public func contains(subsequence other: [UInt8]) -> Bool {
        guard !other.isEmpty, count >= other.count else { return other.isEmpty }
        return (0...(count - other.count)).contains { self[$0..<$0 + other.count].elementsEqual(other) }
    }
}
