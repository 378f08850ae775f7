import Fakes
import Testing

@Suite struct ByteRangeTests {
    @Test(
        arguments: [
            ("bytes=0-9", 0..<10), ("bytes=10-", 10..<100), ("bytes=-5", 95..<100), ("bytes=-500", 0..<100),
            ("bytes=90-9999", 90..<100), ("bytes=0-9223372036854775807", 0..<100),
            ("bytes=0-99999999999999999999", 0..<100),
            ("bytes=99-", 99..<100), ("bytes=100-", nil), ("bytes=100-101", nil), ("bytes=9-3", nil), ("bytes=-0", nil),
            ("bytes=99999999999999999999-", nil),
        ] as [(String, Range<Int>?)])
    func `a range means the bytes of it that are there`(field: String, part: Range<Int>?) throws {
        let range = try #require(ByteRange(field))

        #expect(range.part(of: 100) == part)
        #expect(range.part(of: 0) == nil)
    }

    @Test(arguments: [
        "", "lines=1-2", "bytes=x", "bytes=", "bytes=-", "bytes=5", "bytes=--5", "bytes=+1-+2", "bytes=0-1,4-5",
        "bytes= 0-1",
        "Bytes=0-1", "bytes=a-5",
    ])
    func `anything else is no range`(field: String) {
        #expect(ByteRange(field) == nil)
    }

    @Test(arguments: [
        ("Bytes = 0 - 1", 0..<2), ("bytes=a-5", 95..<100), ("bytes=5-x", 5..<100), ("bytes=5", 5..<100),
    ])
    func `a lenient reader makes something of it`(field: String, part: Range<Int>) {
        #expect(ByteRange(field, isLenient: true)?.part(of: 100) == part)
    }

    @Test(arguments: ["bytes=--5", "bytes=--9223372036854775808", "bytes=+1-+2", "bytes=x", "bytes=-", "lines=1-2"])
    func `but not of everything`(field: String) {
        #expect(ByteRange(field, isLenient: true) == nil)
    }
}
