import Testing

@testable import SocketServer

@Suite struct WebSocketReaderTests {
    /// A client's frame: masked.
    private func frame(_ first: UInt8, _ payload: [UInt8], mask: Bool = true) -> [UInt8] {
        var bytes = [first]
        let bit: UInt8 = mask ? 0x80 : 0
        if payload.count < 126 {
            bytes.append(bit | UInt8(payload.count))
        } else {
            bytes += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        }
        let key: [UInt8] = [0x12, 0x34, 0x56, 0x78]
        if mask { bytes += key }
        return bytes + payload.enumerated().map { mask ? $0.element ^ key[$0.offset & 3] : $0.element }
    }

    private func read(_ bytes: [UInt8], pieces: Int, limit: Int = 1000) throws(WebSocketFault) -> [WebSocketReader
        .Event]
    {
        var reader = WebSocketReader(limit: limit, allowsCompression: false)
        var events: [WebSocketReader.Event] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try reader.read(Array(bytes[start..<min(bytes.count, start + pieces)]), into: &events)
        }
        return events
    }

    @Test(arguments: [1, 3, 10_000])
    func `fragments with a ping between them make one message`(pieces: Int) throws {
        let bytes =
            frame(0x01, Array("Grü".utf8.dropLast())) + frame(0x89, [1, 2]) + frame(0x00, [0xBC])
            + frame(0x80, Array("ße".utf8))

        let events = try read(bytes, pieces: pieces)

        #expect(events == [.ping([1, 2]), .message(.text("Grüße"))])
    }

    @Test func `long payloads are unmasked whole`() throws {
        let payload = (0..<900).map { UInt8(truncatingIfNeeded: $0 * 7) }

        #expect(try read(frame(0x82, payload), pieces: 5) == [.message(.binary(payload))])
    }

    @Test(
        arguments: [
            ([0x83, 0x80, 0, 0, 0, 0], UInt16(1002)),  // an opcode that does not exist
            ([0xC1, 0x80, 0, 0, 0, 0], 1002),  // a reserved bit
            ([0x81, 0x01, 0x41], 1002),  // not masked
            ([0x09, 0x80, 0, 0, 0, 0], 1002),  // a ping in pieces
            ([0x89, 0xFE, 0, 126, 0, 0, 0, 0], 1002),  // a ping too large
            ([0x80, 0x80, 0, 0, 0, 0], 1002),  // a continuation of nothing
            ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007),  // no UTF-8
            ([0x88, 0x81, 0, 0, 0, 0, 3], 1002),  // half a close code
            ([0x88, 0x82, 0, 0, 0, 0, 3, 0xED], 1002),  // close code 1005
            ([0x82, 0xFE, 0x04, 0x00, 0, 0, 0, 0], 1009),  // larger than allowed
        ] as [([UInt8], UInt16)])
    func `what breaks the protocol gets its close code`(bytes: [UInt8], code: UInt16) {
        let fault = #expect(throws: WebSocketFault.self) { try read(bytes, pieces: 100) }

        #expect(fault?.code == code)
    }

    @Test func `text that cannot become UTF-8 is refused before it ends`() {
        // A frame that promises ten bytes, of which the second is wrong already.
        let bytes: [UInt8] = [0x81, 0x8A, 0, 0, 0, 0, 0x41, 0xFE]

        #expect(throws: WebSocketFault.invalidText) { try read(bytes, pieces: 1) }
    }
}

@Suite struct DeflateTests {
    @Test func `messages survive both ways, with the window kept`() throws {
        let parameters = try #require(
            DeflateParameters.offered(in: ["Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"]))
        let (one, other) = (Deflate(parameters), Deflate(parameters))

        for text in ["hello hello hello", "", "hello again", String(repeating: "ab", count: 50_000)] {
            let compressed = one.compress(Array(text.utf8))
            #expect(try other.decompress(compressed, limit: 1_000_000) == Array(text.utf8))
        }
        #expect(parameters.answer == "permessage-deflate")
    }

    @Test func `a bomb is stopped at the limit`() throws {
        let parameters = try #require(DeflateParameters.offered(in: ["Sec-WebSocket-Extensions": "permessage-deflate"]))
        let bomb = Deflate(parameters).compress([UInt8](repeating: 0, count: 5_000_000))

        #expect(throws: WebSocketFault.tooBig(1000)) {
            try Deflate(parameters).decompress(bomb, limit: 1000)
        }
    }
}
