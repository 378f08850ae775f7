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

@Suite struct PromptEndpointTests {
    @Test func `the counter grows on refused prompts, and at the front it is negative`() async throws {
        try await withComfyUI { fake in
            let prompt: JSON = ["1": Prompts.emptyImage, "9": Prompts.preview("1")]
            _ = try await fake.post("/prompt", ["prompt": [:]])
            _ = try await fake.post("/prompt", [])
            _ = try await fake.post("/prompt", "x")
            let plain = try await fake.post("/prompt", ["prompt": prompt]).json["number"]
            let front = try await fake.post("/prompt", ["prompt": prompt, "front": true]).json["number"]
            let own = try await fake.post("/prompt", ["prompt": prompt, "number": "3"]).json["number"]
            let next = try await fake.post("/prompt", ["prompt": prompt]).json["number"]

            #expect([plain, front, next] == [3, -4, 5])
            #expect(own?.text() == "3.0")
        }
    }

    @Test(arguments: [
        "", "null", "5", "{\"prompt\": null}", "{\"prompt\": []}", "{\"prompt\": {\"1\": 5}}", "{",
        "{\"prompt\": {}, \"number\": \"x\"}",
    ])
    func `what the server stumbles over is a 500`(body: String) async throws {
        try await withComfyUI { fake in
            let answer = try await RawSocket.request("POST", fake.url + "/prompt", body: body)

            #expect(answer.status == 500)
        }
    }

    @Test func `ids of clients are kept if they are canonical`() async throws {
        try await withComfyUI { fake in
            let prompt: JSON = ["1": Prompts.emptyImage, "9": Prompts.preview("1")]
            let id: JSON = "6f1c2d3e-4a5b-4c6d-8e9f-001122334455"
            let good = try await fake.post("/prompt", ["prompt": prompt, "prompt_id": id])
            let none = try await fake.post("/prompt", ["prompt": prompt, "prompt_id": nil])
            let bad = try await fake.post(
                "/prompt", ["prompt": prompt, "prompt_id": "6F1C2D3E-4A5B-4C6D-8E9F-001122334455"])

            #expect(good.json["prompt_id"] == id)
            #expect(none.status == 200)
            #expect(bad.status == 400)
            #expect(bad.json["error"]?["type"] == "invalid_prompt_id")
        }
    }

    @Test func `secrets are never shown, and the source of use is kept`() async throws {
        try await withComfyUI { fake in
            let body: JSON = [
                "prompt": ["1": Prompts.emptyImage, "9": Prompts.preview("1")], "client_id": "c",
                "extra_data": ["api_key_comfy_org": "secret", "auth_token_comfy_org": "secret", "more": 1],
            ]
            let client = try await SocketClient(fake, "c")
            let answer = try await RawSocket.request(
                "POST", fake.url + "/prompt", headers: ["Comfy-Usage-Source": "tests"], body: body.text())
            let id = try #require(try JSON(parsing: answer.body)["prompt_id"]?.string)
            _ = try await client.run()
            let extra = try await fake.get("/history/\(id)")[id]?["prompt"]?[3]

            #expect(extra?.object?.keys == ["more", "client_id", "comfy_usage_source", "create_time"])
            #expect(extra?["comfy_usage_source"] == "tests")
        }
    }

    @Test func `waiting prompts can be deleted without a trace`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            let sleeper: JSONObject = [
                "1": Prompts.emptyImage,
                "4": ["class_type": "ProbeSleep", "inputs": ["seconds": 60, "image": ["1", 0]]],
                "9": Prompts.preview("4"),
            ]
            let running = try await fake.queue(sleeper, client: "c")
            _ = try await client.read { $0.name == "executing" && $0.data["node"] == "4" }
            let waiting = try await fake.queue(Prompts.image(with: "color", 1), client: "c")
            let other = try await fake.queue(Prompts.image(with: "color", 2), client: "c")
            let jobs = try await fake.get("/api/jobs?status=pending,in_progress&sort_order=asc")["jobs"]?.array
            _ = try await fake.post("/queue", ["delete": [.string(waiting)]])
            let cancelled = try await fake.post("/api/jobs/\(other)/cancel", [:]).json
            let again = try await fake.post("/api/jobs/\(other)/cancel", [:]).json

