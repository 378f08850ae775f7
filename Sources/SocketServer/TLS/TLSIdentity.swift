/// A certificate chain and its private key, as PEM files.
public struct TLSIdentity: Sendable {
    /// The server's certificate, then those between it and a root.
    public var certificateFile: String
    /// The key of the first certificate, without a passphrase.
    public var keyFile: String

    public init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// What is spoken above TLS, by the names that ALPN (RFC 7301) gives it.
public enum ApplicationProtocol: String, Sendable {
    case http1 = "http/1.1"
    case http2 = "h2"
}
