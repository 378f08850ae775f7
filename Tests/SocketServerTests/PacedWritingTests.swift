import SocketServer
import Testing
import UnderstudyTestKit

@Suite(.timeLimit(.minutes(1))) struct PacedWritingTests {
    @Test func `paced pieces are chunks of their own, in order, and none comes early`() async throws {
        let gap = Duration.milliseconds(5)
        try await withServer { _ in
            .stream { writer in
                try await writer.write(every: gap, count: 4) { $1 += Array("piece \($0)".utf8) }
                try await writer.write("end")
            }
        } _: { address in
            let socket = try await RawSocket(address)
            let begun = ContinuousClock.now
            let response = try await socket.exchange("GET / HTTP/1.1\r\n\r\n")

            #expect(
                response.chunks.map { String(decoding: $0, as: UTF8.self) }
                    == ["piece 0", "piece 1", "piece 2", "piece 3", "end"])
            #expect(response.isComplete)
            #expect(ContinuousClock.now - begun >= gap * 4)
        }
    }

    @Test func `behind the last piece nothing is waited for`() async throws {
        try await withServer { _ in
            .stream { writer in
                try await writer.write(every: .seconds(3600), count: 0) { _, _ in }
                try await writer.write("end")
            }
        } _: { address in
            let response = try await RawSocket(address).exchange("GET / HTTP/1.1\r\n\r\n")

            #expect(response.chunks.map { String(decoding: $0, as: UTF8.self) } == ["end"])
        }
    }

    @Test func `a paced stream waits for a client that does not read`() async throws {
        let asked = Shared(0)
        let count = 1024
        try await withServer { exchange in
            guard exchange.request.path == "/" else { return .text("aside") }
            return .stream { writer in
                try await writer.write(every: .nanoseconds(1), count: count) { _, output in
                    asked.change { $0 += 1 }
                    output += [UInt8](repeating: 1, count: 16 * 1024)
                }
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\n\r\n")
            // As long as it goes on: what the system takes, and no more.
            var before = -1
            while before != asked.value {
                before = asked.value
                for _ in 0..<20 { _ = try await RawSocket(address).exchange("GET /aside HTTP/1.1\r\n\r\n") }
            }
            #expect(before < count)

            let (bytes, end) = try await socket.read { $0.suffix(5).elementsEqual("0\r\n\r\n".utf8) }

            #expect(end == .satisfied)
            #expect(RawResponse(bytes)?.body.count == count * 16 * 1024)
        }
    }

    @Test func `a client that leaves ends a paced stream`() async throws {
        let ended = Signal<Bool>()
        try await withServer { _ in
            .stream { writer in
                try await writer.write("begin")
                do {
                    try await writer.write(every: .seconds(3600), count: 2) { $1.append(1) }
                    await ended.send(false)
                } catch {
                    await ended.send(error is CancellationError)
                }
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\n\r\n")
            _ = try await socket.read { $0.suffix(7).elementsEqual("begin\r\n".utf8) }
            socket.reset()

            #expect(await ended.wait())
        }
    }

    @Test func `a screen that only notes lets paced pieces pass, and sees to those that it does not`() async throws {
        let noted = Shared([UInt8]())
        try await withServer { _ in
            .stream { writer in
                let screened = writer.through { bytes in
                    guard bytes[0] % 2 == 0 else { return false }
                    noted.change { $0 += bytes }
                    return true
                } _: { bytes, below in
                    try await below.write([0x2D])
                    try await below.write(bytes)
                }
                try await screened.write(every: .milliseconds(1), count: 3) { $1.append(0x30 + UInt8($0)) }
            }
        } _: { address in
            let response = try await RawSocket(address).exchange("GET / HTTP/1.1\r\n\r\n")

            #expect(String(decoding: response.body, as: UTF8.self) == "0-12")
            #expect(noted.value == [0x30, 0x32])
        }
    }
}
