import Foundation
import JSONTree
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

@Suite struct WebInterfaceTests {
    /// A small interface, installed as pip does it into a virtual environment that is gone afterwards.
    private func withEnvironment<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "understudy-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = folder.appending(path: "lib/python3.11/site-packages/comfyui_frontend_package/static")
        for (path, text) in [
            ("index.html", "<p>the page</p>"), ("assets/a b.js", "run()"), ("extensions/core/one.js", ""),
            ("extensions/two.js", ""), ("extensions/core/style.css", ""),
            ("../../comfyui_workflow_templates_json/templates/index.json", "[]"),
            ("../../comfyui_workflow_templates_media_image/templates/one-1.webp", "RIFF"),
            ("../../comfyui_embedded_docs/docs/KSampler/en.md", "# KSampler"),
        ] {
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
