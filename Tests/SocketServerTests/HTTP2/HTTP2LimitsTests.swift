import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct HTTP2LimitsTests {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]

    private static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt8 = 0, _ payload: [UInt8]) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF), type, flags, 0, 0, 0, stream] + payload
    }

    private func expectService(at address: SocketAddress) async throws {
        let client = try HTTP2Client(try await RawSocket(address))
        #expect(try await client.exchange("GET", "/after").text == "/after")
    }

    @Test func `a head that is too large is answered, and the next request taken`() async throws {
        var configuration = ServerConfiguration()
        configuration.limits.headerBytes = 2000
        try await withHTTP2Server(configuration: configuration) { exchange in
            .text(exchange.request.path)
        } _: { client, _ in
            let large = [("x-a", String(repeating: "a", count: 1000)), ("x-b", String(repeating: "b", count: 1000))]

            let answer = try await client.exchange("GET", "/", headers: large)
            let early = try await client.exchange("POST", "/", headers: large, body: [1])
            let next = try await client.exchange("GET", "/fine")

            #expect(answer.status == 431)
            #expect(early.status == 431)
            #expect(next.text == "/fine")
        }
    }

    @Test func `more streams than allowed are refused, none is lost`() async throws {
        let goOn = Signal<Bool>()
        let running = Shared(0)
        let all = Signal<Bool>()
        try await withHTTP2Server { _ in
            running.change { $0 += 1 }
            if running.value == 100 { await all.send(true) }
            _ = await goOn.wait()
            return .text("done")
        } _: { client, _ in
            // All leave before the server's settings are known.
            let ids = (0..<100).map { client.submit("GET", "/\($0)") }
            try await client.flush()
            _ = await all.wait()
            let late = client.submit("GET", "/late")
            try await client.flush()
            await goOn.send(true)

            for id in ids { #expect(try await client.answer(id).text == "done") }
            let answer = try await client.answer(late)
            #expect(answer.text == "done" || answer.errorCode == 7)  // REFUSED_STREAM
            #expect(running.value <= 101)
        }
    }

    @Test func `rapid resets are ended`() async throws {
        let begun = Shared(0)
        try await withHTTP2Server { exchange in
            begun.change { $0 += 1 }
            await exchange.untilCancelled()
            return .text(exchange.request.path)
        } _: { client, address in
            do {
                for _ in 0..<200 where client.goAwayCode == nil {
                    let ids = (0..<50).map { _ in client.submit("GET", "/") }
                    try await client.flush()
                    for id in ids { client.reset(id) }
                    try await client.flush()
                    if client.hasEnded { break }
                }
                try await client.run { client.goAwayCode != nil }
            } catch is RawSocket.Failure {}  // The server has closed while we sent.

            #expect(begun.value < 2000)
        }
    }

    @Test(
        arguments: [
            // PING, SETTINGS, and a request that must be reset: each wants an answer.
            [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8], [0, 0, 0, 4, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func `a peer that makes us answer and never reads is dropped`(frame: [UInt8]) async throws {
        try await withHTTP2Server { exchange in
            .text(exchange.request.path)
        } _: { _, address in
            let socket = try await RawSocket(address)
            try await socket.send(Self.preface + Self.settings)
            let flood = (0..<60_000).flatMap { _ in frame }
            var isDropped = false
            // 64 MiB at most: many times what the system's buffers hold.
            for _ in 0..<(64 * 1024 * 1024 / flood.count) where !isDropped {
                do { try await socket.send(flood) } catch { isDropped = true }
            }

            #expect(isDropped)
            try await expectService(at: address)
        }
    }

    @Test func `HTTP 1 where HTTP 2 is spoken is closed`() async throws {
        try await withHTTP2Server { exchange in
            .text(exchange.request.path)
        } _: { _, address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")

            let (_, end) = try await socket.read()

            #expect(end == .finished)
            try await expectService(at: address)
        }
    }

    @Test(arguments: [
        // DATA on no stream, HEADERS with an even number, a window update of nothing, a head that is no HPACK, a
        // request without its pseudo fields, a frame that is too long, and CONTINUATION out of the blue.
        frame(0, stream: 0, [1]), frame(1, flags: 5, stream: 2, [0x82]), frame(8, [0, 0, 0, 0]),
        frame(1, flags: 5, stream: 1, [0xFF, 0xFF, 0xFF, 0xFF]), frame(1, flags: 5, stream: 1, [0x82]),
        [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1], frame(9, flags: 4, stream: 1, [0x82]),
    ])
    func `a breach of the protocol ends its stream or its connection`(bytes: [UInt8]) async throws {
        try await withHTTP2Server { exchange in
            .text(exchange.request.path)
        } _: { _, address in
            let socket = try await RawSocket(address)
            try await socket.send(Self.preface + Self.settings + bytes)

            // RST_STREAM (3) or GOAWAY (7).
            let (answer, _) = try await socket.read { Self.types(of: $0).contains { $0 == 3 || $0 == 7 } }

            #expect(Self.types(of: answer).contains { $0 == 3 || $0 == 7 })
            try await expectService(at: address)
        }
    }

    private static func types(of bytes: [UInt8]) -> [UInt8] {
        var types: [UInt8] = []
        var index = 0
        while index + 9 <= bytes.count {
            types.append(bytes[index + 3])
            index += 9 + Int(bytes[index]) << 16 + Int(bytes[index + 1]) << 8 + Int(bytes[index + 2])
        }
        return types
    }

    @Test func `three thousand connections of random frames do no harm`() async throws {
        try await withHTTP2Server { exchange in
            .text(exchange.request.path)
        } _: { _, address in
            var random = SystemRandomNumberGenerator()
            for index in 0..<3000 {
                let socket = try await RawSocket(address)
                var bytes = index.isMultiple(of: 3) ? [] : Self.preface + Self.settings
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    let payload = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    bytes += Self.frame(
                        .random(in: 0...10, using: &random), flags: .random(in: 0...255, using: &random),
                        stream: .random(in: 0...9, using: &random), payload)
                }
                try? await socket.send(bytes)  // The server may have closed already: as it should.
            }
            try await expectService(at: address)
        }
    }
}
