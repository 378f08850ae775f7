import Fakes
import JSONTree
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

/// The state that scenarios look at and set, and the words by which they speak of this fake.
@Suite(.timeLimit(.minutes(1))) struct ScriptStateTests {
    /// A running fake beside the actor itself.
    private func with<Result>(
        _ body: (StagedFake, FakeComfyUI) async throws -> Result
    ) async throws -> Result {
        try await withFake(.comfyUI) { fake in
            try await body(fake, try #require(await fake.running.fake() as? FakeComfyUI))
        }
    }

    @Test func `what is set is what clients see`() async throws {
        try await with { running, fake in
            try await fake.set([
                "vram_total": 8_000_000_000, "vram_free": 5_000_000, "models": ["checkpoints": ["mine.safetensors"]],
            ])
            let device = try await running.get("/system_stats")["devices"]?[0]
            let models = try await running.get("/models/checkpoints")
            let loras = try await running.get("/models/loras")
            let state = await fake.state()

            #expect(device?["vram_total"] == 8_000_000_000)
            #expect(device?["vram_free"] == 5_000_000)
            #expect(models == ["mine.safetensors"])
            #expect(loras.array?.isEmpty == false)
            #expect(state["models"]?["checkpoints"] == ["mine.safetensors"])
            #expect(state["vram_free"] == 5_000_000)
        }
    }

    @Test func `a wrong member spoils the whole change, and is named`() async throws {
        try await with { _, fake in
            let before = await fake.state()
            let wrong: [(JSONObject, String)] = [
                (["paused": true, "vram_free": "much"], "vram_free"),
                (["paused": true, "queue_pending": 3], "queue_pending"),
                (["paused": true, "colour": 1], "colour"), (["paused": true, "vram_free": .int(.max)], "vram_free"),
                (["paused": true, "models": ["checkpoint": []]], "models/checkpoint"),
                (["paused": true, "models": ["loras": [1]]], "models/loras"),
            ]
            for (change, name) in wrong {
                let error = await #expect(throws: StateError.self) { try await fake.set(change) }
                #expect(error?.name == name)
            }
            let after = await fake.state()

            #expect(after == before)
        }
    }

    @Test func `a paused queue grows, and goes on when it is let`() async throws {
        try await with { running, fake in
            try await fake.set(["paused": true])
            let client = try await SocketClient(running, "c")
            _ = try await running.queue(["1": Prompts.emptyImage, "9": Prompts.preview("1")], client: "c")
            _ = try await running.queue(["1": Prompts.emptyImage, "9": Prompts.preview("1")], client: "c")
            let waiting = await fake.state()
            try await fake.set(["paused": false])
            _ = try await client.run()
            _ = try await client.run()
            let done = await fake.state()

            #expect(waiting["queue_pending"] == 2)
            #expect(waiting["queue_running"] == 0)
            #expect(done["queue_pending"] == 0)
        }
    }

    @Test func `until it is ready, each route is out of service`() async throws {
        try await with { running, fake in
            try await fake.set(["ready": false])
            let stats = try await RawSocket.get(running.url + "/system_stats")
            let socket = try await RawSocket.get(running.url + "/ws")
            try await fake.set(["ready": true])
            let later = try await RawSocket.get(running.url + "/system_stats")

            #expect(stats.status == 503)
            #expect(socket.status == 503)
            #expect(later.status == 200)
        }
    }

    @Test func `clients are told apart by their ids`() async throws {
        try await with { _, fake in
            let prompt = Array(#"{"prompt": {"1": {"client_id": "no"}}, "client_id" : "a\u0062"}"#.utf8)

            #expect(fake.client(of: Request(method: "GET", target: "/ws?clientId=me"), body: []) == "me")
            #expect(fake.client(of: Request(method: "POST", target: "/api/prompt"), body: prompt) == "ab")
            #expect(fake.client(of: Request(method: "GET", target: "/queue"), body: []) == "")
        }
    }

    @Test func `messages have the names of the vocabulary, and routes are those of the table`() async throws {
        try await with { running, fake in
            let client = try await SocketClient(running, "c")
            _ = try await running.queue(
                ["1": Prompts.emptyImage, "9": Prompts.preview("1")], client: "c")
            let vocabulary = fake.vocabulary
            let seen = try await client.run().map(\.name)
            let preview = fake.type(of: .binary([0, 0, 0, 4, 0, 0, 0, 0]))
            let line = fake.type(of: .binary([0, 0, 0, 3, 0, 0, 0, 0]))

            #expect(Set(seen).isSubset(of: vocabulary.sends))
            #expect([preview, line] == ["preview", "progress_text"])
            #expect(vocabulary.webSockets.map(\.text) == ["/ws", "/api/ws"])
            #expect(vocabulary.routes.contains { $0.method == "POST" && $0.path.matches("/prompt") })
            #expect(vocabulary.routes.contains { $0.method == "GET" && $0.path.matches("/api/history/x") })
            #expect(vocabulary.state.sorted() == (await fake.state()).object?.keys.sorted())
            #expect(
                vocabulary.errors.contains { $0.name == "out_of_memory" && $0.paths == ["/prompt", "/api/prompt"] })
        }
    }
}
