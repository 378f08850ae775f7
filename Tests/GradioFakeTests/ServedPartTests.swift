import Testing

@testable import GradioFake

@Suite struct ServedPartTests {
    @Test(
        arguments: [
            ("bytes=0-9", .closed(0...9)), ("bytes=10-", .open(10..<844)), ("bytes=-5", .open(839..<844)),
            ("bytes=800-9999", .closed(800...843)), ("bytes=99999-100000", .unsatisfiable),
            ("bytes=0-9223372036854775807", .closed(0...843)), ("bytes=844-", .unsatisfiable),
            ("bytes=9-3", .unsatisfiable), ("bytes=-0", .unsatisfiable),
            ("lines=1-2", .whole), ("bytes=x", .whole), ("bytes=--5", .whole), (nil, .whole),
        ] as [(String?, ServedPart)])
    func `ranges are read as the server reads them`(field: String?, part: ServedPart) {
        #expect(ServedPart(field, size: 844) == part)
    }

    @Test(arguments: ["bytes=0-", "bytes=-5", "bytes=0-9"])
    func `nothing of an empty file can be had`(field: String) {
        #expect(ServedPart(field, size: 0) == .unsatisfiable)
    }
}
