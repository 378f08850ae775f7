import Encodings
import Testing

@Suite struct EncodingsTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("hello", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func `SHA-256 gives the published values`(text: String, digest: String) {
        #expect(SHA256.hex(text) == digest)
    }

    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
    ])
    func `SHA-1 gives the published values`(text: String, digest: String) {
        #expect(SHA1.hex(Array(text.utf8)) == digest)
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base64 gives the published values`(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.encode(Array(text.utf8), isPadded: false) == encoded.filter { $0 != "=" })
    }

    @Test func `base64 for addresses has letters of its own, with padding or without`() {
        #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
        #expect(Base64.encode([0xFB, 0xFF], urlSafe: true) == "-_8=")
        #expect(Base64.encode([0xFB, 0xFF], urlSafe: true, isPadded: false) == "-_8")
    }

    @Test(arguments: 0..<130)
    func `base64 survives the way there and back`(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }

        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64.decode(Base64.encode(bytes, urlSafe: true, isPadded: false)) == bytes)
    }

    @Test(arguments: [("Zm9v\n Yg ==", "foob"), ("Zm9vYg", "foob"), ("Zm9vYmE", "fooba"), ("", "")])
    func `blanks are passed over and padding may be missing`(encoded: String, text: String) {
        #expect(Base64.decode(encoded) == Array(text.utf8))
        #expect(Base64.decode(encoded, isStrict: true) == Array(text.utf8))
    }

    @Test(arguments: ["-_8=", "Zg==Zg==", "Zm9v=", "Zm9vYg=", "Zm9vY", "====", "Zm9vYg====", "A===", "AA=A"])
    func `what a lenient decoder takes, a strict one refuses`(encoded: String) {
        #expect(Base64.decode(encoded) != nil)
        #expect(Base64.decode(encoded, isStrict: true) == nil)
    }

    @Test func `other letters are in no base64`() {
        #expect(Base64.decode("Zm9v!") == nil)
        #expect(Base64.decode("Zm9vé") == nil)
    }
}
