import Connectivity

/// What ComfyUI is told to do, in the form of its API: node ids and their nodes.
enum Workflow {
    /// A picture from a text, as the example that comes with ComfyUI makes it.
    static func picture(of text: String, checkpoint: String, steps: Int, seed: Int) -> JSONValue {
        [
            "model": ["class_type": "CheckpointLoaderSimple", "inputs": ["ckpt_name": .string(checkpoint)]],
            "wanted": ["class_type": "CLIPTextEncode", "inputs": ["text": .string(text), "clip": ["model", 1]]],
            "unwanted": [
                "class_type": "CLIPTextEncode", "inputs": ["text": "text, watermark", "clip": ["model", 1]],
            ],
            "canvas": ["class_type": "EmptyLatentImage", "inputs": ["width": 768, "height": 512, "batch_size": 1]],
            "sampler": [
                "class_type": "KSampler",
                "inputs": [
                    "model": ["model", 0], "positive": ["wanted", 0], "negative": ["unwanted", 0],
                    "latent_image": ["canvas", 0], "seed": .integer(seed), "steps": .integer(steps), "cfg": 7.5,
                    "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
                ],
            ],
            "picture": ["class_type": "VAEDecode", "inputs": ["samples": ["sampler", 0], "vae": ["model", 2]]],
            "file": [
                "class_type": "SaveImage", "inputs": ["images": ["picture", 0], "filename_prefix": "storyboard"],
            ],
        ]
    }
}
