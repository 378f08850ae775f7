import Foundation
import SocketServer

/// A certificate that signs itself, made by openssl's command.
enum Certificate {
    /// - Parameter name: whom it is for, such as `DNS:elsewhere.example` or `IP:127.0.0.1`.
    static func issued(
        for name: String, _ body: (_ identity: TLSIdentity, _ roots: [UInt8]) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appendingPathComponent("certificate.pem").path
        let key = folder.appendingPathComponent("key.pem").path
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
            "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(name)", "-keyout", key, "-out", certificate,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        let roots = [UInt8](try Data(contentsOf: URL(fileURLWithPath: certificate)))
        try await body(TLSIdentity(certificateFile: certificate, keyFile: key), roots)
    }
}
