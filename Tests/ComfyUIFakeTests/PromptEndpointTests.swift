import Fakes
import JSONTree
import Media
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

@Suite struct PromptEndpointTests {
    @Test func `the counter grows on refused prompts, and at the front it is negative`() async throws {
        try await withComfyUI { fake in
            let prompt: JSON = ["1": Prompts.emptyImage, "9": Prompts.preview("1")]
            _ = try await fake.post("/prompt", ["prompt": [:]])
            _ = try await fake.post("/prompt", [])
            _ = try await fake.post("/prompt", "x")
            let plain = try await fake.post("/prompt", ["prompt": prompt]).json["number"]
            let front = try await fake.post("/prompt", ["prompt": prompt, "front": true]).json["number"]
            let own = try await fake.post("/prompt", ["prompt": prompt, "number": "3"]).json["number"]
            let next = try await fake.post("/prompt", ["prompt": prompt]).json["number"]

            #expect([plain, front, next] == [3, -4, 5])
            #expect(own?.text() == "3.0")
        }
    }

    @Test(arguments: [
        "", "null", "5", "{\"prompt\": null}", "{\"prompt\": []}", "{\"prompt\": {\"1\": 5}}", "{",
        "{\"prompt\": {}, \"number\": \"x\"}",
    ])
    func `what the server stumbles over is a 500`(body: String) async throws {
        try await withComfyUI { fake in
            let answer = try await RawSocket.request("POST", fake.url + "/prompt", body: body)

            #expect(answer.status == 500)
        }
    }

    @Test func `ids of clients are kept if they are canonical`() async throws {
        try await withComfyUI { fake in
            let prompt: JSON = ["1": Prompts.emptyImage, "9": Prompts.preview("1")]
            let id: JSON = "6f1c2d3e-4a5b-4c6d-8e9f-001122334455"
            let good = try await fake.post("/prompt", ["prompt": prompt, "prompt_id": id])
            let none = try await fake.post("/prompt", ["prompt": prompt, "prompt_id": nil])
            let bad = try await fake.post(
                "/prompt", ["prompt": prompt, "prompt_id": "6F1C2D3E-4A5B-4C6D-8E9F-001122334455"])

            #expect(good.json["prompt_id"] == id)
            #expect(none.status == 200)
            #expect(bad.status == 400)
            #expect(bad.json["error"]?["type"] == "invalid_prompt_id")
        }
    }

    @Test func `secrets are never shown, and the source of use is kept`() async throws {
        try await withComfyUI { fake in
            let body: JSON = [
                "prompt": ["1": Prompts.emptyImage, "9": Prompts.preview("1")], "client_id": "c",
                "extra_data": ["api_key_comfy_org": "secret", "auth_token_comfy_org": "secret", "more": 1],
            ]
            let client = try await SocketClient(fake, "c")
            let answer = try await RawSocket.request(
                "POST", fake.url + "/prompt", headers: ["Comfy-Usage-Source": "tests"], body: body.text())
            let id = try #require(try JSON(parsing: answer.body)["prompt_id"]?.string)
            _ = try await client.run()
            let extra = try await fake.get("/history/\(id)")[id]?["prompt"]?[3]

            #expect(extra?.object?.keys == ["more", "client_id", "comfy_usage_source", "create_time"])
            #expect(extra?["comfy_usage_source"] == "tests")
        }
    }

    @Test func `waiting prompts can be deleted without a trace`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            let sleeper: JSONObject = [
                "1": Prompts.emptyImage,
                "4": ["class_type": "ProbeSleep", "inputs": ["seconds": 60, "image": ["1", 0]]],
                "9": Prompts.preview("4"),
            ]
            let running = try await fake.queue(sleeper, client: "c")
            _ = try await client.read { $0.name == "executing" && $0.data["node"] == "4" }
            let waiting = try await fake.queue(Prompts.image(with: "color", 1), client: "c")
            let other = try await fake.queue(Prompts.image(with: "color", 2), client: "c")
            let jobs = try await fake.get("/api/jobs?status=pending,in_progress&sort_order=asc")["jobs"]?.array
            _ = try await fake.post("/queue", ["delete": [.string(waiting)]])
            let cancelled = try await fake.post("/api/jobs/\(other)/cancel", [:]).json
            let again = try await fake.post("/api/jobs/\(other)/cancel", [:]).json

            #expect(jobs?.map { $0["status"]?.string } == ["in_progress", "pending", "pending"])
            #expect(cancelled == ["cancelled": true])
            #expect(again == ["cancelled": false])
            #expect(try await fake.get("/queue")["queue_pending"] == [])
            #expect(try await fake.get("/history/\(waiting)") == [:])
            #expect(try await RawSocket.get(fake.url + "/api/jobs/\(waiting)").status == 404)
            _ = try await fake.post("/api/jobs/cancel", ["job_ids": [.string(running)]])
            #expect(try await client.run().contains { $0.name == "execution_interrupted" })
        }
    }

    @Test func `wrong lists of jobs are told apart`() async throws {
        try await withComfyUI { fake in
            let wrong = try await fake.post("/api/jobs/cancel", ["job_ids": ["x", 1]])

            #expect(wrong.status == 400)
            #expect(wrong.json == ["error": "job_ids contains invalid id(s)", "invalid_ids": ["x", "1"]])
            #expect(try await fake.post("/api/jobs/cancel", [:]).json == ["error": "job_ids must be a list"])
            let answer = try await RawSocket.request("POST", fake.url + "/api/jobs/cancel", body: "{")
            #expect(answer.text == #"{"error": "Request body must be valid JSON"}"#)
        }
    }
}
