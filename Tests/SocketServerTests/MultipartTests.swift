import Testing

@testable import SocketServer

@Suite struct MultipartTests {
    private let type = "multipart/form-data; boundary=\"b-b\""
    private let body =
        "--b-b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a \\\"b\\\".png\"\r\n"
        + "Content-Type: image/png\r\n\r\nx\r\n--b-\r\ny\r\n--b-b\r\n"
        + "Content-Disposition: form-data; name=overwrite\r\n\r\ntrue\r\n--b-b--\r\nepilogue"

    private func parts(_ text: String, type: String, pieces: Int) throws -> [(MultipartHead, String)] {
        var parser = try MultipartParser(contentType: type)
        var result: [(MultipartHead, [UInt8])] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            for event in try parser.feed(Array(bytes[start..<min(bytes.count, start + pieces)])) {
                switch event {
                case .part(let head): result.append((head, []))
                case .content(let more): result[result.count - 1].1 += more
                case .partEnd, .end: break
                }
            }
        }
        #expect(parser.isComplete)
        return result.map { ($0.0, String(decoding: $0.1, as: UTF8.self)) }
    }

    @Test(arguments: [1, 2, 7, 1000]) func `parts come out whole however the body is cut`(pieces: Int) throws {
        let parts = try parts(body, type: type, pieces: pieces)

        #expect(parts.count == 2)
        #expect(parts[0].0.name == "image")
        #expect(parts[0].0.filename == "a \"b\".png")
        #expect(parts[0].0.contentType == "image/png")
        #expect(parts[0].1 == "x\r\n--b-\r\ny")
        #expect(parts[1].0.name == "overwrite")
        #expect(parts[1].0.filename == nil)
        #expect(parts[1].1 == "true")
    }

    @Test func `faults say what they are`() throws {
        #expect(throws: MultipartFault.notMultipart) { try MultipartParser(contentType: "application/json") }
        #expect(throws: MultipartFault.notMultipart) { try MultipartParser(contentType: nil) }
        #expect(throws: MultipartFault.missingBoundary) { try MultipartParser(contentType: "multipart/form-data") }
        #expect(throws: MultipartFault.badBoundary(expected: 45, got: 103, index: 2)) {
            var parser = try MultipartParser(contentType: type)
            _ = try parser.feed(Array("garbage".utf8))
        }
    }
}
