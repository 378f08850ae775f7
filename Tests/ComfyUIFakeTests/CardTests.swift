import JSONTree
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

/// The profile `gpu`.
@Suite(.timeLimit(.minutes(1))) struct CardTests {
    @Test func `models stay until others need their room`() {
        var memory = VideoMemory()

        let loads = [("a", 4), ("b", 4), ("a", 4), ("c", 4), ("b", 4)].map { memory.use($0.0, bytes: $0.1, room: 10) }

        #expect(loads == [true, true, false, true, true])
        #expect(memory.models.map(\.name) == ["c", "b"])
        #expect(memory.used == 8)
    }

    @Test func `work takes room from models, and cannot have more than there is`() {
        var memory = VideoMemory()
        _ = memory.use("a", bytes: 6, room: 10)

        let fits = memory.begin(work: 4, room: 10)
        #expect(fits)
        #expect(memory.used == 10)
        memory.endWork()
        let makesRoom = memory.begin(work: 5, room: 10)
        #expect(makesRoom)
        #expect(memory.models.isEmpty)
        memory.endWork()
        let isTooMuch = !memory.begin(work: 11, room: 10)
        #expect(isTooMuch)
        #expect(memory.reserved == 10)
        memory.unload()
        #expect(memory.reserved == 0)
    }

    private static func prompt(width: Int = 512) -> JSONObject {
        [
            "1": ["class_type": "CheckpointLoaderSimple", "inputs": ["ckpt_name": "svd.safetensors"]],
            "2": ["class_type": "CLIPTextEncode", "inputs": ["text": "a mill", "clip": ["1", 1]]],
            "3": [
                "class_type": "EmptyLatentImage",
                "inputs": ["width": .int(width), "height": .int(width), "batch_size": 1],
            ],
            "4": [
                "class_type": "KSampler",
                "inputs": [
                    "model": ["1", 0], "positive": ["2", 0], "negative": ["2", 0], "latent_image": ["3", 0], "seed": 1,
                    "steps": 4, "cfg": 8.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
                ],
            ],
            "5": ["class_type": "VAEDecode", "inputs": ["samples": ["4", 0], "vae": ["1", 2]]],
            "6": ["class_type": "PreviewImage", "inputs": ["images": ["5", 0]]],
        ]
    }

    private func withCard<Result>(_ body: (StagedFake) async throws -> Result) async throws -> Result {
        var setup = ComfyUIConfiguration()
        setup.profile = .gpu
        return try await withFake(
            id: "comfyui", speed: 200, { [setup] in try FakeComfyUI(environment: $0, setup: setup) }, body)
    }

    /// Runs a prompt and gives its entry of the history.
    private func run(_ prompt: JSONObject, on fake: StagedFake) async throws -> JSON {
        let client = try await SocketClient(fake, "card")
        let id = try await fake.queue(prompt, client: "card")
        _ = try await client.run()
        return try #require(try await fake.get("/history/\(id)")[id])
    }

    @Test func `the memory that is left follows what is loaded`() async throws {
        try await withCard { fake in
            func device() async throws -> JSON { try await fake.get("/system_stats")["devices"]?[0] ?? .null }
            let before = try #require(try await device()["vram_free"]?.int)
            _ = try await run(Self.prompt(), on: fake)
            let after = try await device()
            _ = try await fake.post("/free", ["unload_models": true])
            // It is done before the next prompt at the latest.
            _ = try await run(["1": ["class_type": "PreviewAny", "inputs": ["source": 1]]], on: fake)
            let freed = try await device()

            #expect(after["vram_free"]?.int == before - 2_132_625_894)
            #expect(after["torch_vram_total"]?.int == 2_132_625_894 + 512 * 512 * 3072)
            #expect(after["torch_vram_free"]?.int == 512 * 512 * 3072)
            #expect(freed["vram_free"]?.int == before)
            #expect(freed["torch_vram_total"] == 0)
        }
    }

    @Test func `a picture that no card can hold fails as on a card`() async throws {
        try await withCard { fake in
            let entry = try await run(Self.prompt(width: 8192), on: fake)

            let failure = entry["status"]?["messages"]?.array?.last?[1]
            #expect(failure?["exception_type"] == "torch.OutOfMemoryError")
            #expect(failure?["node_id"] == "4")
        }
    }
}
