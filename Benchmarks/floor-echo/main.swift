// The socket floor alone: a small JSON answer, an event stream and a WebSocket echo, for benchmarks and for the
// WebSocket conformance suite. Usage: floor-echo [PORT [CERTIFICATE KEY]]; prints its address (with a certificate, that of TLS
// as well, and that of HTTP/2 without it), ends on SIGTERM.
import Glibc
import SocketServer

let style = HeadStyle(trailing: [.date("Date"), .fixed("Server", "floor-echo")], contentLengthName: "Content-Length")
let loop = try EventLoop(name: "floor-echo")
let answer = Array(#"{"exec_info": {"queue_remaining": 0}}"#.utf8)
let server = Server(on: loop, configuration: ServerConfiguration(style: style)) { exchange in
    if exchange.wantsWebSocket {
        let options = WebSocketOptions(compression: true, maximumMessageBytes: 64 * 1024 * 1024)
        return Reply(
            body: .webSocket(options) { socket in
                while let message = await socket.receive() {
                    switch message {
                    case .text(let text): try await socket.send(text)
                    case .binary(let bytes): try await socket.send(bytes)
                    }
                }
            })
    }
    switch exchange.request.path {
    case "/events":
        let count = exchange.request.queryItems["count"].flatMap { Int($0) } ?? 1000
        return .stream(headers: ["content-type": "text/event-stream"]) { writer in
            for index in 0..<count {
                try await writer.write(
                    "data: {\"id\":\"chatcmpl-1\",\"index\":\(index),\"delta\":{\"content\":\"abc\"}}\n\n")
            }
        }
    case "/echo":
        guard let body = try? await exchange.body() else { return .text("", status: 400) }  // The client is gone.
        return .bytes(body, headers: ["content-type": "application/octet-stream"])
    default:
        return .bytes(answer, headers: ["Content-Type": "application/json; charset=utf-8"])
    }
}
let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let address = try await server.listen(host: "127.0.0.1", port: port)
let line = "http://\(address)\n"
write(1, line, line.utf8.count)

if CommandLine.arguments.count == 4 {
    let identity = TLSIdentity(certificateFile: CommandLine.arguments[2], keyFile: CommandLine.arguments[3])
    let secure = try await server.listen(host: "127.0.0.1", tls: identity)
    let plain = try await server.listen(host: "127.0.0.1", protocols: [.http2])
    let lines = "https://\(secure)\nh2c://\(plain)\n"
    write(1, lines, lines.utf8.count)
}

// An echo has nothing to put away.
for number in [SIGTERM, SIGINT] { signal(number) { _ in _exit(0) } }
await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
