import Fakes
import JSONTree
import SocketServer
import Testing
import UnderstudyTestKit

@testable import GradioFake

@Suite struct MajorSocketTests {
    @Test(arguments: [
        (
            GradioMajor.five, "/gradio_api",
            ["data", "is_generating", "duration", "average_duration", "render_config", "changed_state_ids"]
        ),
        (.four, "", ["data", "is_generating", "duration", "average_duration", "render_config", "changed_state_ids"]),
    ])
    func `5 and 4 speak of the same things with fewer fields`(
        major: GradioMajor, prefix: String, fields: [String]
    ) async throws {
        try await withGradio(major: major) { fake in
            try await fake.join(0, ["x"], prefix: prefix)

            let completed = try await fake.messages(prefix: prefix).first { $0["msg"] == "process_completed" }

            #expect(completed?["output"]?.object?.keys == fields)
            #expect(completed?["avg_time"] == nil)
            #expect((completed?["title"] == nil) == (major == .four))
        }
    }

    @Test func `4 puts the text of an error into quotes`() async throws {
        try await withGradio(major: .four) { fake in
            try await fake.join(4, ["error"], prefix: "")

            let completed = try await fake.messages(prefix: "").first { $0["msg"] == "process_completed" }

            #expect(completed?["output"] == ["error": "'No'", "duration": 3.5, "visible": true])
        }
    }

    @Test func `5 shows a traceback where the others say nothing`() async throws {
        try await withGradio(major: .five) { fake in
            let answer = try await fake.post("/run/nope", ["data": []])

            #expect(answer.status == 500)
            #expect(answer.json.string?.hasPrefix("Traceback (most recent call last):\n") == true)
        }
    }

    /// A client's frame, masked with zeros.
    private func frame(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [0x81, 0x80 | UInt8(bytes.count), 0, 0, 0, 0] + bytes
    }

    @Test func `3 has a WebSocket for each call`() async throws {
        try await withGradio(major: .three) { fake in
            let socket = try await RawSocket(url: fake.url)
            try await socket.send(
                "GET /queue/join HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            var seen = try await socket.read(until: "send_hash\"}")
            try await socket.send(frame(#"{"fn_index":0,"session_hash":"s"}"#))
            seen += try await socket.read(until: "send_data\"}")
            try await socket.send(frame(#"{"data":["hé"],"fn_index":0,"session_hash":"s"}"#))
            seen += try await socket.read(until: "\"success\":true}")

            #expect(seen.contains("HTTP/1.1 101"))
            #expect(seen.contains(#"{"msg":"estimation","rank":0,"queue_size":1,"avg_event_process_time":0.0,"#))
            #expect(seen.contains(#"{"msg":"process_starts"}"#))
            #expect(seen.contains(#""output":{"data":["echo: h\u00e9"],"is_generating":false,"#))
        }
    }

    @Test func `3 takes an offer of compression in words that a strict client can read`() async throws {
        try await withGradio(major: .three) { fake in
            let socket = try await RawSocket(url: fake.url)
            try await socket.send(
                "GET /queue/join HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n")
            let head = try await socket.read(until: "\r\n\r\n")

            #expect(head.contains("Sec-WebSocket-Extensions: permessage-deflate\r\n"))
        }
    }

    @Test func `3 is no place for the queue of the others`() async throws {
        try await withGradio(major: .three) { fake in
            let queue = try await fake.get("/queue/join")
            let data = try await fake.get("/queue/data?session_hash=s")
            let call = try await fake.post("/call/echo", ["data": []], prefix: "")
            let run = try await fake.post("/run/echo", ["data": ["x"]], prefix: "")

            #expect([queue.status, data.status, call.status] == [404, 404, 404])
            #expect(run.json["data"] == ["echo: x"])
        }
    }
}
