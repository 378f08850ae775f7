import SocketServer
import Testing
import UnderstudyTestKit

@Suite struct ResponseWriterTests {
    private static let request = "GET / HTTP/1.1\r\n\r\n"

    private func bytes(of reply: Reply, request: String = request) async throws -> (text: String, end: RawSocket.End) {
        try await withServer { _ in
            reply
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(request)
            let (bytes, end) = try await socket.read()
            return (String(decoding: bytes, as: UTF8.self), end)
        }
    }

    @Test func `a raw answer is its bytes and FIN`() async throws {
        let (text, end) = try await bytes(
            of: Reply(body: .raw { writer in try await writer.write("no HTTP") }))

        #expect(text == "no HTTP")
        #expect(end == .finished)
    }

    @Test func `a raw answer without a byte is FIN alone`() async throws {
        let (text, end) = try await bytes(of: Reply(body: .raw { _ in }))

        #expect(text == "")
        #expect(end == .finished)
    }

    @Test func `a raw answer that is aborted is its bytes and RST`() async throws {
        let (text, end) = try await bytes(
            of: Reply(
                body: .raw { writer in
                    try await writer.write("HTTP/1.1 200 O")
                    writer.abort(resets: true)
                }))

        #expect(text == "HTTP/1.1 200 O")
        #expect(end == .reset)
    }

    @Test func `raw bytes stand between chunks as they are`() async throws {
        let (text, end) = try await bytes(
            of: .stream { writer in
                try await writer.write("one")
                try await writer.writeRaw(Array("zz\r\n".utf8))
                writer.abort()
            })

        #expect(text.hasSuffix("\r\n\r\n3\r\none\r\nzz\r\n"))
        #expect(end == .finished)
    }

    @Test func `what a writer leads through a closure comes out as the closure says`() async throws {
        let (text, _) = try await bytes(
            of: Reply(
                body: .stream { writer in
                    let twice = writer.through { bytes, below in
                        try await below.write(bytes)
                        try await below.write(bytes)
                    }
                    let shouting = twice.through { bytes, below in
                        try await below.write(String(decoding: bytes, as: UTF8.self).uppercased())
                    }
                    try await shouting.write("a")
                    try await shouting.write([0x62])
                    try await shouting.write("c")
                }, closes: true))

        #expect(text.hasSuffix("\r\n\r\n1\r\nA\r\n1\r\nA\r\n1\r\nB\r\n1\r\nB\r\n1\r\nC\r\n1\r\nC\r\n0\r\n\r\n"))
    }

    @Test func `an abort below a closure ends the writer above it`() async throws {
        let stopped = Signal<Bool>()
        let (text, end) = try await bytes(
            of: .stream { writer in
                let screened = writer.through { bytes, below in
                    try await below.write(bytes)
                    below.abort(resets: true)
                }
                try await screened.write("last words")
                await stopped.send(!screened.isOpen)
                try await screened.write("never")
            })

        #expect(text.hasSuffix("a\r\nlast words\r\n"))
        #expect(end == .reset)
        #expect(await stopped.wait())
    }

    @Test func `a hanging answer says nothing more and ends nothing until the client leaves`() async throws {
        let ended = Signal<Bool>()
        try await withServer { _ in
            .stream { writer in
                try await writer.write("half")
                do {
                    try await writer.hang()
                } catch {
                    await ended.send(error is CancellationError)
                    throw error
                }
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send(Self.request)
            #expect(try await socket.read(until: "half\r\n").hasSuffix("4\r\nhalf\r\n"))

            // Silence can only be waited for.
            let (bytes, end) = try await socket.read(timeout: .milliseconds(100))

            #expect(bytes.isEmpty)
            #expect(end == .timeout)
            socket.reset()
            #expect(await ended.wait())
        }
    }

    @Test func `a hanging answer outlasts the time that the rest of a request may take`() async throws {
        let configuration = ServerConfiguration(limits: ServerLimits(readTimeout: .milliseconds(30)))
        try await withServer(configuration: configuration) { _ in
            .stream { writer in try await writer.hang() }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n")

            let (head, _) = try await socket.read { !$0.isEmpty }
            // Silence can only be waited for.
            let (rest, end) = try await socket.read(timeout: .milliseconds(150))

            #expect(RawResponse(head)?.status == 200)
            #expect(rest.isEmpty)
            #expect(end == .timeout)
        }
    }

    @Test func `a half closed answer ends in FIN, and the rest of the request is still read`() async throws {
        try await withServer { exchange in
            .stream { writer in
                try await writer.write("half")
                writer.halfClose()
                let body = try await exchange.body()
                await received.send(body)
                try await writer.hang()
            }
        } _: { address in
            let socket = try await RawSocket(address)
            try await socket.send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n")
            let (bytes, end) = try await socket.read()
            try await socket.send("ok")

            #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\r\n\r\n4\r\nhalf\r\n"))
            #expect(end == .finished)
            #expect(await received.wait() == Array("ok".utf8))
        }
    }

    private let received = Signal<[UInt8]>()

    @Test func `over TLS a raw answer is its bytes and a reset one has no close_notify`() async throws {
        try await withSecureServer { exchange in
            Reply(
                body: .raw { writer in
                    try await writer.write("no HTTP")
                    if exchange.request.path == "/reset" { writer.abort(resets: true) }
                })
        } _: { address, certificate in
            for (path, expected) in [("/", TLSClient.End.closeNotify), ("/reset", .socket(.reset))] {
                let client = try await TLSClient(address, trusting: certificate, offering: ["http/1.1"])
                try await client.send("GET \(path) HTTP/1.1\r\n\r\n")
                let (bytes, end) = try await client.read()

                #expect(bytes == Array("no HTTP".utf8))
                #expect(end == expected)
            }
        }
    }

    @Test func `in HTTP 2 a raw answer is a reset stream`() async throws {
        try await withHTTP2Server { exchange in
            exchange.request.path == "/raw" ? Reply(body: .raw { _ in }) : .text("fine")
        } _: { client, _ in
            let raw = try await client.exchange("GET", "/raw")
            let other = try await client.exchange("GET", "/")

            #expect(raw.errorCode == 2)  // INTERNAL_ERROR
            #expect(other.text == "fine")
        }
    }

    @Test func `in HTTP 2 a half closed answer is a stream that ends`() async throws {
        try await withHTTP2Server { _ in
            .stream { writer in
                try await writer.write("half")
                writer.halfClose()
                try await writer.hang()
            }
        } _: { client, _ in
            let answer = try await client.exchange("GET", "/")

            #expect(answer.text == "half")
            #expect(answer.errorCode == 0)
        }
    }
}
