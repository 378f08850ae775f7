import Glibc
import SocketServer
import Testing

@Suite struct TLSIdentityTests {
    private func failure(certificate: String, key: String) async throws -> SocketServerError? {
        let loop = try EventLoop(name: "test")
        let server = Server(on: loop) { _ in .text("") }
        var failure: SocketServerError?
        do throws(SocketServerError) {
            try await server.listen(tls: TLSIdentity(certificateFile: certificate, keyFile: key))
        } catch {
            failure = error
        }
        await server.stop()
        await loop.stop()
        return failure
    }

    @Test func `a file that is missing is named`() async throws {
        let made = try TestCertificate()

        let noCertificate = try await failure(certificate: "/nowhere/c.pem", key: made.keyFile)
        let noKey = try await failure(certificate: made.certificateFile, key: "/nowhere/k.pem")

        #expect(noCertificate?.code == .badCertificate)
        #expect(noCertificate?.message == "cannot read the certificate file /nowhere/c.pem: No such file or directory")
        #expect(noKey?.message == "cannot read the key file /nowhere/k.pem: No such file or directory")
    }

    @Test func `a file that holds something else is named`() async throws {
        let made = try TestCertificate()

        let keyAsCertificate = try await failure(certificate: made.keyFile, key: made.keyFile)
        let certificateAsKey = try await failure(certificate: made.certificateFile, key: made.certificateFile)

        #expect(keyAsCertificate?.code == .badCertificate)
        #expect(
            keyAsCertificate?.message.hasPrefix("expected a certificate in PEM form in \(made.keyFile): ") == true)
        #expect(
            certificateAsKey?.message.hasPrefix(
                "expected a private key in PEM form without a passphrase in \(made.certificateFile): ") == true)
    }

    @Test func `a key of another certificate is told as such`() async throws {
        let made = try TestCertificate()
        let other = try TestCertificate()

        let failure = try await failure(certificate: made.certificateFile, key: other.keyFile)

        #expect(failure?.code == .badCertificate)
        #expect(
            failure?.message
                == "the private key in \(other.keyFile) does not belong to the certificate in \(made.certificateFile)")
    }

    @Test func `a folder is no certificate`() async throws {
        let made = try TestCertificate()

        let failure = try await failure(certificate: made.folder, key: made.keyFile)

        #expect(failure?.code == .badCertificate)
        #expect(failure?.message.contains(made.folder) == true)
    }
}
