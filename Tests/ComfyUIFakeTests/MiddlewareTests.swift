import JSONTree
import Media
import SocketServer
import Testing

@testable import ComfyUIFake

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
