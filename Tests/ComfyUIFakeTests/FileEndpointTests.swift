import Fakes
import JSONTree
import Media
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

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
        return (answer.status, JSON.found(in: answer.body) ?? .null)
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