            #expect(jobs?.map { $0["status"]?.string } == ["in_progress", "pending", "pending"])
            #expect(cancelled == ["cancelled": true])
            #expect(again == ["cancelled": false])
            #expect(try await fake.get("/queue")["queue_pending"] == [])
            #expect(try await fake.get("/history/\(waiting)") == [:])
            #expect(try await RawSocket.get(fake.url + "/api/jobs/\(waiting)").status == 404)
            _ = try await fake.post("/api/jobs/cancel", ["job_ids": [.string(running)]])
            #expect(try await client.run().contains { $0.name == "execution_interrupted" })
        }
    }

    @Test func `wrong lists of jobs are told apart`() async throws {
        try await withComfyUI { fake in
            let wrong = try await fake.post("/api/jobs/cancel", ["job_ids": ["x", 1]])

            #expect(wrong.status == 400)
            #expect(wrong.json == ["error": "job_ids contains invalid id(s)", "invalid_ids": ["x", "1"]])
            #expect(try await fake.post("/api/jobs/cancel", [:]).json == ["error": "job_ids must be a list"])
            let answer = try await RawSocket.request("POST", fake.url + "/api/jobs/cancel", body: "{")
            #expect(answer.text == #"{"error": "Request body must be valid JSON"}"#)
        }
    }
}

@Suite struct FileEndpointTests {
    /// A multipart body of fields and one file.
    private func form(_ fields: [(String, String)], file: (field: String, name: String, bytes: [UInt8])?) -> [UInt8] {
        var body = fields.flatMap {
            Array("--b\r\nContent-Disposition: form-data; name=\"\($0)\"\r\n\r\n\($1)\r\n".utf8)
        }
        if let file {
            body += "--b\r\nContent-Disposition: form-data; name=\"\(file.field)\"; filename=\"\(file.name)\"\r\n".utf8
            body += "Content-Type: image/png\r\n\r\n".utf8
            body += file.bytes + Array("\r\n".utf8)
        }
        return body + Array("--b--\r\n".utf8)
    }

    private func upload(
        _ fakeURL: String, _ file: (String, String, [UInt8])?, path: String = "/upload/image",
        fields: [(String, String)] = []
    ) async throws -> (status: Int, json: JSON) {
        let body = form(fields, file: file)
        let socket = try await RawSocket(url: fakeURL)
        let head =
            "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: \(body.count)\r\n\r\n"
        let answer = try await socket.exchange(Array(head.utf8) + body)
        return (answer.status, (try? JSON(parsing: answer.body)) ?? .null)
    }

    private func png(_ colour: Int, alpha: UInt8 = 255, side: Int = 4) -> [UInt8] {
        var colour = Colour(rgb: colour)
        colour.alpha = alpha
        return PNG.encode(Bitmap(width: side, height: side, filledWith: colour), alpha: true)
    }

