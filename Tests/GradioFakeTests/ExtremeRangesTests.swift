import Testing

@testable import GradioFake

@Suite struct ExtremeRangesTests {
    @Test(arguments: [
        ("bytes=0-9", ByteRange.closed(0...9)), ("bytes=10-", .open(10..<100)), ("bytes=-5", .open(95..<100)),
        ("bytes=0-9223372036854775807", .closed(0...99)), ("bytes=100-", .unsatisfiable), ("bytes=9-3", .unsatisfiable),
    ])
    func `ranges are read as the server reads them`(header: String, range: ByteRange) {
        #expect(ByteRange(header, size: 100) == range)
    }

    @Test(arguments: ["bytes=--5", "bytes=--9223372036854775808", "bytes=+1-+2", "bytes=99999999999999999999-"])
    func `numbers that are none stop nothing`(header: String) {
        let range = ByteRange(header, size: 100)

        #expect(range == .none || range == .unsatisfiable)
    }
}
