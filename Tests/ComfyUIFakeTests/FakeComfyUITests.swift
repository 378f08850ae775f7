import Fakes
import JSONTree
import Media
import SocketServer
import Testing
import UnderstudyTestKit

@testable import ComfyUIFake

/// Runs of prompts over real sockets.
@Suite(.timeLimit(.minutes(1))) struct FakeComfyUITests {
    private static func progress(steps: Int = 3, preview: Bool = true, delay: Int = 1) -> JSONObject {
        [
            "3": [
                "class_type": "ProbeProgress",
                "inputs": ["steps": .int(steps), "delay_ms": .int(delay), "preview": .bool(preview)],
            ], "9": Prompts.preview("3"),
        ]
    }

    private static let textToImage: JSONObject = [
        "4": ["class_type": "CheckpointLoaderSimple", "inputs": ["ckpt_name": "sd_xl_base_1.0.safetensors"]],
        "5": ["class_type": "EmptyLatentImage", "inputs": ["width": 64, "height": 64, "batch_size": 1]],
        "6": ["class_type": "CLIPTextEncode", "inputs": ["text": "a lighthouse", "clip": ["4", 1]]],
        "7": ["class_type": "CLIPTextEncode", "inputs": ["text": "blurry", "clip": ["4", 1]]],
        "3": [
            "class_type": "KSampler",
            "inputs": [
                "seed": .uint64(.max), "steps": 20, "cfg": 8, "sampler_name": "euler", "scheduler": "normal",
                "denoise": 1, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0],
            ],
        ],
        "8": ["class_type": "VAEDecode", "inputs": ["samples": ["3", 0], "vae": ["4", 2]]],
        "9": ["class_type": "SaveImage", "inputs": ["images": ["8", 0], "filename_prefix": "art/%width%"]],
    ]

    @Test func `text to image ends in a picture with its workflow inside`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            let extra: JSONObject = ["extra_data": ["extra_pnginfo": ["workflow": ["id": "w"]]]]
            let id = try await fake.queue(Self.textToImage, client: "c", extra: extra)
            let messages = try await client.run()

            let shown = try #require(messages.first { $0.name == "executed" }?.data)
            #expect(
                shown["output"]?["images"]?[0] == ["filename": "64_00001_.png", "subfolder": "art", "type": "output"])
            let file = try await RawSocket.get(fake.url + "/view?filename=64_00001_.png&subfolder=art")
            #expect(file.headers["content-type"] == "image/png")
            let picture = try PNG.decode(file.body)
            #expect((picture.width, picture.height) == (64, 64))
            let texts = try PNG.textChunks(of: file.body)
            #expect(texts.map(\.keyword) == ["prompt", "workflow"])
            #expect(texts[1].text == #"{"id": "w"}"#)
            #expect(try JSON(parsing: texts[0].text)["3"]?["inputs"]?["seed"]?.number?.uint64 == .max)
            let entry = try await fake.get("/history/\(id)")[id]
            #expect(entry?["status"]?["status_str"] == "success")
            #expect(entry?["outputs"]?["9"]?["images"] == shown["output"]?["images"])
        }
    }

    @Test func `image to image, a second pass and an upscale model keep to their sizes`() async throws {
        let sampler: (JSON, JSON) -> JSON = { latent, denoise in
            [
                "class_type": "KSampler",
                "inputs": [
                    "seed": 1, "steps": 4, "cfg": 8.0, "sampler_name": "dpmpp_2m", "scheduler": "karras",
                    "denoise": denoise, "model": ["4", 0], "positive": ["6", 0], "negative": ["6", 0],
                    "latent_image": latent,
                ],
            ]
        }
        let prompt: JSONObject = [
            "1": Prompts.emptyImage,
            "4": ["class_type": "CheckpointLoaderSimple", "inputs": ["ckpt_name": "v1-5-pruned-emaonly.safetensors"]],
            "6": ["class_type": "CLIPTextEncode", "inputs": ["text": "a boat", "clip": ["4", 1]]],
            "10": ["class_type": "VAEEncode", "inputs": ["pixels": ["1", 0], "vae": ["4", 2]]],
            "11": sampler(["10", 0], 0.5),
            "12": [
                "class_type": "LatentUpscale",
                "inputs": [
                    "samples": ["11", 0], "upscale_method": "bislerp", "width": 128, "height": 0, "crop": "disabled",
                ],
            ], "13": sampler(["12", 0], 0.4),
            "14": ["class_type": "VAEDecode", "inputs": ["samples": ["13", 0], "vae": ["4", 2]]],
            "15": ["class_type": "UpscaleModelLoader", "inputs": ["model_name": "RealESRGAN_x4plus.pth"]],
            "16": [
                "class_type": "ImageUpscaleWithModel", "inputs": ["upscale_model": ["15", 0], "image": ["14", 0]],
            ],
            "17": [
                "class_type": "SaveImage", "inputs": ["images": ["16", 0], "filename_prefix": "%width%x%height%"],
            ],
        ]
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            _ = try await fake.queue(prompt, client: "c")
            let messages = try await client.run()
            let picture = try PNG.decode(
                try await RawSocket.get(fake.url + "/view?filename=512x384_00001_.png").body)

            #expect(messages.contains { $0.name == "execution_success" })
            #expect((picture.width, picture.height) == (512, 384))
            // What was half denoised still shows the blue that it began with.
            #expect(picture[256, 20].blue > 90)
        }
    }

    @Test func `another seed is another picture, the same seed the same`() async throws {
        func picture(seed: Int) async throws -> [UInt8] {
            try await withComfyUI { fake in
                var prompt = Self.textToImage
                prompt["3"]?["inputs"]?["seed"] = .int(seed)
                let client = try await SocketClient(fake, "c")
                _ = try await fake.queue(prompt, client: "c")
                _ = try await client.run()
                return try PNG.decode(
                    try await RawSocket.get(fake.url + "/view?filename=64_00001_.png&subfolder=art").body
                ).pixels
            }
        }

        let pictures = [try await picture(seed: 1), try await picture(seed: 1), try await picture(seed: 2)]

        #expect(pictures[0] == pictures[1])
        #expect(pictures[0] != pictures[2])
    }

    @Test func `a sampler tells its steps, and previews where they are asked for`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            _ = try await fake.queue(Self.textToImage, client: "c", extra: ["extra_data": ["preview_method": "auto"]])
            let messages = try await client.run()

            #expect(messages.filter { $0.name == "progress" }.map { $0.data["value"]?.int } == (1...20).map { $0 })
            #expect(messages.filter { $0.name == "frame 1" }.count == 20)
        }
    }

    @Test func `the messages of a run come in the documented order`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            _ = try await fake.queue(["1": Prompts.emptyImage, "9": Prompts.preview("1")], client: "c")
            let messages = try await client.run()

            #expect(
                messages.map(\.name) == [
                    "status", "status", "status", "execution_start", "execution_cached", "progress_state", "executing",
                    "progress_state", "progress_state", "executing", "executed", "progress_state", "execution_success",
                    "status", "executing",
                ])
            let counts = messages.filter { $0.name == "status" }.map {
                $0.data["status"]?["exec_info"]?["queue_remaining"]?.int
            }
            #expect(counts == [0, 1, 1, 0])
            #expect(messages[0].data["sid"] == "c")
        }
    }

    @Test func `previews carry their node for those who announced it`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            try await client.send(["type": "feature_flags", "data": ["supports_preview_metadata": true]])
            _ = try await client.read { $0.name == "feature_flags" }
            let id = try await fake.queue(Self.progress(), client: "c")
            let messages = try await client.run()

            let frames = messages.compactMap { message in if case .frame(let bytes) = message { bytes } else { nil } }
            let length = Int(frames[0][6]) << 8 | Int(frames[0][7])
            #expect(frames.count == 3)
            #expect(
                try JSON(parsing: Array(frames[0][8..<(8 + length)])) == [
                    "node_id": "3", "prompt_id": .string(id), "display_node_id": "3", "parent_node_id": nil,
                    "real_node_id": "3", "image_type": "image/jpeg",
                ])
            #expect(JPEG.isJPEG(Array(frames[0][(8 + length)...])))
            let steps = messages.map(\.name).filter { $0 == "progress" || $0 == "frame 4" }
            #expect(steps == ["frame 4", "progress", "frame 4", "progress", "frame 4", "progress"])
        }
    }

    @Test func `a prompt without a client tells its progress to everybody, and nothing else`() async throws {
        try await withComfyUI { fake in
            let (one, two) = (try await SocketClient(fake, "a"), try await SocketClient(fake, "b"))
            _ = try await fake.queue(Self.progress(steps: 1))
            let isOver: @Sendable (SocketClient.Message) -> Bool = { message in
                message.name == "progress_state"
                    && message.data["nodes"]?["9"]?["state"] == "finished"
            }

            for client in [one, two] {
                let names = Set(try await client.read(until: isOver).map(\.name))
                #expect(names == ["status", "progress_state", "progress", "frame 1"])
            }
        }
    }

    @Test func `repeated prompts write nothing new, changed ones run from the change on`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            func cached(_ prompt: JSONObject) async throws -> (nodes: JSON?, file: JSON?) {
                _ = try await fake.queue(prompt, client: "c")
                let messages = try await client.run()
                return (
                    messages.first { $0.name == "execution_cached" }?.data["nodes"],
                    messages.first { $0.name == "executed" }?.data["output"]?["images"]?[0]?["filename"]
                )
            }
            var prompt: JSONObject = [
                "1": Prompts.emptyImage, "2": Prompts.invert("1"),
                "9": ["class_type": "SaveImage", "inputs": ["images": ["2", 0], "filename_prefix": "x"]],
            ]
            let first = try await cached(prompt)
            let second = try await cached(prompt)
            prompt["9"]?["inputs"]?["filename_prefix"] = "y"
            let third = try await cached(prompt)
            _ = try await fake.post("/free", ["free_memory": true])
            let fourth = try await cached(prompt)

            #expect(first == ([], "x_00001_.png"))
            #expect(second == (["1", "2", "9"], "x_00001_.png"))
            #expect(third == (["1", "2"], "y_00001_.png"))
            #expect(fourth == ([], "y_00002_.png"))
        }
    }

    @Test func `a raised exception ends the run and is kept`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            let prompt: JSONObject = [
                "1": Prompts.emptyImage,
                "5": ["class_type": "ProbeRaise", "inputs": ["text": "boom", "image": ["1", 0]]],
                "9": Prompts.preview("5"),
            ]
            let id = try await fake.queue(prompt, client: "c")
            let error = try #require(try await client.run().first { $0.name == "execution_error" }?.data)

            #expect(error["exception_message"] == "boom\n")
            #expect(error["exception_type"] == "ValueError")
            #expect(error["node_type"] == "ProbeRaise")
            #expect(error["executed"] == ["1"])
            #expect(error["current_inputs"]?["text"] == ["boom"])
            #expect(error["current_inputs"]?["image"]?[0]?.string?.hasPrefix("tensor([[[[0., 0., 1.]") == true)
            #expect(Set(error["current_outputs"]?.array?.compactMap(\.string) ?? []) == ["1", "5", "9"])
            let entry = try await fake.get("/history/\(id)")[id]
            #expect(entry?["status"]?["messages"]?[2] == ["execution_error", error])
        }
    }

    @Test func `an interruption takes effect in the middle of a node`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            let prompt: JSONObject = [
                "1": Prompts.emptyImage,
                "4": ["class_type": "ProbeSleep", "inputs": ["seconds": 60, "image": ["1", 0]]],
                "9": Prompts.preview("4"),
            ]
            let id = try await fake.queue(prompt, client: "c")
            _ = try await client.read { $0.name == "executing" && $0.data["node"] == "4" }
            // Another prompt's id does nothing.
            _ = try await fake.post("/interrupt", ["prompt_id": "somebody else"])
            #expect(try await fake.get("/queue")["queue_running"]?.array?.count == 1)
            _ = try await fake.post("/interrupt", ["prompt_id": .string(id)])
            let messages = try await client.run()

            #expect(messages.first?.name == "execution_interrupted")
            #expect(messages.first?.data["executed"] == ["1"])
            #expect(try await fake.get("/history/\(id)")[id]?["status"]?["status_str"] == "error")
            #expect(try await fake.get("/api/jobs/\(id)")["status"] == "cancelled")
        }
    }

    @Test func `who connects in the middle of its run learns the node and nothing of the past`() async throws {
        try await withComfyUI { fake in
            let first = try await SocketClient(fake, "c")
            _ = try await fake.queue(Self.progress(steps: 5, preview: false, delay: 100), client: "c")
            _ = try await first.read { $0.name == "executing" }
            let second = try await SocketClient(fake, "c")
            let stranger = try await SocketClient(fake, "d")
            let messages = try await second.run()

            #expect(messages[0].name == "status")
            #expect(messages[1].data == ["node": "3"])
            #expect(!messages.contains { $0.name == "execution_start" })
            #expect(try await stranger.next()?.name == "status")
            // The older socket of the id stays open and hears nothing more than it had heard by then.
            while let heard = try await first.next(within: .milliseconds(50)) {
                #expect(!messages.contains { $0.name == heard.name && $0.data == heard.data })
            }
            try await first.close()
            // Closing it takes the id away: the newer one is deaf, too.
            while try await fake.get("/prompt")["exec_info"]?["queue_remaining"] != 0 {}
            _ = try await fake.queue(["1": Prompts.emptyImage, "9": Prompts.preview("1")], client: "c")
            #expect(try await second.next(within: .milliseconds(100)) == nil)
        }
    }

    @Test func `async nodes run beside each other`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            let aside: JSON = ["class_type": "ProbeAside", "inputs": ["seconds": 0.2]]
            let other: JSON = ["class_type": "ProbeAside", "inputs": ["seconds": 0.201]]
            _ = try await fake.queue(
                [
                    "1": aside, "2": other, "8": ["class_type": "PreviewAny", "inputs": ["source": ["1", 0]]],
                    "9": ["class_type": "PreviewAny", "inputs": ["source": ["2", 0]]],
                ], client: "c")
            let messages = try await client.run()

            // Both are at work before either is done.
            let begun = messages.filter { $0.name == "executing" || $0.data["nodes"]?["1"]?["state"] == "finished" }
            #expect(Set(begun.prefix(2).compactMap { $0.data["node"]?.string }) == ["1", "2"])
            #expect(messages.filter { $0.name == "executed" }.count == 2)
        }
    }

    @Test func `a fake stops in the middle of a run, and of an async node`() async throws {
        let prompt: JSONObject = [
            "1": Prompts.emptyImage, "2": ["class_type": "ProbeAside", "inputs": ["seconds": 60]],
            "4": ["class_type": "ProbeSleep", "inputs": ["seconds": 60, "image": ["1", 0]]],
            "8": ["class_type": "PreviewAny", "inputs": ["source": ["2", 0]]], "9": Prompts.preview("4"),
        ]
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            _ = try await fake.queue(prompt, client: "c")
            _ = try await client.read { $0.name == "executing" && $0.data["node"] == "4" }
        }
        // Getting here within the time limit of the test run is the proof.
    }

    @Test func `pictures beyond all memory fail at the node that asks for them`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            var huge = Prompts.emptyImage
            huge["inputs"] = ["width": 16384, "height": 16384, "batch_size": 4096, "color": 0]
            _ = try await fake.queue(["1": huge, "9": Prompts.preview("1")], client: "c")
            let error = try await client.run().first { $0.name == "execution_error" }?.data

            #expect(error?["node_id"] == "1")
            #expect(error?["exception_type"] == "RuntimeError")
            #expect(error?["exception_message"]?.string?.contains("13194139533312 bytes") == true)
        }
    }

    @Test func `a prefix that leaves the folder fails at the node`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            let save: JSON = [
                "class_type": "SaveImage", "inputs": ["images": ["1", 0], "filename_prefix": "../../x"],
            ]
            _ = try await fake.queue(["1": Prompts.emptyImage, "9": save], client: "c")
            let error = try await client.run().first { $0.name == "execution_error" }?.data

            #expect(error?["exception_type"] == "Exception")
            let lines = error?["exception_message"]?.string?.split(separator: "\n").map(String.init)
            #expect(
                lines == [
                    "**** ERROR: Saving image outside the output folder is not allowed.", " full_output_folder: /srv",
                    "         output_dir: /srv/comfyui/output", "         commonpath: /srv",
                ])
        }
    }

    @Test func `a node's text reaches its watchers`() async throws {
        try await withComfyUI { fake in
            let client = try await SocketClient(fake, "c")
            _ = try await fake.queue(["5": ["class_type": "ProbeText", "inputs": ["text": "hé"]]], client: "c")
            let messages = try await client.run()

            let frame = messages.compactMap { message in if case .frame(let bytes) = message { bytes } else { nil } }
                .first
            #expect(frame == BinaryFrame.text("progress: hé", node: "5"))
            #expect(messages.first { $0.name == "executed" }?.data["output"] == ["text": ["hé"]])
        }
    }
}
