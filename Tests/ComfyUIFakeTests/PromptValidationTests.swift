import JSONTree
import Testing

@testable import ComfyUIFake

/// What the tests of this module build prompts from.
enum Prompts {
    static let emptyImage: JSON = [
        "class_type": "EmptyImage", "inputs": ["width": 64, "height": 48, "batch_size": 1, "color": 255],
    ]

    static func invert(_ source: JSON) -> JSON { ["class_type": "ImageInvert", "inputs": ["image": [source, 0]]] }

    static func preview(_ source: JSON, slot: JSON = 0) -> JSON {
        ["class_type": "PreviewImage", "inputs": ["images": [source, slot]]]
    }

    /// An empty image with one input changed, shown.
    static func image(with name: String, _ value: JSON) -> JSONObject {
        var node = emptyImage
        node["inputs"]?[name] = value
        return ["1": node, "9": preview("1")]
    }
}

@Suite struct PromptValidationTests {
    private let validation = PromptValidation(
        table: .core, listing: FileListing { $0 == "checkpoints" ? ["a.safetensors"] : [] },
        checks: .core { $0 == "there.png" })

    private func refusal(of prompt: JSONObject, targets: [JSON]? = nil) throws -> (
        fault: PromptFault, nodes: JSONObject
    ) {
        guard case .refused(let fault, let nodes) = try validation.judge(prompt, targets: targets) else {
            throw Unexpected(description: "expected a refusal of \(JSON.object(prompt))")
        }
        return (fault, nodes)
    }

    private func acceptance(
        of prompt: JSONObject, targets: [JSON]? = nil
    ) throws -> (prompt: JSONObject, outputs: [String], nodes: JSONObject) {
        switch try validation.judge(prompt, targets: targets) {
        case .accepted(let prompt, let outputs, let nodes): return (prompt, outputs, nodes)
        case .refused(let fault, let nodes):
            throw Unexpected(description: "expected no refusal, got \(fault.json) \(JSON.object(nodes))")
        }
    }

    /// The first error of a node.
    private func error(of node: String, in prompt: JSONObject) throws -> JSON {
        try #require(try refusal(of: prompt).nodes[node]?["errors"]?[0])
    }

    // MARK: The prompt as a whole

