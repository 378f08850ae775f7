import JSONTree
import Media
import SocketServer
import Testing

@testable import ComfyUIFake

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
            ("bytes=-0", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=0-99999999999999999999", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=+1-2", 416, "(chunks)", "bytes */10"), ("bytes=10-", 416, "(chunks)", "bytes */10"),
            ("bytes=a-b", 416, "(chunks)", "bytes */10"),
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
