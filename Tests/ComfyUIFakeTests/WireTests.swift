import JSONTree
import Media
import SocketServer
import Testing

@testable import ComfyUIFake

@Suite struct OriginCheckTests {
    @Test(
        arguments: [
            ("127.0.0.1:8188", "http://127.0.0.1:8188", nil, false),
            ("127.0.0.1:8188", "http://localhost:8188", nil, true),
            ("127.0.0.1:8188", "http://evil.example", nil, true),
            ("127.0.0.1:8188", "http://127.0.0.1", nil, false),
            ("127.0.0.1", "http://127.0.0.1:9", nil, false),
            ("127.0.0.1:8188", "http://127.0.0.1:8189", nil, true),
            ("127.0.0.1:8188", "null", nil, false),
            ("127.0.0.1:8188", nil, nil, false),
            ("127.0.0.1:8188", nil, "cross-site", true),
            ("127.0.0.1:8188", nil, "same-site", false),
            ("example.com", "http://evil.example", nil, false),
            ("LOCALHOST:1", "http://localhost:1", nil, false),
            ("[::1]:8188", "http://[::1]:8188", nil, false),
            ("127.9.9.9:1", "http://a.example:1", nil, true),
        ] as [(String, String?, String?, Bool)])
    func `pages of other origins are refused on loopback`(host: String, origin: String?, site: String?, refused: Bool) {
        #expect(OriginCheck.refuses(host: host, origin: origin, fetchSite: site) == refused)
    }
}

@Suite struct MiddlewareTests {
    private func cached(_ path: String, _ status: Int) -> String? {
        var answer = Answer.empty(status)
        Middleware.addCacheFields(to: &answer, path: path)
        return answer.fields["cache-control"]
    }

    @Test func `cache fields follow from the path's ending`() {
        #expect(cached("/a.js", 200) == "no-store")
        #expect(cached("/b/user.CSS", 404) == "no-store")
        #expect(cached("/templates/index.json", 404) == "no-store")
        #expect(cached("/x.json", 200) == nil)
        #expect(cached("/x.png", 404) == "public, max-age=3600")
        #expect(cached("/x.webp", 206) == "public, max-age=86400")
        #expect(cached("/x.jpg", 302) == "no-cache")
        #expect(cached("/x.jpg", 500) == nil)
        #expect(cached("/view", 200) == nil)
    }

    @Test func `what is raised passes by`() {
        var answer = Answer.methodNotAllowed(["GET", "HEAD", "GET"])
        Middleware.addCacheFields(to: &answer, path: "/a.js")
        Middleware.addCrossOriginFields(to: &answer, origin: "*")

        #expect(answer.fields.map(\.name) == ["Content-Type", "Allow"])
        #expect(answer.fields["allow"] == "GET,HEAD")
    }
}

@Suite struct FileAnswerTests {
    private let file = FileAnswer(
        file: FileStore.File(bytes: Array("0123456789".utf8), modified: 1_795_344_765_000_000_001, created: 0),
        type: "text/plain")

    private func answer(_ headers: HeaderFields) -> (status: Int, body: String, fields: HeaderFields) {
        let reply = file.answer(to: Request(method: "GET", target: "/x", headers: headers)).reply
        guard case .bytes(let bytes) = reply.body else { return (reply.status, "(chunks)", reply.headers) }
        return (reply.status, String(decoding: bytes, as: UTF8.self), reply.headers)
    }

