import Fakes
import JSONTree
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

@testable import GradioFake

/// What clients get in the troubles of the real server, in each of its versions.
@Suite(.timeLimit(.minutes(1))) struct NativeErrorTests {
    private func with<Result>(
        _ direction: Direction, major: GradioMajor = .six, setup change: (inout GradioConfiguration) -> Void = { _ in },
        _ body: (StagedFake, String) async throws -> Result
    ) async throws -> Result {
        var setup = GradioConfiguration(app: try AppDefinition(yaml: Apps.probe, file: "probe.yaml", major: major))
        change(&setup)
        return try await withFake(
            id: "gradio", { [setup] in DirectedFake(FakeGradio($0, configuration: setup)) { _ in direction } }
        ) { fake in
            try await body(fake, major >= .five ? "/gradio_api" : "")
        }
    }

    private func with<Result>(
        _ use: NativeErrorUse, major: GradioMajor = .six, setup change: (inout GradioConfiguration) -> Void = { _ in },
        _ body: (StagedFake, String) async throws -> Result
    ) async throws -> Result {
        try await with(Direction(error: use), major: major, setup: change, body)
    }

    /// The messages of one call in that trouble.
    private func messages(
        of function: Int = 0, _ data: [JSON] = ["x"], in use: NativeErrorUse, major: GradioMajor = .six,
        setup change: (inout GradioConfiguration) -> Void = { _ in }
    ) async throws -> [JSON] {
        try await with(use, major: major, setup: change) { fake, prefix in
            try await fake.join(function, data, prefix: prefix)
            return try await fake.messages(prefix: prefix)
        }
    }

    private func names(_ messages: [JSON]) -> [String] { messages.compactMap { $0["msg"]?.string } }

    // MARK: Functions

    @Test(
        arguments: [
            (
                GradioMajor.six, ["error": "Out of tea", "duration": 10, "visible": true, "title": "Error"],
                ["msg", "event_id", "output", "success", "title", "used_cache", "cache_duration", "avg_time"]
            ),
            (
                .five, ["error": "Out of tea", "duration": 10, "visible": true, "title": "Error"],
                ["msg", "event_id", "output", "success", "title"]
            ),
            (
                .four, ["error": "'Out of tea'", "duration": 10, "visible": true],
                ["msg", "event_id", "output", "success"]
            ),
        ] as [(GradioMajor, JSON, [String])])
    func `an error of the app is told as the version tells it`(
        major: GradioMajor, output: JSON, keys: [String]
    ) async throws {
        let messages = try await messages(in: NativeErrorUse("app_error", message: "Out of tea"), major: major)

        #expect(names(messages) == ["estimation", "process_starts", "process_completed", "close_stream"])
        #expect(messages[2]["success"] == false)
        #expect(messages[2]["output"] == output)
        #expect(messages[2].object?.keys == keys)
    }

    @Test(arguments: [true, false])
    func `a hidden error stays hidden however the app was launched`(isShown: Bool) async throws {
        let messages = try await messages(in: NativeErrorUse("hidden_error")) { $0.app.launch.showError = isShown }

        #expect(messages[2]["output"] == ["error": nil])
        #expect(messages[2]["title"] == "Error")
    }

    @Test func `a card without memory speaks CUDA's words`() async throws {
        let messages = try await messages(in: NativeErrorUse("out_of_memory"))

        #expect(messages[2]["output"]?["error"]?.string?.hasPrefix("CUDA out of memory. Tried to allocate ") == true)
    }

    @Test func `a generator fails after so many messages, its values stay`() async throws {
        // The estimation, the start and two steps.
        let messages = try await messages(of: 2, [5], in: NativeErrorUse("app_error", afterMessages: 4))

        #expect(
            names(messages) == [
                "estimation", "process_starts", "process_generating", "process_generating", "process_completed",
                "close_stream",
            ])
        #expect(messages[4]["success"] == false)
        // An error after values has no title, and its duration in the wrong place.
        #expect(messages[4]["title"] == JSON.null)
        #expect(messages[4]["cache_duration"] == 10.0)
    }

    @Test func `past the queue an error is the answer`() async throws {
        let answer = try await with(NativeErrorUse("app_error", message: "No")) { fake, _ in
            try await fake.post("/run/direct", ["data": ["x"]])
        }

        #expect(answer.status == 500)
        #expect(answer.json == ["error": "No", "duration": 10, "visible": true, "title": "Error"])
    }

    @Test func `a simple call gets its error as an event`() async throws {
        let text = try await with(NativeErrorUse("app_error", message: "No")) { fake, _ in
            let id = try #require(try await fake.post("/call/echo", ["data": ["x"]]).json["event_id"]?.string)
            return try await fake.get("/gradio_api/call/echo/\(id)").text
        }

        #expect(
            text
                == "event: error\ndata: {\"error\": \"No\", \"duration\": 10, \"visible\": true, \"title\": \"Error\"}\n\n"
        )
    }

    @Test func `each step takes as much longer as it is told to`() async throws {
        let direction = Direction(stepDelay: { .milliseconds(30) })
        let time = try await with(direction) { fake, _ in
            let began = ContinuousClock.now
            try await fake.join(2, [4])
            _ = try await fake.messages()
            return ContinuousClock.now - began
        }
        let once = try await with(direction) { fake, _ in
            let began = ContinuousClock.now
            try await fake.join(0, ["x"])
            _ = try await fake.messages()
            return ContinuousClock.now - began
        }

        #expect(time >= .milliseconds(120))
        #expect(once >= .milliseconds(30))
    }

    // MARK: The queue

    @Test(arguments: [GradioMajor.six, .five, .four])
    func `a full queue is a 503 with its size`(major: GradioMajor) async throws {
        let (join, call) = try await with(NativeErrorUse("queue_full"), major: major) { fake, prefix in
            (
                try await fake.post(
                    "/queue/join", ["data": ["x"], "fn_index": 0, "session_hash": "s"], prefix: prefix),
                try await fake.post("/call/echo", ["data": ["x"]], prefix: prefix)
            )
        }

        #expect(join.status == 503)
        #expect(join.json == ["detail": "Queue is full. Max size is 3 and size is 3."])
        #expect(call.status == 503)
    }

    @Test func `in version 3 a full queue is a message, and the socket ends`() async throws {
        let text = try await with(NativeErrorUse("queue_full"), major: .three) { fake, _ in
            let socket = try await RawSocket(url: fake.url)
            try await socket.send(
                "GET /queue/join HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            _ = try await socket.read(until: "send_hash")
            let hash = Array(#"{"fn_index":0,"session_hash":"s"}"#.utf8)
            try await socket.send([0x81, 0x80 | UInt8(hash.count), 0, 0, 0, 0] + hash)
            return try await socket.read(until: "queue_full")
        }

        #expect(text.hasSuffix(#"{"msg":"queue_full"}"#) || text.contains(#"{"msg":"queue_full"}"#))
    }

    @Test func `an argument is refused as by its validator`() async throws {
        let answer = try await with(NativeErrorUse("validation", message: "Too blue")) { fake, _ in
            try await fake.post("/queue/join", ["data": ["x"], "fn_index": 0, "session_hash": "s"])
        }

        #expect(answer.status == 422)
        #expect(
            answer.json == [
                "detail": [
                    ["__type__": "validate", "is_valid": false, "message": "Too blue", "parameter_name": "text"]
                ]
            ])
    }

    @Test func `before 5 the framework misses the arguments`() async throws {
        let answer = try await with(NativeErrorUse("validation"), major: .four) { fake, _ in
            try await fake.post("/queue/join", ["data": ["x"], "fn_index": 0, "session_hash": "s"], prefix: "")
        }

        #expect(answer.status == 422)
        #expect(answer.json["detail"]?[0]?["type"] == "missing")
        #expect(answer.json["detail"]?[0]?["loc"] == ["body", "data"])
    }

    @Test(arguments: [(GradioMajor.six, "404: Not Found"), (.four, "404: Session not found.")])
    func `a session that is lost is told in its stream, which breaks off`(
        major: GradioMajor, text: String
    ) async throws {
        let answer = try await with(NativeErrorUse("session_lost"), major: major) { fake, prefix in
            try await fake.join(0, ["x"], prefix: prefix)
            let socket = try await fake.open(prefix: prefix)
            let (bytes, end) = try await socket.read(timeout: .seconds(5)) { _ in false }
            #expect(end != .timeout)
            return String(decoding: bytes, as: UTF8.self)
        }

        let messages = StagedFake.messages(in: answer)
        #expect(messages.map { $0["msg"] } == ["unexpected_error"])
        #expect(messages.first?["message"]?.string == text)
        #expect(!answer.hasSuffix("0\r\n\r\n"))
    }

    // MARK: The server

    @Test func `a file that is too large is refused with the bound`() async throws {
        let answer = try await with(NativeErrorUse("upload_too_large"), setup: { $0.app.launch.maxFileSize = 20480 }) {
            fake, prefix in
            try await RawSocket.request(
                "POST", fake.url + prefix + "/upload", headers: ["Content-Type": "multipart/form-data; boundary=b"],
                body: "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n")
        }

        #expect(answer.status == 413)
        #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
        #expect(answer.text == "File size exceeded maximum allowed size of 20480 bytes.")
    }

    @Test(
        arguments: [
            (GradioMajor.six, ["detail": ["error": "Not authenticated", "auth_message": nil] as JSON] as JSON),
            (.four, ["detail": "Not authenticated"] as JSON),
        ] as [(GradioMajor, JSON)])
    func `without a login the doors are shut, but not all`(major: GradioMajor, body: JSON) async throws {
        let (config, page) = try await with(NativeErrorUse("unauthorized"), major: major) { fake, _ in
            (try await fake.get("/config"), try await fake.get("/"))
        }

        #expect(config.status == 401)
        #expect(try JSON(parsing: config.body) == body)
        #expect(page.status == 200)
    }

    @Test(arguments: [GradioMajor.six, .three])
    func `what nobody handled is a 500, and a starting app a 503`(major: GradioMajor) async throws {
        let trouble = try await with(NativeErrorUse("server_error"), major: major) { fake, prefix in
            try await fake.get(prefix + "/info")
        }
        let starting = try await with(NativeErrorUse("not_ready"), major: major) { fake, _ in
            try await fake.get("/config")
        }

        #expect(trouble.status == 500)
        #expect(trouble.text == "Internal Server Error")
        #expect(starting.status == 503)
        #expect(starting.headers["server"] == "nginx")
    }
}
