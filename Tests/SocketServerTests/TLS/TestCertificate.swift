import COpenSSL
import Glibc
import SocketServer

/// A certificate for `localhost` that signs itself, and its key, in files that go with this object.
@safe final class TestCertificate: Sendable {
    let folder: String
    var certificateFile: String { folder + "/certificate.pem" }
    var keyFile: String { folder + "/key.pem" }
    var identity: TLSIdentity { TLSIdentity(certificateFile: certificateFile, keyFile: keyFile) }

    init() throws {
        folder = try Self.makeFolder()
        let key = unsafe Self.makeKey()
        let certificate = unsafe X509_new()
        defer {
            unsafe EVP_PKEY_free(key)
            unsafe X509_free(certificate)
        }
        unsafe X509_set_version(certificate, 2)
        unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1)
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), -3600)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), 3600)
        unsafe X509_set_pubkey(certificate, key)
        let name = unsafe X509_get_subject_name(certificate)
        unsafe X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, "localhost", -1, -1, 0)
        unsafe X509_set_issuer_name(certificate, name)
        let names = unsafe X509V3_EXT_conf_nid(nil, nil, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1")
        unsafe X509_add_ext(certificate, names, -1)
        unsafe X509_EXTENSION_free(names)
        unsafe X509_sign(certificate, key, EVP_sha256())
        try unsafe Self.write(certificateFile) { unsafe PEM_write_bio_X509($0, certificate) }
        try unsafe Self.write(keyFile) { unsafe PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    deinit {
        unsafe unlink(certificateFile)
        unsafe unlink(keyFile)
        unsafe rmdir(folder)
    }

    private static func makeFolder() throws -> String {
        var template = Array("/tmp/understudy-certificate-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw Failure(what: "mkdtemp: error \(errno)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func write(_ file: String, _ write: (OpaquePointer) -> Int32) throws {
        guard let output = unsafe BIO_new_file(file, "w") else { throw Failure(what: "cannot write \(file)") }
        defer { unsafe BIO_free(output) }
        guard unsafe write(output) == 1 else { throw Failure(what: "cannot write \(file)") }
    }

    /// A key on the curve P-256: made in a millisecond, unlike RSA's.
    private static func makeKey() -> OpaquePointer? {
        let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        unsafe EVP_PKEY_keygen_init(context)
        unsafe EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1)
        unsafe EVP_PKEY_keygen(context, &key)
        return unsafe key
    }

    struct Failure: Error {
        let what: String
    }
}