    @Test func `a whole file has its fields in aiohttp's order`() {
        let answer = answer([:])

        #expect(
            answer.fields.map(\.name) == ["Content-Type", "Etag", "Last-Modified", "Content-Length", "Accept-Ranges"])
        #expect(answer.fields["etag"] == "\"18ea588d372ea201-a\"")
        #expect(answer.fields["last-modified"] == "Sun, 22 Nov 2026 10:52:46 GMT")
    }

    @Test(
        arguments: [
            ("bytes=0-3", 206, "0123", "bytes 0-3/10"), ("bytes=8-", 206, "89", "bytes 8-9/10"),
            ("bytes=-2", 206, "89", "bytes 8-9/10"), ("bytes=5-99", 206, "56789", "bytes 5-9/10"),
            ("bytes=10-", 416, "(chunks)", "bytes */10"), ("bytes=a-b", 416, "(chunks)", "bytes */10"),
        ])
    func `a part is sent on request`(range: String, status: Int, body: String, told: String) {
        let answer = answer(["Range": range])

        #expect(answer.status == status)
        #expect(answer.body == body)
        #expect(answer.fields["content-range"] == told)
    }

    @Test func `what the client has is not sent again`() {
        #expect(answer(["If-None-Match": "\"18ea588d372ea201-a\""]).status == 304)
        #expect(answer(["If-None-Match": "W/\"18ea588d372ea201-a\", \"x\""]).status == 304)
        #expect(answer(["If-None-Match": "\"x\""]).status == 200)
        #expect(answer(["If-Modified-Since": "Sun, 22 Nov 2026 10:52:46 GMT"]).status == 304)
        #expect(answer(["If-Modified-Since": "Sun, 22 Nov 2026 10:52:45 GMT"]).status == 200)
        #expect(answer(["If-Match": "\"x\""]).status == 412)
        #expect(answer(["Range": "bytes=0-1", "If-Range": "Sun, 22 Nov 2020 10:52:45 GMT"]).status == 200)
    }

    @Test func `dates are read back`() {
        for seconds in [0, 951_782_400, 1_709_210_096, 1_795_344_766] {
            #expect(HTTPDateText.seconds(CivilTime(seconds: seconds).httpDate) == seconds)
        }
        #expect(HTTPDateText.seconds("yesterday") == nil)
    }
}

@Suite struct ClientRegistryTests {
    @Test func `a newer socket takes the place, and closing either deafens both`() {
        var clients = ClientRegistry<Int>()
        clients.register(1, as: "a")
        clients.announce(["supports_preview_metadata": true], by: "a")

        clients.register(2, as: "a")

        #expect(clients["a"] == 2)
        #expect(Array(clients.all) == [2])
        #expect(!clients.takesPreviewMetadata("a"))
        clients.unregister("a")
        #expect(clients["a"] == nil)
        #expect(clients.count == 0)
    }

    @Test func `only a literal true announces previews with metadata`() {
        var clients = ClientRegistry<Int>()
        clients.register(1, as: "a")

        clients.announce(["supports_preview_metadata": 1], by: "a")
        #expect(!clients.takesPreviewMetadata("a"))
        clients.announce(["supports_preview_metadata": true], by: "a")
        #expect(clients.takesPreviewMetadata("a"))
        #expect(!clients.takesPreviewMetadata(nil))
    }
}

@Suite struct TensorTextTests {
    @Test func `large tensors are abridged, small ones are not`() {
        let large = TensorText.images(.solid(Colour(rgb: 0xFFFFF5), width: 64, height: 48))
        let small = TensorText.images(.solid(.black, width: 2, height: 1))

        #expect(large.hasPrefix("tensor([[[[1.0000, 1.0000, 0.9608],\n          [1.0000, 1.0000, 0.9608],\n"))
        #expect(large.contains("          ...,\n"))
        #expect(large.contains("]],\n\n         ...,\n\n         [["))
        #expect(large.hasSuffix("[1.0000, 1.0000, 0.9608]]]])"))
        #expect(small == "tensor([[[[0., 0., 0.],\n          [0., 0., 0.]]]])")
    }

    @Test func `long rows are abridged and broken`() {
        let text = TensorText.mask(.solid(.white, width: 64, height: 64))

        #expect(text.hasPrefix("tensor([[[1., 1., 1.,  ..., 1., 1., 1.],\n         [1., 1., 1.,  ..., 1., 1., 1.],"))
    }
}

@Suite struct RequestPathTests {
    @Test func `only what needs no escape is unescaped`() {
        #expect(RequestPath.normalised("/%71ueue") == "/queue")
        #expect(RequestPath.normalised("/userdata/a%2Fb%20c") == "/userdata/a%2Fb%20c")
        #expect(RequestPath.normalised("/a%zz%4") == "/a%zz%4")
    }
}
