// Its headers bring the socket constants into view: the system's module has them only if nobody else read that header before.
internal import CLws
internal import COpenSSL
internal import Glibc

/// A connection that this process opens to some server, plain or TLS: for commands, which have nothing else to do while they wait.
///
/// It blocks the calling thread, at most ``limit`` seconds at a time; nothing of it belongs on an event loop.
@safe public final class OutgoingConnection {
    /// The longest that connecting, or waiting for the next bytes, may take, in seconds.
    public static let limit = 20

    private let descriptor: Int32
    private var session: OpaquePointer?
    private var context: OpaquePointer?

    /// Connects.
    ///
    /// - Parameters:
    ///   - host: a name or an address.
    ///   - port: the port, as digits.
    ///   - isSecure: whether TLS is spoken; the certificate has to be the host's, unless `trustsAnybody`.
    /// - Throws: ``OutgoingFault``: no such host, nobody listens, no TLS there, a certificate that nobody vouches for.
    public init(host: String, port: String, isSecure: Bool, trustsAnybody: Bool = false) throws(OutgoingFault) {
        unsafe descriptor = try Self.connected(host, port)
        if isSecure { try unsafe secure(host, trustsAnybody) }
    }

    deinit {
        if let session = unsafe session { unsafe SSL_free(session) }
        if let context = unsafe context { unsafe SSL_CTX_free(context) }
        close(descriptor)
    }

    @unsafe private static func connected(_ host: String, _ port: String) throws(OutgoingFault) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, port, &hints, &found) == 0, let first = unsafe found else {
            throw OutgoingFault(.noSuchHost, "no such host: \(host)")
        }
        defer { unsafe freeaddrinfo(first) }
        var reason = "no address"
        var address: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let one = unsafe address {
            let descriptor = unsafe socket(
                one.pointee.ai_family, one.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
            // Both apply to connect, too.
            var time = timeval(tv_sec: limit, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                _ = unsafe setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
            }
            if unsafe connect(descriptor, one.pointee.ai_addr, one.pointee.ai_addrlen) == 0 { return descriptor }
            reason = errno == EINPROGRESS ? "no answer within \(limit) s" : unsafe String(cString: strerror(errno))
            close(descriptor)
            unsafe address = unsafe one.pointee.ai_next
        }
        throw OutgoingFault(.notReachable, "nobody answers at \(host):\(port): \(reason)")
    }

    @unsafe private func secure(_ host: String, _ trustsAnybody: Bool) throws(OutgoingFault) {
        OpenSSLFault.clear()
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw OutgoingFault(.noTLS, "cannot set up TLS: \(OpenSSLFault.take().text)")
        }
        unsafe self.context = context
        unsafe understudy_ssl_set_min_tls12(context)
        unsafe SSL_CTX_set_options(context, understudy_ssl_options())
        unsafe SSL_CTX_set_default_verify_paths(context)
        unsafe SSL_CTX_set_verify(context, trustsAnybody ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nil)
        guard let session = unsafe SSL_new(context) else {
            throw OutgoingFault(.noTLS, "cannot set up TLS: \(OpenSSLFault.take().text)")
        }
        unsafe self.session = session
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) != 1 {
            unsafe SSL_set1_host(session, host)
            // Servers of several names choose their certificate by it.
            unsafe understudy_ssl_set_host(session, host)
        }
        OpenSSLFault.clear()
        unsafe SSL_set_fd(session, descriptor)
        guard unsafe SSL_connect(session) == 1 else {
            let verdict = unsafe SSL_get_verify_result(session)
            let (_, text) = OpenSSLFault.take()
            guard verdict == X509_V_OK else {
                let reason = unsafe String(cString: X509_verify_cert_error_string(Int(verdict)))
                throw OutgoingFault(.badCertificate, "the certificate of \(host) does not hold: \(reason)")
            }
            throw OutgoingFault(.noTLS, "\(host) speaks no TLS there: \(text)")
        }
    }

    /// Sends all of it.
    public func send(_ bytes: [UInt8]) throws(OutgoingFault) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes { piece in
                if let session = unsafe session {
                    return Int(unsafe SSL_write(session, piece.baseAddress, Int32(min(piece.count, 1 << 20))))
                }
                // A peer that has gone is an error, not a signal.
                return unsafe Glibc.send(descriptor, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw OutgoingFault(.broken, "the connection broke off while asking") }
            sent += count
        }
    }

    /// What comes next; empty at the end.
    public func receive() throws(OutgoingFault) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe buffer.withUnsafeMutableBytes { buffer in
            if let session = unsafe session {
                return Int(unsafe SSL_read(session, buffer.baseAddress, Int32(buffer.count)))
            }
            return unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        if count > 0 { return Array(buffer[..<count]) }
        let error = errno
        if let session = unsafe session {
            defer { OpenSSLFault.clear() }
            guard unsafe SSL_get_error(session, Int32(count)) != SSL_ERROR_ZERO_RETURN else { return [] }
        } else if count == 0 {
            return []
        }
        let isLate = error == EAGAIN || error == EWOULDBLOCK
        throw OutgoingFault(.broken, isLate ? "no answer within \(Self.limit) s" : "the connection broke off")
    }
}

/// Why a server cannot be asked.
public struct OutgoingFault: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure. More may be added.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The name stands for no address.
        public static let noSuchHost = Code(name: "noSuchHost")
        /// Nobody listens there, or nothing comes back.
        public static let notReachable = Code(name: "notReachable")
        /// What listens there speaks no TLS.
        public static let noTLS = Code(name: "noTLS")
        /// The certificate is not the host's, or nobody known vouches for it.
        public static let badCertificate = Code(name: "badCertificate")
        /// The connection ended before all was said, or fell silent.
        public static let broken = Code(name: "broken")
        /// What came back is no HTTP.
        public static let unreadable = Code(name: "unreadable")
    }

    /// What came back is no HTTP, or not all of it.
    public static let unreadable = OutgoingFault(.unreadable, "what it answers is no HTTP")

    public let code: Code
    public let message: String
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