    @Test func `uploads get free names and can be loaded`() async throws {
        try await withComfyUI { fake in
            let (one, two) = (png(0xFF0000), png(0x00FF00))
            let names = [
                try await upload(fake.url, ("image", "pic.png", one)).json["name"],
                try await upload(fake.url, ("image", "pic.png", one)).json["name"],
                try await upload(fake.url, ("image", "pic.png", two)).json["name"],
                try await upload(
                    fake.url, ("image", "pic.png", png(1)), path: "/api/upload/image", fields: [("overwrite", "True")]
                ).json["name"],
                try await upload(fake.url, ("image", "pic.png", two), fields: [("overwrite", "true")]).json["name"],
            ]
            let listing = try await fake.get("/object_info/LoadImage")
            let client = try await SocketClient(fake, "c")
            _ = try await fake.queue(
                ["1": ["class_type": "LoadImage", "inputs": ["image": "pic.png"]], "9": Prompts.preview("1")],
                client: "c")
            let shown = try #require(try await client.run().first { $0.name == "executed" })
            let name = try #require(shown.data["output"]?["images"]?[0]?["filename"]?.string)
            let picture = try PNG.decode(try await RawSocket.get(fake.url + "/view?type=temp&filename=\(name)").body)

            #expect(names == ["pic.png", "pic.png", "pic (1).png", "pic (2).png", "pic.png"])
            #expect(
                listing["LoadImage"]?["input"]?["required"]?["image"]?[0] == ["pic (1).png", "pic (2).png", "pic.png"])
            #expect(picture[0, 0] == Colour(rgb: 0x00FF00))
            #expect(try await fake.get("/internal/files/input")[0] == "pic.png [input]")
        }
    }

    @Test func `wrong uploads are refused as the real server does`() async throws {
        try await withComfyUI { fake in
            let bytes = png(1)
            let statuses = [
                try await upload(fake.url, nil).status,
                try await upload(fake.url, ("image", "", bytes)).status,
                try await upload(fake.url, ("image", "a.png", bytes), fields: [("subfolder", "../x")]).status,
                try await upload(fake.url, ("image", "../a.png", bytes)).status,
                try await fake.post("/upload/image", ["image": 1]).status,
                try await RawSocket.request("POST", fake.url + "/upload/image").status,
                try await upload(fake.url, nil, fields: [("image", "text")]).status,
                try await upload(fake.url, ("image", "a.png", bytes), fields: [("type", "bogus")]).status,
            ]

            #expect(statuses == [400, 400, 400, 400, 400, 400, 500, 500])
        }
    }

    @Test func `a mask gives its alpha to the original`() async throws {
        try await withComfyUI { fake in
            _ = try await upload(fake.url, ("image", "o.png", png(0x112233)))
            let reference = #"{"filename": "o.png", "type": "input", "subfolder": ""}"#
            let stored = try await upload(
                fake.url, ("image", "m.png", png(0xFFFFFF, alpha: 7)), path: "/upload/mask",
                fields: [("original_ref", reference)])
            let picture = try PNG.decode(try await RawSocket.get(fake.url + "/view?type=input&filename=m.png").body)
            let lost = try await upload(
                fake.url, ("image", "n.png", png(1)), path: "/upload/mask",
                fields: [("original_ref", #"{"filename": "../o.png"}"#)])

            #expect(stored.json == ["name": "m.png", "subfolder": "", "type": "input"])
            #expect(picture[0, 0] == Colour(red: 0x11, green: 0x22, blue: 0x33, alpha: 7))
            #expect(lost.json["name"] == "n.png")
            #expect(try await RawSocket.get(fake.url + "/view?type=input&filename=n.png").status == 404)
            #expect(try await upload(fake.url, ("image", "m.png", png(1)), path: "/upload/mask").status == 500)
        }
    }

    @Test(
        arguments: [
            ("", 404), ("?filename=", 400), ("?filename=/etc/passwd", 400), ("?filename=a..b.png", 400),
            ("?filename=p.png&type=", 400), ("?filename=p.png&type=user", 400),
            ("?filename=p.png&type=input&subfolder=../..", 403),
            ("?filename=p.png", 404), ("?filename=p.png&type=input", 200), ("?filename=sub/dir/p.png&type=input", 200),
            ("?filename=p.png%20[input]", 200), ("?filename=t.txt&type=input&preview=webp", 500),
            ("?filename=t.html&type=input", 200),
        ])
    func `views are answered by case`(query: String, status: Int) async throws {
        try await withComfyUI { fake in
            _ = try await upload(fake.url, ("image", "p.png", png(1)))
            _ = try await upload(fake.url, ("image", "t.txt", Array("text".utf8)))
            _ = try await upload(fake.url, ("image", "t.html", Array("<p>".utf8)))

            let answer = try await RawSocket.get(fake.url + "/view" + query)

            #expect(answer.status == status)
            if query.contains("html") { #expect(answer.headers["content-type"] == "application/octet-stream") }
        }
    }

    @Test func `pictures are sent in other forms on request`() async throws {
        try await withComfyUI { fake in
            _ = try await upload(fake.url, ("image", "p.png", png(0x336699, alpha: 128, side: 16)))
            func view(_ query: String) async throws -> RawResponse {
                try await RawSocket.get(fake.url + "/view?type=input&filename=p.png&" + query)
            }
            let webp = try await view("preview=webp;50")
            let jpeg = try await view("preview=jpeg;75")
            let unknown = try await view("preview=gif")
            let alpha = try await view("channel=a")
            let colours = try await view("channel=rgb")

            #expect(webp.headers["content-type"] == "image/webp")
            #expect(
                webp.headers.map(\.name) == ["Content-Disposition", "Content-Type", "Content-Length", "Date", "Server"])
            #expect(WebP.isWebP(webp.body))
            #expect(JPEG.isJPEG(jpeg.body))
            #expect(WebP.isWebP(unknown.body))
            #expect(try PNG.decode(alpha.body)[3, 3] == Colour(red: 0, green: 0, blue: 0, alpha: 128))
            #expect(try PNG.decode(colours.body)[3, 3] == Colour(rgb: 0x336699))
        }
    }

    @Test func `users keep files and settings`() async throws {
        try await withComfyUI { fake in
            let before = try await fake.get("/users")
            let written = try await fake.post("/userdata/workflows%2Fa.json?full_info=true", ["a": 1])
            let refused = try await RawSocket.request(
                "POST", fake.url + "/userdata/workflows%2Fa.json?overwrite=false", body: "{}")
            _ = try await fake.post("/userdata/workflows%2Fsub%2Fb.json", [:])
            _ = try await fake.post("/settings", ["Comfy.A": 1])
            _ = try await fake.post("/settings/Comfy.B", ["x"])

            #expect(before == ["storage": "server", "migrated": false])
            #expect(written.json["path"] == "workflows/a.json")
            #expect(written.json["size"] == 7)
            #expect(refused.status == 409)
            #expect(refused.text == "File already exists")
            #expect(
                try await fake.get("/userdata?dir=workflows&recurse=true&split=true") == [
                    ["a.json", "a.json"], ["sub/b.json", "sub", "b.json"],
                ])
            #expect(
                try await fake.get("/v2/userdata?path=workflows").array?.map { $0["name"]?.string } == [
                    "sub", "a.json", "b.json",
                ])
            #expect(try await RawSocket.get(fake.url + "/userdata/..%2F..%2Fx").status == 403)
            #expect(
                try await RawSocket.request("POST", fake.url + "/userdata/workflows%2Fa.json/move/c.json").text
                    == "\"c.json\"")
            #expect(try await RawSocket.request("DELETE", fake.url + "/userdata/c.json").status == 204)
            #expect(try await RawSocket.request("DELETE", fake.url + "/userdata/c.json").status == 404)
            #expect(try await fake.get("/settings") == ["Comfy.A": 1, "Comfy.B": ["x"]])
            #expect(try await fake.get("/settings/Comfy.B") == ["x"])
            #expect(try await fake.get("/settings/Nope") == nil)
            let user = try await fake.post("/users", ["username": "bob"])
            #expect(user.json.string?.hasPrefix("bob_") == true)
            #expect(try await fake.post("/users", ["username": "bob"]).json == ["error": "Duplicate username."])
        }
    }

    @Test func `users of a shared server see their own files`() async throws {
        try await withComfyUI({ $0.isMultiUser = true }) { fake in
            let ann = try #require(try await fake.post("/users", ["username": "ann"]).json.string)
            let socket = try await RawSocket.request(
                "POST", fake.url + "/settings", headers: ["comfy-user": ann], body: #"{"a": 1}"#)
            let mine = try await RawSocket.get(fake.url + "/settings", headers: ["comfy-user": ann])
            let strangers = try await RawSocket.get(fake.url + "/settings")

            #expect(socket.status == 200)
            #expect(mine.text == #"{"a": 1}"#)
            #expect(strangers.status == 500)
            #expect(try await fake.get("/users")["users"]?[ann] == "ann")
        }
    }
}

