import GradioFake
import Testing

@testable import Connectivity

/// The client of Gradio apps against the fakes: the story's Gradio client.
@Suite(.timeLimit(.minutes(1))) struct GradioClientTests {
    static func settings(_ change: (inout GradioSettings) -> Void = { _ in }) -> GradioSettings {
        var settings = GradioSettings()
        settings.retry = RetryPolicy(first: .milliseconds(5))
        change(&settings)
        return settings
    }

    private func with(
        _ app: String = "echo", _ major: GradioMajor = .six, _ change: (inout GradioSettings) -> Void = { _ in },
        _ body: (Understudy, GradioClient) async throws -> Void
    ) async throws {
        try await Understudy.gradio(app, major: major) { understudy in
            let client = try GradioClient(url: understudy.url, settings: Self.settings(change))
            do {
                try await body(understudy, client)
            } catch {
                await client.close()
                throw error
            }
            await client.close()
        }
    }

    @Test(arguments: GradioMajor.allCases)
    func `a function is called by its name`(major: GradioMajor) async throws {
        try await with("echo", major) { _, client in
            let endpoints = try await client.connect()
            let version = try await client.version
            let result = try await client.call("/echo", "Good evening").result()

            #expect(endpoints.map(\.name).contains("echo"))
            #expect(version == major.version)
            #expect(result == ["Good evening"])
        }
    }

    @Test(arguments: GradioMajor.allCases)
    func `queue, progress and outputs before the last come in order`(major: GradioMajor) async throws {
        try await with("echo", major) { _, client in
            let call = try await client.call("stream", "la", 3)
            var events: [GradioEvent] = []
            for try await event in call.events { events.append(event) }

            #expect(events.first == .queued(place: 0, size: 1, seconds: major == .three ? 1 : nil))
            #expect(events.contains(.started))
            #expect(events.contains { if case .progress(let steps) = $0 { steps[0].length == 3 } else { false } })
            let generated = events.compactMap { if case .generating(let values) = $0 { values } else { nil } }
            #expect(generated == [["la "], ["la la "], ["la la la "]])
            #expect(events.last == .completed(["la la la "]))
        }
    }

    @Test(arguments: GradioMajor.allCases)
    func `an app keeps the state of its session between calls`(major: GradioMajor) async throws {
        try await with("echo", major) { understudy, client in
            let first = try await client.call("tally").result()
            let second = try await client.call("tally").result()
            let other = try GradioClient(url: understudy.url, settings: Self.settings())
            let third = try await other.call("tally").result()
            await other.close()

            #expect([first[0], second[0], third[0]].map(\.number) == [1, 2, 1])
        }
    }

    @Test func `arguments go by name, and defaults stand in`() async throws {
        try await with { _, client in
            let result = try await client.call("stream", ["message": "hm"]).result()

            #expect(result == ["hm hm hm "])
        }
    }

    @Test func `arguments are checked before anything is sent`() async throws {
        try await with("rvc") { understudy, client in
            let wrong: [(String, [String: JSONValue], String)] = [
                ("infer_convert", ["f0method0": "guess"], "f0method0"), ("infer_convert", ["colour": 1], "colour"),
                ("infer_convert", ["vc_transform0": "high"], "vc_transform0"), ("sing", [:], "infer_convert"),
            ]
            for (name, arguments, word) in wrong {
                let failure = await failure { _ = try await client.call(name, arguments) }
                #expect(failure?.code == .invalidArgument)
                #expect(failure?.message.contains(word) == true)
            }
            let missing = await failure { _ = try await client.call("infer_change_voice", "narrator.pth", 0.3, 1) }

            #expect(missing?.code == .invalidArgument)
            #expect(understudy.requests("POST", "/gradio_api/queue/join") == 0)
        }
    }

    @Test(arguments: [GradioMajor.six, .five, .four])
    func `files go up and down whole`(major: GradioMajor) async throws {
        try await with("echo", major) { _, client in
            let bytes = (0..<5000).map { UInt8($0 % 251) }
            let digest = SHA256.hex(of: bytes)
            let file = try await client.upload(bytes, name: "noise one.wav", mediaType: "audio/wav")
            let again = try await client.download(file, digest: digest)
            let wrong = await failure {
                _ = try await client.download(file, digest: String(repeating: "0", count: 64))
            }
            var longer = file
            longer.size = 5001
            let short = await failure { _ = try await client.download(longer) }

            #expect(again == bytes)
            #expect(wrong?.code == .protocol)
            #expect(short?.code == .truncated)
        }
    }

    @Test func `a film is made, found in the outputs and fetched`() async throws {
        try await with("audioldm") { _, client in
            let endpoints = try await client.connect()
            let name = try #require(endpoints.first?.name)
            let result = try await client.call(name, [:]).result()
            let file = try #require(GradioFile.all(in: result).first)
            let bytes = try await client.download(file)

            #expect(bytes.count > 1000)
        }
    }

    @Test(arguments: [GradioMajor.six, .five, .four])
    func `a call is cancelled`(major: GradioMajor) async throws {
        try await with("echo", major) { _, client in
            let call = try await client.call("stream", "la", 1000)
            let failure = await failure {
                for try await event in call.events {
                    if case .generating = event { try await call.cancel() }
                }
            }

            #expect(failure?.code == .cancelled)
        }
    }

    @Test func `several calls share a session's stream`() async throws {
        try await with { _, client in
            let calls = try await withThrowingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        try await (number, client.call("echo", .string("\(number)")).result())
                    }
                }
                var results: [Int: [JSONValue]] = [:]
                for try await (number, result) in group { results[number] = result }
                return results
            }

            #expect(calls.count == 20)
            #expect(calls.allSatisfy { $0.value == [.string("\($0.key)")] })
        }
    }

    @Test(arguments: GradioMajor.allCases)
    func `an app's error has its words`(major: GradioMajor) async throws {
        try await with("echo", major) { understudy, client in
            try await client.connect()
            let path = major == .three ? "/queue/join" : major == .four ? "/queue/join" : "/gradio_api/queue/join"
            let what = major == .three ? "opens" : "POST"
            try await understudy.play("gradio \(what) \(path): error out_of_memory")
            let failure = await failure { _ = try await client.call("echo", "x").result() }

            #expect(failure?.code == .jobFailed)
            #expect((failure?.underlying as? GradioAppError)?.message?.contains("memory") == true)
        }
    }

    @Test func `a full queue is a typed error after three tries`() async throws {
        try await with { understudy, client in
            try await client.connect()
            try await understudy.play("gradio POST /gradio_api/queue/join: error queue_full")
            let failure = await failure { _ = try await client.call("echo", "x") }

            #expect(failure?.code == .serverError)
            #expect(failure?.status == 503)
            #expect(understudy.requests("POST", "/gradio_api/queue/join") == 3)
        }
    }

    @Test func `a stream that breaks off fails its calls, and nothing is joined twice`() async throws {
        try await with { understudy, client in
            try await client.connect()
            try await understudy.play("gradio sends process_generating: drop reset")
            let failure = await failure { _ = try await client.call("stream", "la", 3).result() }

            #expect(failure?.code == .connectionLost)
            #expect(understudy.requests("POST", "/gradio_api/queue/join") == 1)
        }
    }

    @Test func `a completion that never comes is missed when the stream closes`() async throws {
        try await with { understudy, client in
            try await client.connect()
            try await understudy.play("gradio sends process_completed: skip")
            let failure = await failure { _ = try await client.call("echo", "x").result() }

            #expect(failure?.code == .truncated)
        }
    }

    @Test func `login opens what was locked`() async throws {
        let app = try AppDefinition(
            yaml: try #require(AppDefinition.bundledFile("echo")) + "\nlaunch:\n  auth: { anna: secret }\n",
            file: "locked.yaml")
        try await Understudy.with(
            "echo", { FakeGradio($0, configuration: GradioConfiguration(app: app)) }
        ) { understudy in
            let client = try GradioClient(url: understudy.url, settings: Self.settings())
            let locked = await failure { try await client.connect() }
            let wrong = await failure { try await client.login(user: "anna", password: "guess") }
            try await client.login(user: "anna", password: "secret")
            let result = try await client.call("echo", "in").result()
            await client.close()

            #expect(locked?.code == .unauthorized)
            #expect(locked?.status == 401)
            #expect(wrong?.code == .unauthorized)
            #expect(result == ["in"])
        }
    }

    @Test func `a call has a deadline of its own`() async throws {
        try await with("echo", .six, { $0.callDeadline = .milliseconds(80) }) { _, client in
            let failure = await failure { _ = try await client.call("stream", "la", 1000).result() }

            #expect(failure?.code == .timeout)
            #expect(failure?.phase == .total)
        }
    }

    @Test func `a client that is closed says so to all who wait`() async throws {
        try await with { _, client in
            let call = try await client.call("stream", "la", 1000)
            await client.close()
            let waiting = await failure { _ = try await call.result() }
            let calling = await failure { _ = try await client.call("echo", "x") }

            #expect(waiting?.code == .closed)
            #expect(calling?.code == .closed)
        }
    }

    @Test func `after a lost stream the next call has one of its own`() async throws {
        try await with { understudy, client in
            try await client.connect()
            try await understudy.play("gradio sends process_generating: drop reset, once")
            let lost = await failure { _ = try await client.call("stream", "la", 3).result() }
            let result = try await client.call("stream", "la", 3).result()

            #expect(lost?.code == .connectionLost)
            #expect(result == ["la la la "])
        }
    }

    @Test func `an app with a state hears of the session until the client is closed`() async throws {
        try await Understudy.gradio { understudy in
            try await understudy.play("gradio GET /gradio_api/heartbeat/{session}: drop reset, once")
            let client = try GradioClient(url: understudy.url, settings: Self.settings { $0.time = NotedTime() })
            try await client.connect()
            let path = "/gradio_api/heartbeat/\(client.session)"
            // The first is torn off, the second stands until the client is closed, and is in the journal then.
            await understudy.request("GET", path, 1)
            await understudy.message()
            #expect(understudy.requests("GET", path) == 1)
            await client.close()
            await understudy.request("GET", path, 2)

            #expect(understudy.requests("GET", path) == 2)
        }
    }

    @Test func `who is closed while joining has no call`() async throws {
        try await with { understudy, client in
            try await client.connect()
            try await understudy.play("gradio POST /gradio_api/queue/join: delay 200ms")
            let calling = Task { await failure { _ = try await client.call("echo", "x") } }
            await understudy.effect()
            await client.close()

            #expect(await calling.value?.code == .closed)
        }
    }

    @Test func `a file that is too large for the app is not sent`() async throws {
        let app = try AppDefinition(
            yaml: try #require(AppDefinition.bundledFile("echo")) + "\nlaunch:\n  max_file_size: 100\n",
            file: "small.yaml")
        try await Understudy.with(
            "echo", { FakeGradio($0, configuration: GradioConfiguration(app: app)) }
        ) { understudy in
            let client = try GradioClient(url: understudy.url, settings: Self.settings())
            let failure = await failure {
                _ = try await client.upload([UInt8](repeating: 1, count: 101), name: "noise.wav")
            }
            await client.close()

            #expect(failure?.code == .tooLarge)
            #expect(understudy.requests("POST", "/gradio_api/upload") == 0)
        }
    }
}
