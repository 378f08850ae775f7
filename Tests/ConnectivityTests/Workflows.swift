@testable import Connectivity

/// Workflows for the fake ComfyUI.
enum Workflows {
    /// One picture, made by sampling; another seed is another picture.
    static func picture(seed: Int = 1, steps: Int = 4) -> JSONValue {
        [
            "1": ["class_type": "CheckpointLoaderSimple", "inputs": ["ckpt_name": "v1-5-pruned-emaonly.safetensors"]],
            "2": ["class_type": "EmptyLatentImage", "inputs": ["width": 64, "height": 64, "batch_size": 1]],
            "3": ["class_type": "CLIPTextEncode", "inputs": ["text": "a quiet harbour", "clip": ["1", 1]]],
            "4": [
                "class_type": "KSampler",
                "inputs": [
                    "model": ["1", 0], "seed": .integer(seed), "steps": .integer(steps), "cfg": 7.5,
                    "sampler_name": "euler", "scheduler": "normal", "positive": ["3", 0], "negative": ["3", 0],
                    "latent_image": ["2", 0], "denoise": 1.0,
                ],
            ],
            "5": ["class_type": "VAEDecode", "inputs": ["samples": ["4", 0], "vae": ["1", 2]]],
            "6": ["class_type": "SaveImage", "inputs": ["images": ["5", 0], "filename_prefix": "scene"]],
        ]
    }

    /// Something that fails validation: the output lacks its input.
    static let incomplete: JSONValue = ["1": ["class_type": "SaveImage", "inputs": ["filename_prefix": "x"]]]
}
