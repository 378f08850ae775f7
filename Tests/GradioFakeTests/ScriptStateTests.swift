import Fakes
import JSONTree
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

@testable import GradioFake

/// The state that scenarios look at and set, and the words by which they speak of this fake.
@Suite(.timeLimit(.minutes(1))) struct ScriptStateTests {
    private func with<Result>(
        major: GradioMajor = .six, _ body: (StagedFake, FakeGradio) async throws -> Result
    ) async throws -> Result {
        try await withFake(.gradio(app: Apps.probe, major: major, id: "probe")) { fake in
            try await body(fake, try #require(await fake.running.fake() as? FakeGradio))
        }
    }

    @Test func `a paused queue grows to its bound, and goes on when it is let`() async throws {
        try await with { running, fake in
            try await fake.set(["paused": true, "max_queue": 1])
            try await running.join(0, ["x"])
            let full = try await running.post(
                "/queue/join", ["data": ["x"], "fn_index": 0, "session_hash": "t"])
            let waiting = await fake.state()
            try await fake.set(["paused": false, "max_queue": nil])
            let messages = try await running.messages()
            let done = await fake.state()

            #expect(full.status == 503)
            #expect(full.json == ["detail": "Queue is full. Max size is 1 and size is 1."])
            #expect(
                waiting == ["ready": true, "queue_size": 1, "running": 0, "paused": true, "max_queue": 1])
            #expect(messages.map { $0["msg"] }.suffix(2) == ["process_completed", "close_stream"])
            #expect(done["queue_size"] == 0)
            #expect(done["max_queue"] == JSON.null)
        }
    }

    @Test func `until it is ready, each route is out of service`() async throws {
        try await with { running, fake in
            try await fake.set(["ready": false])
            let config = try await running.get("/config")
            let health = try await running.get("/api/health")
            try await fake.set(["ready": true])
            let later = try await running.get("/config")

            #expect(config.status == 503)
            #expect(health.status == 503)
            #expect(later.status == 200)
        }
    }

    @Test func `a wrong member spoils the whole change, and is named`() async throws {
        try await with { _, fake in
            let before = await fake.state()
            let wrong: [(JSONObject, String)] = [
                (["paused": true, "max_queue": -1], "max_queue"), (["paused": true, "queue_size": 3], "queue_size"),
                (["paused": true, "ready": "no"], "ready"), (["paused": true, "colour": 1], "colour"),
            ]
            for (change, name) in wrong {
                let error = await #expect(throws: StateError.self) { try await fake.set(change) }
                #expect(error?.name == name)
            }
            let after = await fake.state()

            #expect(after == before)
        }
    }

    @Test func `clients are told apart by their session`() async throws {
        try await with { _, fake in
            let body = Array(#"{"data":[{"session_hash":"no"}],"session_hash":"s"}"#.utf8)
            func client(_ method: String, _ target: String, _ body: [UInt8] = []) -> String {
                fake.client(of: Request(method: method, target: target), body: body)
            }

            #expect(client("POST", "/gradio_api/queue/join", body) == "s")
            #expect(client("GET", "/gradio_api/queue/data?session_hash=t") == "t")
            #expect(client("GET", "/gradio_api/heartbeat/u") == "u")
            #expect(client("GET", "/config") == "")
        }
    }

    @Test(arguments: GradioMajor.allCases)
    func `a version's vocabulary has its routes and its errors`(major: GradioMajor) async throws {
        try await with(major: major) { _, fake in
            let vocabulary = fake.vocabulary
            let prefix = major >= .five ? "/gradio_api" : ""
            let names = vocabulary.errors.map(\.name)

            #expect(vocabulary.kind == "gradio")
            #expect(vocabulary.ids == ["probe"])
            #expect(vocabulary.routes.contains { $0.path.matches("\(prefix)/queue/join") })
            #expect(vocabulary.webSockets.map(\.text) == (major == .three ? ["/queue/join"] : []))
            #expect(names.contains("upload_too_large") == (major > .three))
            #expect(names.contains("session_lost") == (major > .three))
            #expect(vocabulary.errors.first { $0.name == "queue_full" }?.paths.contains("\(prefix)/queue/join") == true)
            #expect(vocabulary.receives == (major == .three ? ["hash", "data"] : []))
            #expect(vocabulary.state.sorted() == (await fake.state()).object?.keys.sorted())
        }
    }

    @Test func `messages have the names of the vocabulary`() async throws {
        try await with { running, fake in
            try await running.join(4, ["late"])
            let messages = try await running.messages()
            let types = messages.map { fake.type(of: ServerSentEvent(bytes: Array("data: \($0.text())\n\n".utf8))) }

            #expect(types.contains("progress"))
            #expect(Set(types).isSubset(of: fake.vocabulary.sends))
            #expect(fake.type(of: ServerSentEvent(bytes: Array("data: ALIVE\n\n".utf8))) == "alive")
            #expect(fake.type(of: ServerSentEvent(bytes: Array("event: complete\ndata: []\n\n".utf8))) == "complete")
            #expect(fake.type(of: .text(#"{"fn_index":0,"session_hash":"x"}"#)) == "hash")
            #expect(fake.type(of: .text(#"{"data":[],"fn_index":0,"session_hash":"x"}"#)) == "data")
            #expect(fake.type(of: .text(#"{"msg":"send_hash"}"#)) == "send_hash")
        }
    }
}
