internal import COpenSSL
internal import Glibc

/// What the TLS connections of one listening socket have in common: certificate, key, protocols to offer.
///
/// Made on the loop's thread and used there; each ``TLSSession`` holds it, so that it outlives the last.
@safe final class TLSContext {
    let pointer: OpaquePointer
    /// What is spoken with a client that does not negotiate.
    let fallback: ApplicationProtocol
    /// The protocols in ALPN's form, best first. Memory of our own: OpenSSL keeps pointers into it.
    private let offers: UnsafeMutableBufferPointer<UInt8>

    /// Loads the files.
    ///
    /// - Throws: ``SocketServerError/Code/badCertificate``, with the file and what is wrong with it.
    init(_ identity: TLSIdentity, protocols: [ApplicationProtocol]) throws(SocketServerError) {
        OpenSSLFault.clear()
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw SocketServerError(.system, "cannot set up TLS: \(OpenSSLFault.take().text)")
        }
        let offers = protocols.flatMap { [UInt8($0.rawValue.utf8.count)] + Array($0.rawValue.utf8) }
        unsafe self.offers = .allocate(capacity: offers.count)
        _ = unsafe self.offers.initialize(fromContentsOf: offers)
        unsafe pointer = context
        fallback = protocols.contains(.http1) ? .http1 : protocols.first ?? .http1
        configure()
        try load(identity)
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
        unsafe offers.deallocate()
    }

    private func configure() {
        unsafe understudy_ssl_set_min_tls12(pointer)
        unsafe SSL_CTX_set_options(pointer, understudy_ssl_options())
        unsafe understudy_ssl_disable_session_cache(pointer)
        // An idle connection gives its 32 KiB of record buffers back.
        unsafe understudy_ssl_set_mode(pointer, Int(SSL_MODE_RELEASE_BUFFERS))
        // Without this OpenSSL would ask for a passphrase on the terminal, and wait.
        unsafe SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in -1 }
        // Unretained: a session holds its context, and no callback comes without a session.
        unsafe SSL_CTX_set_alpn_select_cb(
            pointer,
            { _, chosen, chosenCount, asked, askedCount, argument in
                let context = unsafe Unmanaged<TLSContext>.fromOpaque(argument!).takeUnretainedValue()
                return unsafe context.choose(chosen, chosenCount, asked, askedCount)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// The best of our protocols that the client offers. None in common ends the handshake (RFC 7301 section 3.2).
    private func choose(
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ chosenCount: UnsafeMutablePointer<UInt8>?,
        _ asked: UnsafePointer<UInt8>?, _ askedCount: UInt32
    ) -> Int32 {
        var choice: UnsafeMutablePointer<UInt8>?
        let result = unsafe SSL_select_next_proto(
            &choice, chosenCount, offers.baseAddress, UInt32(offers.count), asked, askedCount)
        guard result == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        unsafe chosen?.pointee = unsafe UnsafePointer(choice)
        return SSL_TLSEXT_ERR_OK
    }

    private func load(_ identity: TLSIdentity) throws(SocketServerError) {
        let certificate = identity.certificateFile
        let key = identity.keyFile
        try Self.checkReadable(certificate, "certificate")
        try Self.checkReadable(key, "key")
        guard unsafe SSL_CTX_use_certificate_chain_file(pointer, certificate) == 1 else {
            throw Self.bad("expected a certificate in PEM form in \(certificate): \(OpenSSLFault.take().text)")
        }
        guard unsafe SSL_CTX_use_PrivateKey_file(pointer, key, SSL_FILETYPE_PEM) == 1,
            unsafe SSL_CTX_check_private_key(pointer) == 1
        else {
            let (reason, text) = OpenSSLFault.take()
            if reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH {
                throw Self.bad("the private key in \(key) does not belong to the certificate in \(certificate)")
            }
            throw Self.bad("expected a private key in PEM form without a passphrase in \(key): \(text)")
        }
    }

    private static func checkReadable(_ file: String, _ role: String) throws(SocketServerError) {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw bad("cannot read the \(role) file \(file): \(unsafe String(cString: strerror(errno)))")
        }
        close(descriptor)
    }

    private static func bad(_ message: String) -> SocketServerError {
        SocketServerError(.badCertificate, message)
    }
}
