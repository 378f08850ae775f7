import Fakes
import JSONTree
import SocketServer
import Testing
import UnderstudyTestKit

@testable import GradioFake

@Suite struct ServerSocketTests {
    @Test func `connections end as uvicorn and h11 end them`() async throws {
        try await withGradio { fake in
            func answer(_ request: String) async throws -> [String] {
                let socket = try await RawSocket(url: fake.url)
                try await socket.send(request)
                let (bytes, end) = try await socket.read()
                #expect(end == .finished)
                return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map { String($0) }
            }
            let path = "/gradio_api/user"
            let old = try await answer("GET \(path) HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let closed = try await answer("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let nameless = try await answer("GET \(path) HTTP/1.1\r\n\r\n")
            let failed = try await answer(
                "POST /gradio_api/call/nope HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 11\r\n\r\n{\"data\":[]}")

            let undated = old.filter { !$0.hasPrefix("date: ") }
            #expect(
                undated == [
                    "HTTP/1.1 200 OK", "server: uvicorn", "content-length: 4", "content-type: application/json",
                    "Connection: close", "null",
                ])
            #expect(closed.filter { !$0.hasPrefix("date: ") } == undated)
            #expect(
                nameless == [
                    "HTTP/1.1 400 Bad Request", "content-type: text/plain; charset=utf-8", "Connection: close",
                    "Invalid HTTP request received.",
                ])
            // The exception goes on through the server, which closes without having said so.
            #expect(failed.first == "HTTP/1.1 500 Internal Server Error")
            #expect(!failed.contains("Connection: close"))
        }
    }

    @Test func `the simple form gives named events with JSON as Python writes it`() async throws {
        try await withGradio { fake in
            let event = try #require(try await fake.post("/call/echo", ["data": ["hé ✓ <&'"]]).json["event_id"]?.string)

            let answer = try await fake.get("/gradio_api/call/echo/\(event)")

            #expect(answer.text == "event: complete\ndata: [\"echo: h\\u00e9 \\u2713 <&'\"]\n\n")
        }
    }

    @Test func `the simple form leaves states out and gives whole values`() async throws {
        try await withGradio { fake in
            let count = try #require(try await fake.post("/call/count", ["data": [5]]).json["event_id"]?.string)
            let words = try #require(try await fake.post("/call/words", ["data": [2]]).json["event_id"]?.string)

            #expect(
                try await fake.get("/gradio_api/call/count/\(count)").text == "event: complete\ndata: [5, null]\n\n")
            #expect(
                try await fake.get("/gradio_api/call/x/\(words)").text
                    == "event: generating\ndata: [\"w0 \"]\n\nevent: generating\ndata: [\"w0 w1 \"]\n\n"
                    + "event: complete\ndata: [\"w0 w1 \"]\n\n")
        }
    }

    @Test func `arguments by name take the defaults of the page`() async throws {
        try await withGradio { fake in
            let event = try #require(try await fake.post("/call/v2/wait", [:]).json["event_id"]?.string)
            let unknown = try await fake.post("/call/v2/wait", ["m": 1])
            let missing = try await fake.post("/call/v2/echo", [:])
            let list = try await fake.post("/call/v2/echo", [1])

            #expect(event.count == 32)
            #expect(unknown.status == 500)
            #expect(missing.status == 500)
            #expect(list.json["detail"]?[0]?["type"] == "dict_type")
        }
    }

    @Test func `without the queue a generator gives its first value`() async throws {
        try await withGradio { fake in
            let words = try await fake.post("/run/words", ["data": [3]])
            let byIndex = try await fake.post("/api/predict/", ["data": ["x"], "fn_index": 7])
            let failed = try await fake.post("/run/fail", ["data": ["error"]])
            let unknown = try await fake.post("/run/nope", ["data": []])

            #expect(words.json["data"] == ["w0 "])
            #expect(words.json["is_generating"] == true)
            #expect(byIndex.json["data"] == ["direct: x"])
            #expect(failed.status == 500)
            #expect(failed.json["error"] == "No")
            #expect(unknown.json == "Internal Server Error")
        }
    }

    @Test func `the framework refuses in its own words`() async throws {
        try await withGradio { fake in
            let missing = try await fake.get("/nope")
            let method = try await RawSocket.request("DELETE", fake.url + "/gradio_api/reset")
            let slash = try await RawSocket.request("POST", fake.url + "/gradio_api/queue/join/?a=1", body: "{}")
            let unprefixed = try await fake.get("/info")

            #expect(missing.status == 404)
            #expect(missing.text == #"{"detail":"Not Found"}"#)
            #expect(missing.headers.map(\.name) == ["date", "server", "content-length", "content-type"])
            #expect(method.status == 405)
            #expect(method.headers["allow"] == "POST")
            #expect(slash.status == 307)
            #expect(slash.headers["location"] == fake.url + "/gradio_api/queue/join?a=1")
            #expect(unprefixed.status == 404)
        }
    }

    @Test func `the root is what the client called, or what a proxy says`() async throws {
        try await withGradio { fake in
            func root(_ headers: HeaderFields) async throws -> JSON? {
                try JSON(parsing: try await fake.get("/config", headers: headers).body)["root"]
            }

            let answer1 = try await root(["Host": "foo.bar:99"])
            #expect(answer1 == "http://foo.bar:99")
            let answer2 = try await root(["X-Forwarded-Host": "a.b, c", "X-Forwarded-Proto": "https"])
            #expect(answer2 == "https://a.b")
            let answer3 = try await root(["X-Gradio-Server": "https://z.example/x/"])
            #expect(answer3 == "https://z.example/x")
        }
    }

    @Test func `pages from elsewhere may not read a server that was called by a local name`() async throws {
        try await withGradio { fake in
            let stranger = try await fake.get("/gradio_api/app_id", headers: ["Origin": "http://evil.com"])
            let local = try await fake.get("/gradio_api/app_id", headers: ["Origin": "http://localhost:9"])
            let named = try await fake.get(
                "/nope", headers: ["Host": "example.com", "Origin": "http://evil.com"])
            let preflight = try await RawSocket.request(
                "OPTIONS", fake.url + "/config",
                headers: ["Origin": "http://evil.com", "Access-Control-Request-Method": "POST"])

            #expect(stranger.headers["access-control-allow-credentials"] == "true")
            #expect(stranger.headers["access-control-allow-origin"] == nil)
            #expect(local.headers["access-control-allow-origin"] == "http://localhost:9")
            #expect(named.headers["access-control-allow-origin"] == "http://evil.com")
            #expect(preflight.status == 200)
            #expect(preflight.headers["access-control-allow-origin"] == nil)
        }
    }

    @Test func `what is no HTTP gets uvicorn's answer`() async throws {
        try await withGradio { fake in
            let socket = try await RawSocket(url: fake.url)
            try await socket.send("garbage\r\n\r\n")

            let (bytes, end) = try await socket.read()

            #expect(end == .finished)
            #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("Invalid HTTP request received."))
        }
    }

    @Test func `the story's pages are there unless the fake is strict`() async throws {
        try await withGradio { fake in
            let health = try await fake.get("/api/health")
            let ready = try await fake.get("/api/ready")

            #expect(health.text.contains("\"status\":\"healthy\""))
            #expect(ready.text.contains("\"ready\":true"))
        }
        try await withGradio(setup: { $0.isStrict = true }) { fake in
            let health = try await fake.get("/api/health")

            #expect(health.status == 404)
        }
    }

    @Test func `the page tells scripts its configuration`() async throws {
        try await withGradio { fake in
            let page = try await fake.get("/")

            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.text.contains("window.gradio_config = {"))
            #expect(page.text.contains("window.gradio_api_info = {"))
        }
    }

    @Test func `what the page remembers of its runs is the page again, from further down`() async throws {
        try await withGradio { fake in
            let page = try await fake.get("/gradio_api/runs")
            let slashed = try await fake.get("/gradio_api/runs/")

            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.text.contains(#"<base href="../">"#))
            #expect(slashed.text.contains(#"<base href="../../">"#))
        }
        try await withGradio(major: .five) { fake in
            let unknown = try await fake.get("/gradio_api/runs")
            #expect(unknown.status == 404)
        }
    }

    // MARK: Login

    @Test func `behind a login nothing is told but what must be open`() async throws {
        try await withGradio(Apps.locked) { fake in
            let config = try await fake.get("/config")
            let open = try await fake.get("/gradio_api/app_id")

            #expect(config.status == 401)
            #expect(config.text == #"{"detail":{"error":"Not authenticated","auth_message":"Please log in"}}"#)
            #expect(open.status == 200)
        }
    }

    @Test func `either cookie is enough, and a logout drops them all`() async throws {
        try await withGradio(Apps.locked) { fake in
            let login = try await RawSocket.request(
                "POST", fake.url + "/login", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: "username=+alice+&password=wonder")
            let cookies = login.headers.all("set-cookie").map { String($0.prefix { $0 != ";" }) }

            #expect(login.text == #"{"success":true}"#)
            #expect(cookies.count == 2)
            #expect(login.headers.all("set-cookie")[0].hasSuffix("; HttpOnly; Path=/; SameSite=none; Secure"))
            for cookie in cookies {
                #expect(try await fake.get("/gradio_api/user", headers: ["Cookie": cookie]).text == "\"alice\"")
            }
            _ = try await fake.get("/logout", headers: ["Cookie": cookies[1]])
            #expect(try await fake.get("/config", headers: ["Cookie": cookies[0]]).status == 401)
        }
    }

    @Test func `a login comes as a form of either kind, as the JavaScript client sends it`() async throws {
        try await withGradio(Apps.locked) { fake in
            func login(_ form: String, boundary: String = "; boundary=b") async throws -> RawResponse {
                try await RawSocket.request(
                    "POST", fake.url + "/login", headers: ["Content-Type": "multipart/form-data\(boundary)"], body: form
                )
            }
            func field(_ name: String, _ value: String) -> String {
                "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
            }

            let right = try await login(field("username", "alice") + field("password", "wonder") + "--b--\r\n")
            let half = try await login(field("username", "alice") + "--b--\r\n")
            let nameless = try await login("x", boundary: "")
            let garbage = try await login("x")

            #expect(right.text == #"{"success":true}"#)
            #expect(right.headers.all("set-cookie").count == 2)
            #expect(half.status == 422)
            #expect(half.text.contains(#""loc":["body","password"]"#))
            #expect(nameless.text == #"{"detail":"Missing boundary in multipart."}"#)
            #expect(garbage.text == #"{"detail":"Invalid multipart data."}"#)
        }
    }

    @Test func `a wrong password and a missing field are told apart`() async throws {
        try await withGradio(Apps.locked) { fake in
            func login(_ form: String) async throws -> RawResponse {
                try await RawSocket.request(
                    "POST", fake.url + "/login", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                    body: form)
            }

            let answer4 = try await login("username=alice&password=x")
            #expect(answer4.text == #"{"detail":"Incorrect credentials."}"#)
            let answer5 = try await login("username=alice")
            #expect(answer5.status == 422)
        }
    }

    // MARK: Files

    private func upload(
        _ fake: StagedFake, _ parts: [(name: String, filename: String?, content: String)], query: String = ""
    ) async throws -> RawResponse {
        var body = ""
        for part in parts {
            let filename = part.filename.map { "; filename=\"\($0)\"" } ?? ""
            body += "--B\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(filename)\r\n\r\n\(part.content)\r\n"
        }
        return try await RawSocket.request(
            "POST", fake.url + "/gradio_api/upload\(query)",
            headers: ["Content-Type": "multipart/form-data; boundary=B"],
            body: body + "--B--\r\n")
    }

    @Test func `an upload comes back whole, in parts and by its head`() async throws {
        try await withGradio { fake in
            let answer = try await upload(fake, [("files", "in put.wav", "0123456789"), ("other", "x", "y")])
            let paths = try #require(try JSON(parsing: answer.body).array).compactMap(\.string)
            let path = try #require(paths.first)
            let target = "/gradio_api/file=\(path.percentEncoded)"

            let whole = try await fake.get(target)
            let tail = try await fake.get(target, headers: ["Range": "bytes=-3"])
            let closed = try await fake.get(target, headers: ["Range": "bytes=0-1", "X-Own": "me"])
            let beyond = try await fake.get(target, headers: ["Range": "bytes=99-100"])
            let head = try await RawSocket.request("HEAD", fake.url + target)

            #expect(paths.count == 1)
            #expect(path.hasSuffix("/in put.wav"))
            #expect(whole.text == "0123456789")
            #expect(whole.headers["content-disposition"] == "inline; filename*=utf-8''in%20put.wav")
            #expect(whole.headers["content-type"] == "audio/wav")
            #expect(tail.status == 206)
            #expect(tail.text == "789")
            #expect(tail.headers["content-range"] == "bytes 7-9/10")
            #expect(closed.text == "01")
            #expect(closed.headers["x-own"] == "me")
            #expect(closed.headers["etag"] == nil)
            #expect(beyond.status == 416)
            #expect(beyond.headers["content-range"] == "bytes */10")
            #expect(head.headers["content-length"] == "10")
        }
    }

    @Test(arguments: ["/etc/passwd", "", "/app/gradio", "//x/y", "http://127.0.0.1/x", "/app/gradio/../../etc/passwd"])
    func `no path leads out of the fake's own store`(path: String) async throws {
        try await withGradio { fake in
            let answer = try await fake.get("/gradio_api/file=\(path)")

            #expect(answer.status == 403)
            #expect(try JSON(parsing: answer.body) == ["detail": .string("File not allowed: \(path).")])
        }
    }

    @Test func `a function gets the path of an upload, and its files can be fetched`() async throws {
        try await withGradio { fake in
            let answer = try await upload(fake, [("files", "a.txt", "hello")])
            let path = try #require(try JSON(parsing: answer.body)[0])
            let size = try await fake.post(
                "/run/size", ["data": [["path": path, "meta": ["_type": "gradio.FileData"]]]])
            let tone = try await fake.post("/run/tone", ["data": [1]])
            let url = try #require(tone.json["data"]?[0]?["url"]?.string)

            #expect(size.json["data"] == [5])
            #expect(
                tone.json["data"]?[0]?.object?.keys == [
                    "path", "url", "size", "orig_name", "mime_type", "is_stream", "meta",
                ])
            #expect(try await RawSocket.get(url).body.starts(with: Array("RIFF".utf8)))
        }
    }

    @Test func `an upload above the limit is refused with its bound`() async throws {
        try await withGradio(setup: { $0.app.launch.maxFileSize = 4 }) { fake in
            let fitting = try await upload(fake, [("files", "a", "1234")])
            let large = try await upload(fake, [("files", "a", "12345")])

            #expect(fitting.status == 200)
            #expect(large.status == 413)
            #expect(large.text == "File size exceeded maximum allowed size of 4 bytes.")
        }
    }

    @Test func `uploads are held up to a bound: the oldest goes, and what is larger alone is refused`() async throws {
        try await withGradio(setup: { $0.fileMemory = 100 }) { fake in
            func kept(_ name: String, _ content: String) async throws -> String {
                let answer = try await upload(fake, [("files", name, content)])
                return try #require(try JSON(parsing: answer.text)[0]?.string)
            }
            let half = String(repeating: "a", count: 60)
            let older = try await kept("a.txt", half)
            let newer = try await kept("b.txt", half + "b")
            let larger = try await upload(fake, [("files", "c.txt", half + half)])

            #expect(try await fake.get("/gradio_api/file=" + older).status == 403)
            #expect(try await fake.get("/gradio_api/file=" + newer).status == 200)
            #expect(larger.status == 413)
            #expect(larger.text == "File size exceeded maximum allowed size of 100 bytes.")
        }
    }

    @Test func `an upload that was watched late is simply done, once`() async throws {
        try await withGradio(speed: 100) { fake in
            _ = try await upload(fake, [("files", "a", "1")], query: "?upload_id=u")

            #expect(
                try await fake.get("/gradio_api/upload_progress?upload_id=u").text == "data: {\"msg\": \"done\"}\n\n")
            #expect(try await fake.get("/gradio_api/upload_progress?upload_id=u").text == "Upload not found")
        }
    }

    @Test func `uploads that are none are refused as the server does`() async throws {
        try await withGradio { fake in
            func post(_ type: String, _ body: String) async throws -> RawResponse {
                try await RawSocket.request(
                    "POST", fake.url + "/gradio_api/upload", headers: ["Content-Type": type], body: body)
            }

            let answer6 = try await post("text/plain", "x")
            #expect(answer6.text == #"{"detail":"Invalid content type."}"#)
            let answer7 = try await post("multipart/form-data", "x")
            #expect(answer7.text == "Missing boundary in multipart.")
            let answer8 = try await post("multipart/form-data; boundary=X", "garbage")
            #expect(
                answer8.text
                    == "Could not parse multipart request: Expected boundary character 45, got 103 at index 2")
        }
    }
}