@Suite struct NodeTableTests {
    @Test func `the embedded table spells out what the real server sends`() throws {
        let info = try #require(NodeTable.core["EmptyImage"]?.info(in: .empty))
        let newer = try #require(NodeTable.core["CreateVideo"]?.info(in: .empty))

        #expect(
            info.object?.keys == [
                "input", "input_order", "is_input_list", "output", "output_is_list", "output_name", "name",
                "display_name", "description", "python_module", "category", "output_node", "has_intermediate_output",
                "search_aliases",
            ])
        #expect(info["input_order"] == ["required": ["width", "height", "batch_size", "color"]])
        #expect(
            newer.object?.keys == [
                "input", "input_order", "is_input_list", "output", "output_is_list", "output_name", "output_tooltips",
                "output_matchtypes", "name", "display_name", "description", "python_module", "category", "output_node",
                "deprecated", "experimental", "dev_only", "api_node", "price_badge", "search_aliases",
                "essentials_category", "has_intermediate_output",
            ])
        #expect(NodeTable.core["SaveVideo"]?.info(in: .empty)["input"]?["hidden"]?["prompt"] == ["PROMPT"])
        #expect(NodeTable.core["SaveImage"]?.info(in: .empty)["input"]?["hidden"]?["prompt"] == "PROMPT")
    }

    @Test func `a dump of a real server's classes can be loaded as it is`() throws {
        let dump = NodeTable.core.info(in: .empty)

        let loaded = try NodeFile(dump).classes.map { $0.info(in: .empty) }

        #expect(loaded == NodeTable.core.names.compactMap { NodeTable.core[$0]?.info(in: .empty) })
    }

    @Test func `a wrong node file names what is wrong`() {
        let error = #expect(throws: NodeFileError.self) { try NodeFile(["X": ["required": ["a": 5]]]) }

        #expect(error?.description == "expected [type, {options}] for input a of node class X")
    }

    @Test func `old classes are rewritten where their successor is known`() {
        let prompt: JSONObject = [
            "1": ["class_type": "ResizeImagesByLongerEdge", "inputs": ["images": ["0", 0], "longer_edge": 64]],
            "2": Prompts.preview("1"), "3": ["class_type": "Load3DAnimation", "inputs": [:]],
        ]

        let renewed = NodeReplacements.core.apply(to: prompt, knownTo: .core)

        #expect(renewed["1"]?["class_type"] == "ImageScaleToMaxDimension")
        #expect(renewed["1"]?["inputs"] == ["image": ["0", 0], "largest_size": 64, "upscale_method": "lanczos"])
        #expect(renewed["2"] == prompt["2"])
        #expect(renewed["3"] == prompt["3"])
    }
}
