import Fakes
import JSONTree
import Scenarios
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

/// What clients get in the troubles of the real server.
@Suite(.timeLimit(.minutes(1))) struct NativeErrorTests {
    private static let textToImage: JSONObject = [
        "4": ["class_type": "CheckpointLoaderSimple", "inputs": ["ckpt_name": "sd_xl_base_1.0.safetensors"]],
        "5": ["class_type": "EmptyLatentImage", "inputs": ["width": 64, "height": 64, "batch_size": 1]],
        "6": ["class_type": "CLIPTextEncode", "inputs": ["text": "a lighthouse", "clip": ["4", 1]]],
        "3": [
            "class_type": "KSampler",
            "inputs": [
                "seed": 5, "steps": 4, "cfg": 8, "sampler_name": "euler", "scheduler": "normal", "denoise": 1,
                "model": ["4", 0], "positive": ["6", 0], "negative": ["6", 0], "latent_image": ["5", 0],
            ],
        ],
        "8": ["class_type": "VAEDecode", "inputs": ["samples": ["3", 0], "vae": ["4", 2]]],
        "9": ["class_type": "SaveImage", "inputs": ["images": ["8", 0], "filename_prefix": "x"]],
    ]

    private func with<Result>(
        _ use: NativeErrorUse, _ body: (StagedFake) async throws -> Result
    ) async throws -> Result {
        try await withFake(
            id: "comfyui",
            { environment in
                DirectedFake(try FakeComfyUI(environment: environment)) { _ in Direction(error: use) }
            }, body)
    }

    /// The messages of a run in that trouble, and its entry in the history.
    private func run(
        _ prompt: JSONObject = textToImage, in use: NativeErrorUse, repeated count: Int = 1
    ) async throws -> (messages: [SocketClient.Message], entry: JSON) {
        try await with(use) { fake in
            let client = try await SocketClient(fake, "c")
            var messages: [SocketClient.Message] = []
            var id = ""
            for _ in 0..<count {
                id = try await fake.queue(prompt, client: "c")
                messages = try await client.run()
            }
            return (messages, try #require(try await fake.get("/history/\(id)")[id]))
        }
    }

    @Test func `out of memory strikes the sampler, with PyTorch's exception and the server's hint`() async throws {
        let (messages, entry) = try await run(in: NativeErrorUse("out_of_memory"))

        let failure = try #require(messages.first { $0.name == "execution_error" }).data
        #expect(
            failure.object?.keys == [
                "prompt_id", "node_id", "node_type", "executed", "exception_message", "exception_type", "traceback",
                "current_inputs", "current_outputs", "timestamp",
            ])
        #expect(failure["node_id"] == "3")
        #expect(failure["node_type"] == "KSampler")
        #expect(failure["exception_type"] == "torch.OutOfMemoryError")
        #expect(
            failure["exception_message"]
                == """
                Allocation on device \nThis error means you ran out of memory on your GPU.

                TIPS: If the workflow worked before you might have accidentally set the batch_size to a large number.
                """)
        #expect(failure["current_inputs"]?["steps"] == [4])
        #expect(!messages.contains { ["progress", "executed", "execution_success"].contains($0.name) })
        #expect(messages.suffix(2).map(\.name) == ["status", "executing"])
        #expect(entry["status"]?["status_str"] == "error")
        #expect(entry["status"]?["completed"] == false)
        #expect(entry["status"]?["messages"]?[2]?[0] == "execution_error")
        #expect(entry["status"]?["messages"]?[2]?[1] == failure)
        #expect(entry["outputs"] == [:])
    }

    @Test func `a prompt that is in the cache fails as well`() async throws {
        let (messages, _) = try await run(in: NativeErrorUse("out_of_memory", afterMessages: 1000), repeated: 2)
        let (failing, _) = try await run(in: NativeErrorUse("out_of_memory"), repeated: 2)

        // So many messages there are not: these runs succeed, and the second one is not answered from the cache either.
        #expect(messages.contains { $0.name == "execution_success" })
        #expect(messages.contains { $0.name == "progress" })
        #expect(failing.contains { $0.name == "execution_error" })
    }

    @Test func `a run breaks off after so many messages, at the next step`() async throws {
        // Three messages for each of four nodes and the two that begin the run lie before the sampler's third step.
        let (messages, _) = try await run(in: NativeErrorUse("interrupted", afterMessages: 18))

        let own = messages.map(\.name).filter { $0 != "status" }
        let end = try #require(own.firstIndex(of: "execution_interrupted"))
        #expect(own[..<end].count >= 18)
        #expect(own[..<end].contains("progress"))
        #expect(!own.contains("executed"))
    }

    @Test func `an interruption looks like one`() async throws {
        let (messages, entry) = try await run(in: NativeErrorUse("interrupted"))

        let data = try #require(messages.first { $0.name == "execution_interrupted" }).data
        #expect(data.object?.keys == ["prompt_id", "node_id", "node_type", "executed", "timestamp"])
        #expect(entry["status"]?["status_str"] == "error")
    }

    @Test func `a node raises what it is told to`() async throws {
        let (usual, _) = try await run(in: NativeErrorUse("node_error"))
        let (own, _) = try await run(in: NativeErrorUse("node_error", message: "no such LoRA"))

        let failure = try #require(usual.first { $0.name == "execution_error" }).data
        #expect(failure["exception_type"] == "RuntimeError")
        #expect(failure["exception_message"]?.string?.hasSuffix("!\n") == true)
        #expect(own.first { $0.name == "execution_error" }?.data["exception_message"] == "no such LoRA\n")
    }

    @Test func `a full disk is noticed by who saves`() async throws {
        let (messages, _) = try await run(in: NativeErrorUse("disk_full"))

        let failure = try #require(messages.first { $0.name == "execution_error" }).data
        #expect(failure["node_type"] == "SaveImage")
        #expect(failure["exception_type"] == "OSError")
        #expect(failure["exception_message"] == "[Errno 28] No space left on device\n")
        #expect(messages.contains { $0.name == "progress" })
    }

    @Test func `validation fails in the server's own words about this prompt`() async throws {
        let answer = try await with(NativeErrorUse("validation")) { fake in
            try await fake.post("/prompt", ["prompt": .object(Self.textToImage)])
        }

        #expect(answer.status == 400)
        #expect(
            answer.json == [
                "error": [
                    "type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation",
                    "details": "Required input is missing: images", "extra_info": [:],
                ],
                "node_errors": [
                    "9": [
                        "errors": [
                            [
                                "type": "required_input_missing", "message": "Required input is missing",
                                "details": "images", "extra_info": ["input_name": "images"],
                            ]
                        ], "dependent_outputs": ["9"], "class_type": "SaveImage",
                    ]
                ],
            ])
    }

    @Test func `a missing model is not in the empty list of models`() async throws {
        let answer = try await with(NativeErrorUse("missing_model")) { fake in
            try await fake.post("/prompt", ["prompt": .object(Self.textToImage)])
        }

        #expect(answer.status == 400)
        let error = answer.json["node_errors"]?["4"]?["errors"]?[0]
        #expect(error?["type"] == "value_not_in_list")
        #expect(error?["details"] == "ckpt_name: 'sd_xl_base_1.0.safetensors' not in []")
        #expect(answer.json["error"]?["details"] == "")
    }

    @Test func `a missing class is that of the first node`() async throws {
        let (usual, own) = try await with(NativeErrorUse("missing_node_type")) { fake in
            (
                try await fake.post("/prompt", ["prompt": .object(Self.textToImage)]),
                try await fake.post("/prompt", ["prompt": .object(Self.textToImage)])
            )
        }

        #expect(usual.status == 400)
        #expect(
            usual.json["error"] == [
                "type": "missing_node_type",
                "message": "Node 'CheckpointLoaderSimple' not found. The custom node may not be installed.",
                "details": "Node ID '#4'",
                "extra_info": [
                    "node_id": "4", "class_type": "CheckpointLoaderSimple", "node_title": "CheckpointLoaderSimple",
                ],
            ])
        #expect(own.json == usual.json)
    }

    @Test func `a prompt that is not there`() async throws {
        let answer = try await with(NativeErrorUse("no_prompt")) { fake in
            try await fake.post("/prompt", ["prompt": .object(Self.textToImage)])
        }

        #expect(answer.status == 400)
        #expect(answer.json["error"]?["type"] == "no_prompt")
        #expect(answer.json["node_errors"] == [:])
    }

    @Test(arguments: [
        ("upload_failed", "/upload/image", 500), ("upload_failed", "/queue", 200), ("server_error", "/queue", 500),
    ])
    func `handlers raise where they are told to`(name: String, path: String, status: Int) async throws {
        let answer = try await with(NativeErrorUse(name)) { fake in
            try await RawSocket.request(
                path == "/queue" ? "GET" : "POST", fake.url + path, body: path == "/queue" ? "" : "x")
        }

        #expect(answer.status == status)
        if status == 500 {
            #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(answer.text == "500 Internal Server Error\n\nServer got itself in trouble")
        }
    }

    @Test func `a server that is starting is seen through the proxy in front of it`() async throws {
        let answer = try await with(NativeErrorUse("not_ready", retryAfter: .milliseconds(1500))) { fake in
            try await RawSocket.get(fake.url + "/system_stats")
        }

        #expect(answer.statusLine == "HTTP/1.1 503 Service Unavailable")
        #expect(answer.headers["content-type"] == "text/html")
        #expect(answer.headers["server"] == "nginx")
        #expect(answer.headers["retry-after"] == "2")
        #expect(answer.text.contains("<h1>503 Service Temporarily Unavailable</h1>"))
    }

    @Test func `each step takes as much longer as it is told to`() async throws {
        let direct: @Sendable (Request) -> Direction = { _ in Direction(stepDelay: { .milliseconds(30) }) }
        let time = try await withFake(id: "comfyui", { DirectedFake(try FakeComfyUI(environment: $0), direct) }) {
            fake in
            let client = try await SocketClient(fake, "c")
            let began = ContinuousClock.now
            _ = try await fake.queue(Self.textToImage, client: "c")
            _ = try await client.run()
            return ContinuousClock.now - began
        }

        #expect(time >= .milliseconds(120))
    }
}
