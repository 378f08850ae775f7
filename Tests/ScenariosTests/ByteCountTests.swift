import Testing

@testable import Scenarios

@Suite struct ByteCountTests {
    @Test(arguments: [
        ("512", 512), ("10KB", 10_000), ("10kb", 10_000), ("1KiB", 1024), ("1.5MB", 1_500_000), ("2GB", 2_000_000_000),
        ("7B", 7),
    ])
    func `sizes are read and written`(text: String, bytes: Int) {
        #expect(ByteCount.read(text) == bytes)
        #expect(ByteCount.read(ByteCount.spelled(bytes)) == bytes)
    }

    @Test(arguments: ["", "KB", "1.5", "-1", "1 KB", "1TB", "1e3", "99999999999GB"])
    func `what is no size is none`(text: String) {
        #expect(ByteCount.read(text) == nil)
    }

    @Test func `base64 is read and written`() {
        for count in 0..<20 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 77) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
        #expect(Base64.encode([0, 1, 2, 255]) == "AAEC/w==")
        #expect(Base64.decode("AAE C\n/w") == [0, 1, 2, 255])
        for wrong in ["A", "A===", "AA=A", "====", "@@@@"] { #expect(Base64.decode(wrong) == nil) }
    }
}
