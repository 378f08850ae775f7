import Fakes
import JSONTree
import Media
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

/// Heads, routes and refusals, byte by byte where the real server's are known.
@Suite struct TransportTests {
    @Test func `heads are written as aiohttp writes them`() async throws {
        try await withComfyUI { fake in
            let json = try await RawSocket.get(fake.url + "/queue")
            let missing = try await RawSocket.get(fake.url + "/nope")
            let empty = try await RawSocket.get(fake.url + "/models/nope")
            let refused = try await RawSocket.request("PUT", fake.url + "/prompt")
            let trouble = try await RawSocket.request("POST", fake.url + "/prompt", body: "bad")

            #expect(json.headers.map(\.name) == ["Content-Type", "Content-Length", "Date", "Server"])
            #expect(json.headers["content-type"] == "application/json; charset=utf-8")
            #expect(json.headers["server"] == "Python/3.11 aiohttp/3.14.5")
            #expect(json.text == #"{"queue_running": [], "queue_pending": []}"#)
            #expect(missing.status == 404)
            #expect(missing.headers.map(\.name) == ["Transfer-Encoding", "Content-Type", "Date", "Server"])
            #expect(empty.headers.map(\.name) == ["Content-Length", "Date", "Server"])
            #expect(refused.status == 405)
            #expect(refused.headers.map(\.name) == ["Content-Type", "Allow", "Content-Length", "Date", "Server"])
            #expect(refused.headers["allow"] == "GET,HEAD,POST")
            #expect(refused.text == "405: Method Not Allowed")
            #expect(trouble.status == 500)
            #expect(trouble.headers.map(\.name) == ["Content-Type", "Content-Length", "Date", "Server", "Connection"])
            #expect(trouble.text == "500 Internal Server Error\n\nServer got itself in trouble")
        }
    }

    @Test(
        arguments: [
            ("GET", "/interrupt", 404), ("GET", "/queue/", 404), ("GET", "/api/internal/logs", 404),
            ("GET", "/api/queue", 200),
            ("GET", "/api/api/jobs", 200), ("GET", "/jobs", 404), ("POST", "/nope", 405),
            ("HEAD", "/system_stats", 200),
            ("OPTIONS", "/nope", 200), ("GET", "/%71ueue", 200), ("GET", "/internal/nope", 404),
            ("POST", "/internal/logs", 405),
            ("DELETE", "/queue", 405), ("GET", "/object_info/Nope", 200), ("GET", "/ws", 400), ("GET", "/api/ws", 400),
        ])
    func `routes answer as the real ones`(method: String, path: String, status: Int) async throws {
        try await withComfyUI { fake in
            let answer = try await RawSocket.request(method, fake.url + path)

            #expect(answer.status == status)
        }
    }

    @Test func `a plain GET of the socket is told what is missing`() async throws {
        try await withComfyUI { fake in
            let answer = try await RawSocket.get(fake.url + "/ws")

            #expect(answer.text == "No WebSocket UPGRADE hdr: None\n Can \"Upgrade\" only to \"WebSocket\".")
        }
    }

    @Test func `pages of other origins are refused, unless CORS mode allows them`() async throws {
        let evil: HeaderFields = ["Origin": "http://evil.example"]
        try await withComfyUI { fake in
            let answer = try await RawSocket.get(fake.url + "/queue", headers: evil)

            #expect(answer.status == 403)
            #expect(answer.body.isEmpty)
        }
        try await withComfyUI({ $0.crossOrigin = "*" }) { fake in
            let answer = try await RawSocket.get(fake.url + "/queue", headers: evil)
            let raised = try await RawSocket.request("POST", fake.url + "/nope", headers: evil)

            #expect(answer.status == 200)
            #expect(
                answer.headers.map(\.name) == [
                    "Content-Type", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods",
                    "Access-Control-Allow-Headers", "Access-Control-Allow-Credentials", "Content-Length", "Date",
                    "Server",
                ])
            #expect(raised.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test func `old clients and broken requests are answered in HTTP 1_0`() async throws {
        try await withComfyUI { fake in
            func answer(_ request: String) async throws -> RawResponse {
                let socket = try await RawSocket(url: fake.url)
                try await socket.send(request)
                let (bytes, end) = try await socket.read()
                #expect(end == .finished)
                return try #require(RawResponse(bytes))
            }
            let old = try await answer("GET /queue HTTP/1.0\r\n\r\n")
            let nameless = try await answer("GET /queue HTTP/1.1\r\n\r\n")
            let long = try await answer(
                "GET /queue HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "é", count: 4096))\r\n\r\n")
            let longTarget = try await answer("GET /queue?" + String(repeating: "a", count: 8184) + " HTTP/1.1\r\n\r\n")
            let many = try await answer(
                "GET /queue HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X: y\r\n", count: 128) + "\r\n")

            #expect(old.statusLine == "HTTP/1.0 200 OK")
            #expect(old.headers.map(\.name) == ["Content-Type", "Content-Length", "Date", "Server"])
            #expect(nameless.statusLine == "HTTP/1.0 400 Bad Request")
            #expect(nameless.headers.map(\.name) == ["Content-Type", "Content-Length", "Date", "Server"])
            #expect(nameless.text == "Missing 'Host' header in request.")
            #expect(long.status == 400)
            #expect(
                long.text == "Got more than 8190 bytes when reading: b'"
                    + String(repeating: #"\xc3\xa9"#, count: 50) + "...'.")
            #expect(
                longTarget.text == "Got more than 8190 bytes when reading: bytearray(b'/queue?"
                    + String(repeating: "a", count: 93) + "...').")
            #expect(many.text == "Too many headers received")
        }
    }

    @Test func `a body beyond the limit is refused`() async throws {
        try await withComfyUI({ $0.maximumUploadMegabytes = 1 }) { fake in
            let answer = try await RawSocket.request(
                "POST", fake.url + "/prompt", body: String(repeating: " ", count: 1024 * 1024 + 1))

            #expect(answer.status == 413)
            #expect(answer.text == "Maximum request body size 1048576 exceeded.")
            #expect(try await fake.get("/features")["max_upload_size"] == 1_048_576)
        }
    }

    @Test func `ten thousand malformed requests and frames disturb nobody`() async throws {
        try await withComfyUI { fake in
            let traffic = MalformedTraffic(
                seed: 11,
                paths: ["/prompt", "/upload/image", "/view", "/history", "/queue", "/userdata/x", "/api/jobs/cancel"],
                webSocketPath: "/ws")
            let outcome = await traffic.send(count: 10_000, to: fake.addresses[0])

            #expect(outcome.hanging == 0)
            let client = try await SocketClient(fake, "survivor")
            _ = try await fake.queue(["1": Prompts.emptyImage, "9": Prompts.preview("1")], client: "survivor")
            #expect(try await client.run().contains { $0.name == "execution_success" })
        }
    }
}