    @Test func `a prompt without outputs is refused`() throws {
        let expected: JSON = [
            "type": "prompt_no_outputs", "message": "Prompt has no outputs", "details": "", "extra_info": [:],
        ]

        #expect(try refusal(of: [:]).fault.json == expected)
        #expect(try refusal(of: ["1": Prompts.emptyImage]).fault.json == expected)
        #expect(
            try refusal(of: ["1": Prompts.emptyImage, "9": Prompts.preview("1")], targets: ["8"]).fault.json == expected
        )
    }

    @Test func `a missing class names the node's title or its id`() throws {
        let nameless = try refusal(of: ["1": ["inputs": [:]]]).fault
        let titled = try refusal(of: ["1": ["inputs": [:], "_meta": ["title": "My Node"]]]).fault

        #expect(
            nameless.message
                == "Node 'ID #1' has no class_type. The workflow may be corrupted or a custom node is missing.")
        #expect(nameless.details == "Node ID '#1'")
        #expect(nameless.extraInfo == ["node_id": "1", "class_type": nil, "node_title": nil])
        #expect(titled.message.hasPrefix("Node 'My Node' has no class_type."))
        #expect(titled.extraInfo["node_title"] == "My Node")
    }

    @Test func `an unknown class fails the whole prompt, even unconnected`() throws {
        let prompt: JSONObject = [
            "1": Prompts.emptyImage, "9": Prompts.preview("1"), "5": ["class_type": "Nope", "inputs": [:]],
        ]

        let refusal = try refusal(of: prompt)

        #expect(refusal.fault.type == "missing_node_type")
        #expect(refusal.fault.message == "Node 'Nope' not found. The custom node may not be installed.")
        #expect(refusal.fault.extraInfo == ["node_id": "5", "class_type": "Nope", "node_title": "Nope"])
        #expect(refusal.nodes.isEmpty)
    }

    @Test func `faults of nodes that no output needs do not matter`() throws {
        let prompt: JSONObject = [
            "1": Prompts.emptyImage, "9": Prompts.preview("1"), "5": ["class_type": "ImageInvert", "inputs": [:]],
        ]

        #expect(try acceptance(of: prompt).outputs == ["9"])
    }

    @Test func `one good output is enough, and the bad one is told`() throws {
        let prompt: JSONObject = [
            "1": Prompts.emptyImage, "9": Prompts.preview("1"), "8": ["class_type": "PreviewImage", "inputs": [:]],
        ]

        let result = try acceptance(of: prompt)

        #expect(result.outputs == ["9"])
        #expect(result.nodes["8"]?["errors"]?[0]?["type"] == "required_input_missing")
        #expect(result.nodes["8"]?["dependent_outputs"] == ["8"])
        #expect(result.nodes["8"]?["class_type"] == "PreviewImage")
    }

    @Test func `details hold the faults of outputs only`() throws {
        let onOutput = try refusal(of: ["9": ["class_type": "PreviewImage", "inputs": [:]]]).fault
        let upstream = try refusal(of: Prompts.image(with: "width", 0)).fault

        #expect(onOutput.details == "Required input is missing: images")
        #expect(upstream.details == "")
        #expect(upstream.message == "Prompt outputs failed validation")
    }

    @Test func `a fault that two outputs need is told once, with both`() throws {
        var prompt = Prompts.image(with: "width", 0)
        prompt["8"] = Prompts.preview("1")

        let nodes = try refusal(of: prompt).nodes

        #expect(nodes.keys == ["1"])
        #expect(nodes["1"]?["dependent_outputs"] == ["9", "8"])
    }

    // MARK: Inputs

    @Test func `values out of range are told with their bound`() throws {
        let small = try error(of: "1", in: Prompts.image(with: "width", 0))
        let big = try error(of: "1", in: Prompts.image(with: "width", 99999))

        #expect(
            small == [
                "type": "value_smaller_than_min", "message": "Value 0 smaller than min of 1", "details": "width",
                "extra_info": [
                    "input_name": "width",
                    "input_config": ["INT", ["default": 512, "min": 1, "max": 16384, "step": 1]],
                    "received_value": 0,
                ],
            ])
        #expect(big["message"] == "Value 99999 bigger than max of 16384")
    }

    @Test func `values are converted and stored so`() throws {
        for (sent, stored) in [("96", 96), (16.9, 16), (true, 1), (["__value__": 32], 32)] as [(JSON, JSON)] {
            let prompt = try acceptance(of: Prompts.image(with: "width", sent)).prompt

            #expect(prompt["1"]?["inputs"]?["width"] == stored)
        }
    }

    @Test func `what does not convert is told with Python's complaint`() throws {
        let error = try error(of: "1", in: Prompts.image(with: "width", "abc"))

        #expect(error["type"] == "invalid_input_type")
        #expect(error["message"] == "Failed to convert an input value to a INT value")
        #expect(error["details"] == "width, abc, invalid literal for int() with base 10: 'abc'")
        #expect(error["extra_info"]?["exception_message"] == "invalid literal for int() with base 10: 'abc'")
        #expect(error["extra_info"]?["received_value"] == "abc")
    }

    @Test func `a combo lists its options, unless there are more than twenty`() throws {
        func scaled(_ method: JSON) -> JSONObject {
            [
                "1": Prompts.emptyImage,
                "2": [
                    "class_type": "ImageScale",
                    "inputs": [
                        "image": ["1", 0], "upscale_method": method, "width": 8, "height": 8, "crop": "disabled",
                    ],
                ], "9": Prompts.preview("2"),
            ]
        }
        let prompt: JSONObject = [
            "1": ["class_type": "KSamplerSelect", "inputs": ["sampler_name": "it's"]],
            "9": ["class_type": "PreviewAny", "inputs": ["source": ["1", 0]]],
        ]

        let short = try error(of: "2", in: scaled("nope"))
        let long = try error(of: "1", in: prompt)

        #expect(
            short["details"]
                == "upscale_method: 'nope' not in ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos']")
        #expect(short["extra_info"]?["input_config"]?[1] == [:])
        #expect(long["details"] == "sampler_name: \"it's\" not in (list of length 44)")
        #expect(long["extra_info"]?["input_config"] == JSON.null)
    }

    @Test func `files are options`() throws {
        func loader(_ name: JSON) -> JSONObject {
            [
                "1": ["class_type": "CheckpointLoaderSimple", "inputs": ["ckpt_name": name]],
                "9": ["class_type": "PreviewAny", "inputs": ["source": ["1", 0]]],
            ]
        }

        #expect(try acceptance(of: loader("a.safetensors")).outputs == ["9"])
        #expect(
            try error(of: "1", in: loader("b.safetensors"))["details"]
                == "ckpt_name: 'b.safetensors' not in ['a.safetensors']")
    }

    @Test func `a class's own check takes the place of its list`() throws {
        func load(_ name: JSON) -> JSONObject {
            ["1": ["class_type": "LoadImage", "inputs": ["image": name]], "9": Prompts.preview("1")]
        }

        #expect(try acceptance(of: load("there.png")).outputs == ["9"])
        #expect(
            try error(of: "1", in: load("missing.png")) == [
                "type": "custom_validation_failed", "message": "Custom validation failed for node",
                "details": "image - Invalid image file: missing.png", "extra_info": ["input_name": "image"],
            ])
    }

    // MARK: Links

    @Test func `a link has two elements`() throws {
        var prompt = Prompts.image(with: "width", 64)
        prompt["9"]?["inputs"]?["images"] = ["1", 0, 0]

        let error = try error(of: "9", in: prompt)

        #expect(error["type"] == "bad_linked_input")
        #expect(error["message"] == "Bad linked input, must be a length-2 list of [node_id, slot_index]")
        #expect(error["extra_info"]?["received_value"] == ["1", 0, 0])
    }

    @Test func `types of both ends must match`() throws {
        let prompt: JSONObject = [
            "2": ["class_type": "EmptyLatentImage", "inputs": ["width": 512, "height": 512, "batch_size": 1]],
            "9": Prompts.preview("2"),
        ]

        let error = try error(of: "9", in: prompt)

        #expect(error["details"] == "images, received_type(LATENT) mismatch input_type(IMAGE)")
        #expect(
            error["extra_info"] == [
                "input_name": "images", "input_config": ["IMAGE", [:]], "received_type": "LATENT",
                "linked_node": ["2", 0],
            ])
    }

    @Test(
        arguments: [
            ("INT", "INT", true), ("INT", "*", true), ("*", "IMAGE", true), ("IMAGE,MASK", "MASK", true),
            ("INT", "FLOAT", false), (["a"], "COMBO", true), (["a"], "STRING", false),
        ] as [(JSON, JSON, Bool)])
    func `types fit as upstream says`(received: JSON, wanted: JSON, fits: Bool) {
        #expect(TypeMatch.fits(received, wanted) == fits)
    }

    @Test(
        arguments: [
            (["77", 0], "'77'", "KeyError"), ([1, 0], "1", "KeyError"),
            (["1", 5], "tuple index out of range", "IndexError"),
            (["1", "0"], "tuple indices must be integers or slices, not str", "TypeError"),
            ([[], 0], "unhashable type: 'list'", "TypeError"),
        ] as [(JSON, String, String)])
    func `a broken link of an output is an exception of that output`(link: JSON, text: String, type: String) throws {
        var prompt = Prompts.image(with: "width", 64)
        prompt["9"]?["inputs"]?["images"] = link

        let error = try error(of: "9", in: prompt)

        #expect(error["type"] == "exception_during_validation")
        #expect(error["details"] == .string(text))
        #expect(error["extra_info"]?["exception_type"] == .string(type))
        #expect(error["extra_info"]?["traceback"]?.array?.isEmpty == false)
    }

    @Test func `a negative slot counts from the end`() throws {
        #expect(try acceptance(of: ["1": Prompts.emptyImage, "9": Prompts.preview("1", slot: -1)]).outputs == ["9"])
    }

    @Test func `a broken link further up is filed under the node that has it`() throws {
        let prompt: JSONObject = ["2": Prompts.invert("77"), "9": Prompts.preview("2")]

        let nodes = try refusal(of: prompt).nodes
        let error = try #require(nodes["2"]?["errors"]?[0])

        #expect(nodes.keys == ["2"])
        #expect(error["type"] == "exception_during_inner_validation")
        #expect(error["details"] == "'77'")
        #expect(error["extra_info"]?["linked_node"] == ["2", 0])
        #expect(error["extra_info"]?["input_name"] == "images")
    }

    @Test func `absent inputs are a key error`() throws {
        let prompt: JSONObject = ["9": ["class_type": "PreviewImage"]]

        #expect(try error(of: "9", in: prompt)["details"] == "'inputs'")
    }

    @Test func `a cycle is filed under each of its nodes`() throws {
        let prompt: JSONObject = ["1": Prompts.invert("2"), "2": Prompts.invert("1"), "9": Prompts.preview("1")]

        let nodes = try refusal(of: prompt).nodes

        #expect(Set(nodes.keys) == ["1", "2"])
        for id in ["1", "2"] {
            let error = try #require(nodes[id]?["errors"]?[0])
            #expect(error["message"] == "Dependency cycle detected")
            #expect(error["details"] == "1 (ImageInvert) -> 2 (ImageInvert) -> 1 (ImageInvert)")
            #expect(error["extra_info"] == ["node_id": .string(id), "cycle_nodes": ["1", "2"]])
        }
    }

    @Test func `a chain beyond the interpreter's depth is no crash`() throws {
        var prompt: JSONObject = ["0": Prompts.emptyImage]
        for id in 1...3000 { prompt["\(id)"] = Prompts.invert("\(id - 1)".json) }
        prompt["out"] = Prompts.preview("3000")

        #expect(try refusal(of: prompt).fault.type == "prompt_outputs_failed_validation")
    }

    @Test func `nodes that are no objects are the server's trouble`() {
        #expect(throws: PromptValidation.Unreadable.self) { try validation.judge(["1": "x"]) }
    }
}

/// What a test did not expect.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
}

extension String {
    var json: JSON { .string(self) }
}
