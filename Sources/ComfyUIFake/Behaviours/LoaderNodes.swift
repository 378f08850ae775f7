internal import JSONTree

/// Classes that load models: the names travel on. With the profile `gpu` they take time and memory besides.
enum LoaderNodes {
    static let all = tokens.merging(
        files.map { name, inputs in
            let plain = tokens[name] ?? .passing("model")
            return (
                name,
                NodeBehaviour { call, stage in
                    try await stage.load(inputs.map { ModelReference(folder: $0.folder, name: call.string($0.name)) })
                    return try await plain.run(call, stage)
                }
            )
        }, uniquingKeysWith: { $1 })

    private static let tokens: [String: NodeBehaviour] = [
        "CheckpointLoaderSimple": .tokens("MODEL", "CLIP", "VAE", about: "ckpt_name"),
        "ImageOnlyCheckpointLoader": .tokens("MODEL", "CLIP_VISION", "VAE", about: "ckpt_name"),
        "CLIPLoader": .tokens("CLIP", about: "clip_name"),
        "DualCLIPLoader": .tokens("CLIP", about: "clip_name1"),
        "TripleCLIPLoader": .tokens("CLIP", about: "clip_name1"),
        "UNETLoader": .tokens("MODEL", about: "unet_name"),
        "VAELoader": .tokens("VAE", about: "vae_name"),
        "ControlNetLoader": .tokens("CONTROL_NET", about: "control_net_name"),
        "CLIPVisionLoader": .tokens("CLIP_VISION", about: "clip_name"),
        "UpscaleModelLoader": .tokens("UPSCALE_MODEL", about: "model_name"),
        "LoraLoader": .pure { [$0["model"], $0["clip"]] },
        "LoraLoaderModelOnly": .passing("model"),
        "CLIPSetLastLayer": .passing("clip"),
        "ModelSamplingFlux": .passing("model"),
        "ModelSamplingSD3": .passing("model"),
        "VideoLinearCFGGuidance": .passing("model"),
    ]

    /// Inputs that name model files, and the folders of these.
    private static let files: [String: [(name: String, folder: String)]] = [
        "CheckpointLoaderSimple": [("ckpt_name", "checkpoints")],
        "ImageOnlyCheckpointLoader": [("ckpt_name", "checkpoints")],
        "CLIPLoader": [("clip_name", "text_encoders")],
        "DualCLIPLoader": [("clip_name1", "text_encoders"), ("clip_name2", "text_encoders")],
        "TripleCLIPLoader": [
            ("clip_name1", "text_encoders"), ("clip_name2", "text_encoders"), ("clip_name3", "text_encoders"),
        ],
        "UNETLoader": [("unet_name", "diffusion_models")],
        "VAELoader": [("vae_name", "vae")],
        "ControlNetLoader": [("control_net_name", "controlnet")],
        "CLIPVisionLoader": [("clip_name", "clip_vision")],
        "UpscaleModelLoader": [("model_name", "upscale_models")],
        "LoraLoader": [("lora_name", "loras")],
        "LoraLoaderModelOnly": [("lora_name", "loras")],
    ]

    /// All models that the loaders of a prompt name: a sampler has them loaded again where they were unloaded meanwhile.
    static func models(of prompt: JSONObject) -> [ModelReference] {
        prompt.flatMap { _, node in
            (files[node["class_type"]?.string ?? ""] ?? []).compactMap { input in
                node["inputs"]?[input.name]?.string.map { ModelReference(folder: input.folder, name: $0) }
            }
        }
    }
}
