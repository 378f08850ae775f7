import ComfyUIFake
import Fakes
import SocketServer
import Testing
import UnderstudyTestKit

/// Numbers at the end of what a machine can count: each is answered, and the server goes on.
@Suite struct ExtremeValuesTests {
    @Test func `ranges, dates and counters without end are answered`() async throws {
        let most = "9223372036854775807"
        try await withFake(id: "comfyui", { try FakeComfyUI(environment: $0) }) { fake in
            for name in ["a.png", "zz_\(most)_.png"] {
                let form =
                    "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"\(name)\"\r\n\r\n0123456789\r\n"
                    + "--b\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\noutput\r\n--b--\r\n"
                let upload = try await RawSocket.request(
                    "POST", fake.url + "/upload/image",
                    headers: ["Content-Type": "multipart/form-data; boundary=b"], body: form)
                #expect(upload.status == 200)
            }
            for (field, value) in [
                ("Range", "bytes=0-\(most)"), ("Range", "bytes=\(most)-"), ("Range", "bytes=-\(most)"),
                ("If-Modified-Since", "Mon, 01 Jan \(most) 00:00:00 GMT"),
                ("If-Modified-Since", "Mon, 01 Jan 2026 \(most):00:00 GMT"),
            ] {
                let answer = try await RawSocket.get(
                    fake.url + "/view?filename=a.png", headers: HeaderFields([(field, value)]))
                #expect((200..<500).contains(answer.status), "\(field): \(value)")
            }
            let prompt =
                #"{"prompt":{"1":{"class_type":"EmptyImage","inputs":{"width":16,"height":16,"batch_size":1,"color":0}},"#
                + #""2":{"class_type":"SaveImage","inputs":{"images":["1",0],"filename_prefix":"zz"}}}}"#
            let queued = try await RawSocket.request("POST", fake.url + "/prompt", body: prompt)
            #expect(queued.status == 200)
            let again = try await RawSocket.get(fake.url + "/queue")
            #expect(again.status == 200)
        }
    }
}
