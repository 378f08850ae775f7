internal import COpenSSL

/// The TLS of one connection, between two buffers in memory: what comes from the peer is fed, what is to go to it
/// is taken, and no socket is ever touched. Every call leaves OpenSSL's queue of errors empty.
@safe final class TLSSession {
    /// How far a call got.
    enum Progress: Equatable {
        case done
        /// Nothing more without bytes from the peer.
        case needsMore
        /// The peer has said that nothing more will come (close_notify).
        case finished
        case failed(String)
    }

    /// Bytes fed or encrypted at once: a record, and what the buffers of an idle connection may keep.
    static let piece = 16 * 1024

    private let context: TLSContext
    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer

    /// Nil if memory is out.
    init?(_ context: TLSContext) {
        guard let ssl = unsafe SSL_new(context.pointer) else {
            OpenSSLFault.clear()
            return nil
        }
        guard let incoming = unsafe BIO_new(BIO_s_mem()), let outgoing = unsafe BIO_new(BIO_s_mem()) else {
            unsafe SSL_free(ssl)
            OpenSSLFault.clear()
            return nil
        }
        self.context = context
        unsafe self.ssl = ssl
        unsafe self.incoming = incoming
        unsafe self.outgoing = outgoing
        // The session owns both buffers from here on, and frees them.
        unsafe SSL_set_bio(ssl, incoming, outgoing)
        unsafe SSL_set_accept_state(ssl)
    }

    deinit {
        unsafe SSL_free(ssl)
    }

    /// The version of TLS, as OpenSSL spells it.
    var version: String { unsafe String(cString: SSL_get_version(ssl)) }

    /// What was agreed on, or what is spoken without an agreement.
    var applicationProtocol: ApplicationProtocol {
        negotiatedProtocol.flatMap { ApplicationProtocol(rawValue: $0) } ?? context.fallback
    }

    /// What was agreed on (RFC 7301); nil if the client named nothing.
    var negotiatedProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &name, &count)
        guard count > 0 else { return nil }
        return unsafe String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// Takes bytes from the peer, at most ``piece`` of them, from `start` on; returns where it stopped.
    func feed(_ bytes: [UInt8], from start: Int) -> Int {
        let count = min(bytes.count - start, Self.piece)
        let taken = unsafe bytes.withUnsafeBytes { buffer in
            unsafe BIO_write(incoming, buffer.baseAddress! + start, Int32(count))
        }
        return start + max(0, Int(taken))
    }

    func handshake() -> Progress {
        OpenSSLFault.clear()
        return unsafe progress(SSL_do_handshake(ssl))
    }

    /// Appends what can be decrypted.
    func read(into bytes: inout [UInt8]) -> Progress {
        OpenSSLFault.clear()
        return unsafe withUnsafeTemporaryAllocation(byteCount: Self.piece, alignment: 1) { buffer in
            while true {
                let count = unsafe SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))
                guard count > 0 else { return progress(count) }
                unsafe bytes.append(contentsOf: buffer[..<Int(count)])
            }
        }
    }

    /// Encrypts bytes. Only after the handshake.
    func write(_ bytes: [UInt8], into output: inout [UInt8]) -> Progress {
        OpenSSLFault.clear()
        return unsafe bytes.withUnsafeBytes { buffer in
            var start = 0
            while start < buffer.count {
                let count = min(buffer.count - start, Self.piece)
                let written = unsafe SSL_write(ssl, buffer.baseAddress! + start, Int32(count))
                guard written > 0 else { return progress(written) }
                start += Int(written)
                takeOutput(into: &output)
            }
            return .done
        }
    }

    /// Says that nothing more will be sent.
    func finishOutput() {
        OpenSSLFault.clear()
        unsafe SSL_shutdown(ssl)
        OpenSSLFault.clear()
    }

    /// Appends what is to be sent to the peer.
    func takeOutput(into output: inout [UInt8]) {
        let count = Int(unsafe understudy_bio_pending(outgoing))
        guard count > 0 else { return }
        let room = output.count
        output.append(contentsOf: repeatElement(0, count: count))
        unsafe output.withUnsafeMutableBytes { buffer in
            _ = unsafe BIO_read(outgoing, buffer.baseAddress! + room, Int32(count))
        }
    }

    private func progress(_ result: Int32) -> Progress {
        if result > 0 { return .done }
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
            OpenSSLFault.clear()
            return .needsMore
        case SSL_ERROR_ZERO_RETURN:
            OpenSSLFault.clear()
            return .finished
        default:
            return .failed(OpenSSLFault.take().text)
        }
    }
}
