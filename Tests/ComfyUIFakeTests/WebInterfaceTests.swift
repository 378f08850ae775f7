import Foundation
import JSONTree
import Media
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

@Suite struct WebInterfaceTests {
    /// A small interface, installed as pip does it into a virtual environment that is gone afterwards.
    private func withEnvironment<Result>(
        packages: Bool = true, _ body: (String) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "understudy-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = folder.appending(path: "lib/python3.11/site-packages/comfyui_frontend_package/static")
        for (path, text) in [
            ("index.html", "<p>the page</p>"), ("assets/a b.js", "run()"), ("extensions/core/one.js", ""),
            ("extensions/two.js", ""), ("extensions/core/style.css", ""),
            ("../../comfyui_workflow_templates_json/templates/index.json", "[]"),
            ("../../comfyui_workflow_templates_media_image/templates/one-1.webp", "RIFF"),
            ("../../comfyui_embedded_docs/docs/KSampler/en.md", "# KSampler"),
        ] where packages || !path.hasPrefix("..") {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return try await body(folder.path)
    }

    @Test func `the files of an installed interface are served`() async throws {
        try await withEnvironment { folder in
            try await withComfyUI {
                $0.webInterface = folder
            } _: { fake in
                let page = try await RawSocket.get(fake.url + "/")
                let script = try await RawSocket.get(fake.url + "/assets/a%20b.js")

                #expect(page.text == "<p>the page</p>")
                #expect(page.headers["content-type"] == "text/html")
                #expect(page.headers["cache-control"] == "no-store, must-revalidate")
                #expect(script.text == "run()")
                #expect(script.headers["content-type"] == "application/javascript")
                #expect(script.headers["cache-control"] == "no-store")
                #expect(script.headers["etag"] != nil)
            }
        }
    }

    @Test(arguments: ["/assets", "/assets/none.js", "/../lib", "/%2e%2e/%2e%2e/__init__.py", "/assets/"])
    func `nothing but its files is served`(path: String) async throws {
        try await withEnvironment { folder in
            try await withComfyUI {
                $0.webInterface = folder
            } _: { fake in
                let answer = try await RawSocket.get(fake.url + path)

                #expect(answer.status == 404)
                #expect(answer.headers["content-type"] == "application/octet-stream")
            }
        }
    }

    @Test(arguments: [
        ("/templates/index.json", "[]", "no-store"), ("/templates/one-1.webp", "RIFF", "public, max-age=86400"),
        ("/docs/KSampler/en.md", "# KSampler", nil),
    ])
    func `templates and pages of help come from their packages`(path: String, text: String, cache: String?) async throws
    {
        try await withEnvironment { folder in
            try await withComfyUI {
                $0.webInterface = folder
            } _: { fake in
                let answer = try await RawSocket.get(fake.url + path)
                let twin = try await RawSocket.get(fake.url + "/api" + path)

                #expect(answer.text == text)
                #expect(answer.headers["cache-control"] == cache)
                #expect(twin.status == 404)
            }
        }
    }

    @Test func `without their package there are templates of our own`() async throws {
        try await withEnvironment(packages: false) { folder in
            try await withComfyUI {
                $0.webInterface = folder
            } _: { fake in
                let list = try await fake.get("/templates/index.json")
                let name = try #require(list[0]?["templates"]?[0]?["name"]?.string)
                let workflow = try await fake.get("/templates/\(name).json")
                let picture = try await RawSocket.get(fake.url + "/templates/\(name)-1.webp")
                let none = try await RawSocket.get(fake.url + "/templates/none-1.webp")

                let types = workflow["nodes"]?.array?.compactMap { $0["type"]?.string } ?? []
                #expect(types.count == 7 && types.allSatisfy { NodeTable.core[$0] != nil })
                #expect(picture.headers["content-type"] == "image/webp")
                #expect(try ImageFile.decode(picture.body).width == 384)
                #expect(none.status == 404)
            }
        }
    }

    @Test func `subgraphs are listed, and told with their graph`() async throws {
        try await withComfyUI { fake in
            let list = try #require(try await fake.get("/global_subgraphs").object)
            let (id, told) = try #require(list.first { _ in true })
            let whole = try await fake.get("/api/global_subgraphs/\(id)")
            let unknown = try await fake.get("/global_subgraphs/none")

            #expect(told.object?.keys == ["source", "name", "info"])
            #expect(whole.object?.keys == ["source", "name", "info", "data"])
            let graph = try JSON(parsing: try #require(whole["data"]?.string))
            let types = graph["definitions"]?["subgraphs"]?[0]?["nodes"]?.array?.compactMap { $0["type"]?.string } ?? []
            #expect(types.count == 6 && types.allSatisfy { NodeTable.core[$0] != nil })
            #expect(unknown == .null)
        }
    }

    @Test func `its extensions are listed, scripts only`() async throws {
        try await withEnvironment { folder in
            try await withComfyUI {
                $0.webInterface = folder
            } _: { fake in
                let extensions = try await fake.get("/api/extensions")

                #expect(extensions == ["/extensions/core/one.js", "/extensions/two.js"])
            }
        }
    }

    @Test func `a folder without one is refused`() {
        #expect(throws: WebInterfaceError.self) { try WebInterface(folder: "/nowhere") }
    }
}
