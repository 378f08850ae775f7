import COpenSSL
import SocketServer
import UnderstudyTestKit

/// A TLS client of bytes, above a raw socket. Used by one test's task only.
@safe final class TLSClient {
    /// How reading ended.
    enum End: Equatable {
        case satisfied
        /// The server said that nothing more will come, as TLS wants it.
        case closeNotify
        /// The socket ended, and TLS had said nothing.
        case socket(RawSocket.End)
    }

    let socket: RawSocket
    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Connects, trusting only `certificate`, and shakes hands.
    init(_ address: SocketAddress, trusting certificate: TestCertificate, offering protocols: [String] = [])
        async throws
    {
        socket = try await RawSocket(address)
        unsafe context = SSL_CTX_new(TLS_client_method())
        unsafe SSL_CTX_load_verify_file(context, certificate.certificateFile)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        let offer = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !offer.isEmpty { unsafe SSL_CTX_set_alpn_protos(context, offer, UInt32(offer.count)) }
        unsafe ssl = SSL_new(context)
        unsafe incoming = BIO_new(BIO_s_mem())
        unsafe outgoing = BIO_new(BIO_s_mem())
        unsafe SSL_set_bio(ssl, incoming, outgoing)
        unsafe SSL_set1_host(ssl, "localhost")
        unsafe SSL_set_connect_state(ssl)
        while true {
            let result = unsafe SSL_do_handshake(ssl)
            try await sendOutput()
            if result == 1 { return }
            guard unsafe SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ else {
                throw Failure(description: Self.reason())
            }
            let (bytes, end) = try await socket.read { !$0.isEmpty }
            guard !bytes.isEmpty else { throw Failure(description: "the handshake ended: \(end)") }
            feed(bytes)
        }
    }

    deinit {
        unsafe SSL_free(ssl)
        unsafe SSL_CTX_free(context)
    }

    /// What the server chose.
    var applicationProtocol: String {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        return unsafe String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        guard unsafe SSL_write(ssl, bytes, Int32(bytes.count)) == bytes.count else {
            throw Failure(description: Self.reason())
        }
        try await sendOutput()
    }

    /// Says that nothing more will be sent, and leaves the socket open.
    func finish() async throws {
        unsafe SSL_shutdown(ssl)
        try await sendOutput()
    }

    func read(
        timeout: Duration = .seconds(30), until isEnough: ([UInt8]) -> Bool = { _ in false }
    ) async throws -> (bytes: [UInt8], end: End) {
        var plain: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = unsafe SSL_read(ssl, &buffer, Int32(buffer.count))
            if count > 0 {
                plain.append(contentsOf: buffer[..<Int(count)])
                continue
            }
            if isEnough(plain) { return (plain, .satisfied) }
            switch unsafe SSL_get_error(ssl, count) {
            case SSL_ERROR_ZERO_RETURN: return (plain, .closeNotify)
            case SSL_ERROR_WANT_READ: break
            default: throw Failure(description: Self.reason())
            }
            let (bytes, end) = try await socket.read(timeout: timeout) { !$0.isEmpty }
            guard !bytes.isEmpty else { return (plain, .socket(end)) }
            feed(bytes)
        }
    }

    /// Sends a request and reads its whole answer.
    func exchange(_ request: String) async throws -> RawResponse {
        try await send(request)
        let (bytes, end) = try await read { RawResponse($0)?.isComplete == true }
        guard let response = RawResponse(bytes) else {
            throw Failure(description: "no answer in \(bytes.count) bytes: \(end)")
        }
        return response
    }

    /// A message that wants the server to answer with a message of TLS itself.
    func askForNewKeys() async throws {
        unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
        unsafe SSL_do_handshake(ssl)
        try await sendOutput()
    }

    private func feed(_ bytes: [UInt8]) {
        unsafe BIO_write(incoming, bytes, Int32(bytes.count))
    }

    private func sendOutput() async throws {
        let count = Int(unsafe understudy_bio_pending(outgoing))
        guard count > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe BIO_read(outgoing, &bytes, Int32(count))
        try await socket.send(bytes)
    }

    private static func reason() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        return unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
