import SocketServer
import Testing
import UnderstudyTestKit

/// HTTP/1.0, and what cannot be read, as each real server has it.
@Suite struct OldClientsTests {
    private func answer(_ style: HeadStyle, to request: String) async throws -> (lines: [String], isClosed: Bool) {
        try await withServer(configuration: ServerConfiguration(style: style)) { _ in
            .text("x")
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(request)
            let (first, _) = try await socket.read { !$0.isEmpty }
            // That a connection is kept shows in silence.
            let (rest, end) = try await socket.read(timeout: .milliseconds(200))
            return (String(decoding: first + rest, as: UTF8.self).components("\r\n"), end == .finished)
        }
    }

    private static let old = "GET / HTTP/1.0\r\n\r\n"
    private static let oldAndKept = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"

    @Test func `they are like others unless the server has its own way`() async throws {
        let plain = try await answer(HeadStyle(), to: Self.old)
        let kept = try await answer(HeadStyle(), to: Self.oldAndKept)

        #expect(plain.lines == ["HTTP/1.1 200 OK", "content-length: 1", "Connection: close", "", "x"])
        #expect(plain.isClosed)
        #expect(kept.lines == ["HTTP/1.1 200 OK", "content-length: 1", "", "x"])
        #expect(!kept.isClosed)
    }

    @Test func `they are dismissed whatever they ask for`() async throws {
        let kept = try await answer(HeadStyle(oldClients: .dismissed), to: Self.oldAndKept)

        #expect(kept.lines == ["HTTP/1.1 200 OK", "content-length: 1", "Connection: close", "", "x"])
        #expect(kept.isClosed)
    }

    @Test func `they are answered in their version`() async throws {
        let style = HeadStyle(oldClients: .inTheirVersion)
        let plain = try await answer(style, to: Self.old)
        let kept = try await answer(style, to: Self.oldAndKept)
        let new = try await answer(style, to: "GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        let broken = try await answer(style, to: "GET /\r\n\r\n")

        #expect(plain.lines == ["HTTP/1.0 200 OK", "content-length: 1", "", "x"])
        #expect(plain.isClosed)
        #expect(kept.lines == ["HTTP/1.0 200 OK", "content-length: 1", "Connection: keep-alive", "", "x"])
        #expect(!kept.isClosed)
        #expect(new.lines == ["HTTP/1.1 200 OK", "content-length: 1", "Connection: close", "", "x"])
        #expect(broken.lines.first == "HTTP/1.0 400 Bad Request")
        #expect(!broken.lines.contains { $0.hasPrefix("Connection") })
    }

    @Test func `the answer to what cannot be read may be bare`() async throws {
        let style = HeadStyle(leading: [.date("date")], faultsAreBare: true)
        let broken = try await answer(style, to: "GET /\r\n\r\n")

        #expect(
            broken.lines == [
                "HTTP/1.1 400 Bad Request", "content-type: text/plain", "Connection: close", "", "Bad Request",
            ])
        #expect(broken.isClosed)
    }

    @Test func `an answer may be the last without saying so`() async throws {
        let result = try await withServer { _ in
            var reply = Reply.text("x", status: 500)
            reply.breaksOff = true
            return reply
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("GET / HTTP/1.1\r\n\r\n")
            return try await socket.read()
        }

        #expect(result.end == .finished)
        #expect(
            String(decoding: result.bytes, as: UTF8.self).components("\r\n").count { $0.hasPrefix("Connection") } == 0)
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
