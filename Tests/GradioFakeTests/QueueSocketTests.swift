import Fakes
import JSONTree
import SocketServer
import Testing
import UnderstudyTestKit

@testable import GradioFake

@Suite struct QueueSocketTests {
    @Test func `a function that does nothing takes the real server's milliseconds`() async throws {
        // A twentieth of the speed, so that the milliseconds stand out.
        try await withGradio(speed: 0.05) { fake in
            let began = ContinuousClock.now
            try await fake.join(0, ["a"])
            let joined = ContinuousClock.now - began
            let messages = try await fake.messages()
            let completed = ContinuousClock.now - began

            #expect(
                messages.map { $0["msg"] } == ["estimation", "process_starts", "process_completed", "close_stream"])
            #expect(joined >= .milliseconds(40))
            #expect(completed >= .milliseconds(160))
            #expect(messages[2]["output"]?["duration"]?.double ?? 0 >= 0.02)
        }
    }

    @Test func `a call is announced, begun, completed, and closes the stream`() async throws {
        try await withGradio { fake in
            let event = try await fake.join(0, ["hé ✓"])

            let messages = try await fake.messages()

            #expect(
                messages.map { $0["msg"] } == ["estimation", "process_starts", "process_completed", "close_stream"])
            #expect(
                messages[0].text()
                    == #"{"msg":"estimation","event_id":"\#(event)","rank":0,"queue_size":1,"rank_eta":null}"#)
            #expect(messages[2]["output"]?["data"] == ["echo: hé ✓"])
            #expect(
                messages[2].object?.keys == [
                    "msg", "event_id", "output", "success", "title", "used_cache", "cache_duration", "avg_time",
                ])
            #expect(messages[3].text() == #"{"msg":"close_stream","event_id":null}"#)
        }
    }

    @Test func `the stream has uvicorn's head and one chunk a message`() async throws {
        try await withGradio { fake in
            try await fake.join(0, ["x"])
            let socket = try await fake.open()
            let (bytes, _) = try await socket.read { RawResponse($0)?.isComplete == true }
            let answer = try #require(RawResponse(bytes))

            #expect(answer.statusLine == "HTTP/1.1 200 OK")
            #expect(answer.headers.map(\.name) == ["date", "server", "content-type", "Transfer-Encoding"])
            #expect(answer.headers["content-type"] == "text/event-stream; charset=utf-8")
            #expect(answer.chunks.count == 4)
            #expect(answer.chunks.allSatisfy { String(decoding: $0, as: UTF8.self).hasSuffix("}\n\n") })
        }
    }

    @Test func `a generator sends whole values first and edits after, and completes with the whole`() async throws {
        try await withGradio { fake in
            try await fake.join(2, [3])

            let outputs = try await fake.messages().compactMap { $0["output"]?["data"] }

            #expect(outputs == [["w0 "], [[["append", [], "w1 "]]], [[["append", [], "w2 "]]], ["w0 w1 w2 "]])
        }
    }

    @Test func `a generator that yields nothing completes with nothing`() async throws {
        try await withGradio { fake in
            try await fake.join(2, [0])

            let completed = try await fake.messages().first { $0["msg"] == "process_completed" }

            #expect(completed?["output"]?["data"] == [nil])
            #expect(completed?["success"] == true)
        }
    }

    @Test func `state belongs to a session and what clients send for it is not looked at`() async throws {
        try await withGradio { fake in
            func count(_ amount: JSON, in session: String) async throws -> JSON? {
                try await fake.join(1, [amount, 99], session: session)
                return try await fake.messages(session: session).first { $0["msg"] == "process_completed" }?["output"]?[
                    "data"]
            }

            let answer1 = try await count(5, in: "a")
            #expect(answer1 == [5, nil])
            let answer2 = try await count(7, in: "a")
            #expect(answer2 == [12, nil])
            let answer3 = try await count(1, in: "b")
            #expect(answer3 == [1, nil])
        }
    }

    @Test func `an error of the app reaches the client with its fields`() async throws {
        try await withGradio { fake in
            try await fake.join(4, ["error"])

            let completed = try #require(try await fake.messages().first { $0["msg"] == "process_completed" })

            #expect(completed["output"] == ["error": "No", "duration": 3.5, "visible": true, "title": "Oops"])
            #expect(completed["title"] == "Oops")
            #expect(completed["success"] == false)
        }
    }

    @Test(arguments: [(false, ["error": nil]), (true, ["error": "secret", "visible": true])] as [(Bool, JSON)])
    func `another exception shows its text only if the app was launched so`(isShown: Bool, output: JSON) async throws {
        try await withGradio(setup: { $0.app.launch.showError = isShown }) { fake in
            try await fake.join(4, ["late"])

            let messages = try await fake.messages()

            #expect(
                messages.map { $0["msg"] } == [
                    "estimation", "process_starts", "log", "progress", "process_completed", "close_stream",
                ])
            #expect(messages[2]["title"] == "Info")
            #expect(
                messages[3]["progress_data"] == [
                    ["index": 1, "length": 2, "unit": "steps", "progress": nil, "desc": "Half"]
                ])
            #expect(messages[4]["output"] == output)
        }
    }

    @Test func `of messages that nobody fetches the oldest go when they are too many`() async throws {
        try await withGradio(setup: { $0.messageMemory = 20_000 }) { fake in
            let long = JSON.string(String(repeating: "x", count: 12_000))
            for session in ["first", "second"] { try await fake.join(0, [long], session: session) }
            // One worker: whoever comes last has its turn when the others are done.
            try await fake.join(0, ["y"], session: "last")
            let last = try await fake.messages(session: "last")
            let first = try await fake.open(session: "first").read(until: "}")
            let second = try await fake.messages(session: "second")

            #expect(last.map { $0["msg"] }.contains("process_completed"))
            #expect(first.contains("session_not_found"))
            #expect(second.map { $0["msg"] }.contains("process_completed"))
        }
    }

    @Test func `one worker lets others wait and tells them where they stand`() async throws {
        try await withGradio { fake in
            let socket = try await fake.open(session: "later")
            _ = try await socket.read(until: "session_not_found")
            // The first runs long enough for the others to come while it does.
            for seconds in [3, 0.01, 0.01] as [JSON] { try await fake.join(3, [seconds]) }

            let estimations = try await fake.messages().filter { $0["msg"] == "estimation" }

            #expect(estimations.map { $0["rank"]?.int } == [0, 0, 1, 0])
            #expect(estimations.map { $0["queue_size"]?.int } == [1, 1, 2, 1])
        }
    }

    @Test func `a full queue refuses, and unknown functions come after that`() async throws {
        try await withGradio { fake in
            for _ in 0..<4 { try await fake.join(3, [600]) }

            let full = try await fake.post("/queue/join", ["data": [1], "fn_index": 3, "session_hash": "x"])
            let unknown = try await fake.post("/queue/join", ["data": [1], "fn_index": 99, "session_hash": "x"])
            let direct = try await fake.post("/run/echo", ["data": ["x"]])

            #expect(full.status == 503)
            #expect(full.json == ["detail": "Queue is full. Max size is 3 and size is 3."])
            #expect(unknown.status == 503)
            #expect(direct.status == 200)
            #expect(try await fake.get("/gradio_api/queue/status").text.contains("\"queue_size\":3"))
        }
    }

    @Test func `faults of a join are found in the real order`() async throws {
        try await withGradio { fake in
            let bodies: [JSON] = [
                ["data": []], ["data": [], "session_hash": "s"], ["data": [], "session_hash": "s", "fn_index": 99],
            ]
            var answers: [JSON] = []
            for body in bodies { answers.append(try await fake.post("/queue/join", body).json) }

            #expect(answers[0] == ["detail": "Session hash not found."])
            #expect(answers[1] == ["detail": "No function index provided."])
            #expect(answers[2] == "Internal Server Error")
        }
    }

    @Test func `a validator refuses before the event joins`() async throws {
        try await withGradio { fake in
            let refused = try await fake.post("/queue/join", ["data": ["x"], "fn_index": 9, "session_hash": "s"])

            #expect(refused.status == 422)
            #expect(
                refused.json.text()
                    == #"{"detail":[{"__type__":"validate","is_valid":false,"message":"Too short","parameter_name":"text"}]}"#
            )
        }
    }

    @Test func `an unknown session is told so and the answer breaks off`() async throws {
        try await withGradio { fake in
            let socket = try await fake.open(session: "nobody")

            let (bytes, end) = try await socket.read()

            #expect(end != .timeout)
            #expect(
                String(decoding: bytes, as: UTF8.self).contains(#""message":"404: Not Found","session_not_found":true"#)
            )
            #expect(RawResponse(bytes)?.isComplete == false)
        }
    }

    @Test func `a finished session stays silent until the next join`() async throws {
        try await withGradio { fake in
            try await fake.join(0, ["a"])
            _ = try await fake.messages()
            let socket = try await fake.open()
            _ = try await socket.read(until: "\r\n\r\n")

            try await fake.join(0, ["b"])

            #expect(try await socket.read(until: "close_stream").contains("echo: b"))
        }
    }

    @Test func `a reader that goes takes its waiting events along`() async throws {
        try await withGradio { fake in
            for _ in 0..<3 { try await fake.join(3, [30]) }
            let socket = try await fake.open()
            _ = try await socket.read(until: "process_starts")

            socket.reset()

            var text = ""
            for _ in 0..<200 where !text.contains("session_not_found") {
                let other = try await fake.open()
                text = try await other.read(until: "}", timeout: .milliseconds(50))
                other.reset()
            }
            #expect(text.contains("session_not_found"))
            #expect(try await fake.get("/gradio_api/queue/status").text.contains("\"queue_size\":0"))
        }
    }

    @Test func `heartbeats come at their interval, also beside a long call`() async throws {
        try await withGradio(setup: { $0.heartbeatInterval = .milliseconds(40) }) { fake in
            try await fake.join(3, [3])  // Long enough for the reader to come, however busy the machine is.

            let kinds = try await fake.messages().map { $0["msg"] }
            let heart = try await RawSocket(url: fake.url)
            try await heart.send("GET /gradio_api/heartbeat/s HTTP/1.1\r\nHost: x\r\n\r\n")
            let (bytes, _) = try await heart.read { bytes in
                String(decoding: bytes, as: UTF8.self).split(
                    separator: "data: ALIVE\n\n", omittingEmptySubsequences: false
                ).count > 3
            }

            #expect(kinds.contains("heartbeat"))
            #expect(String(decoding: bytes, as: UTF8.self).contains("data: ALIVE\n\n"))
        }
    }

    @Test func `a waiting event that is cancelled ends empty and well`() async throws {
        try await withGradio { fake in
            try await fake.join(3, [20], session: "first")
            let waiting = try await fake.join(3, [20], session: "second")

            let answer = try await fake.post(
                "/cancel", ["session_hash": "second", "fn_index": 3, "event_id": .string(waiting)])

            #expect(answer.json == ["success": true])
            let messages = try await fake.messages(session: "second")
            #expect(messages.map { $0["msg"] } == ["estimation", "process_completed", "close_stream"])
            #expect(messages[1]["output"] == [:])
        }
    }

    @Test func `a running generator that is cancelled ends with its step`() async throws {
        try await withGradio { fake in
            let event = try await fake.join(2, [100_000])
            let socket = try await fake.open()
            _ = try await socket.read(until: "w1")

            let answer = try await fake.post(
                "/cancel", ["session_hash": "s", "fn_index": 2, "event_id": .string(event)])
            let rest = try await socket.read(until: "close_stream")

            #expect(answer.json == ["success": true])
            #expect(rest.contains(#""output":{},"success":true"#))
        }
    }

    @Test func `cancelling what nobody knows succeeds, too`() async throws {
        try await withGradio { fake in
            let answer = try await fake.post("/cancel", ["session_hash": "x", "fn_index": 0, "event_id": "y"])

            #expect(answer.status == 200)
            #expect(answer.json == ["success": true])
        }
    }

    @Test func `the same seed gives the same ids, another seed others`() async throws {
        func ids(seed: UInt64) async throws -> [String] {
            try await withGradio(seed: seed) { fake in
                [
                    try await fake.join(0, ["a"]), try await fake.join(0, ["b"]),
                    try await fake.join(0, ["c"], session: "t"),
                ]
            }
        }

        let first = try await ids(seed: 1)

        let answer4 = try await ids(seed: 1)
        #expect(answer4 == first)
        let answer5 = try await ids(seed: 2)
        #expect(answer5 != first)
        #expect(Set(first).count == 3)
        #expect(first.allSatisfy { $0.count == 32 })
    }
}
