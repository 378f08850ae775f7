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
}
