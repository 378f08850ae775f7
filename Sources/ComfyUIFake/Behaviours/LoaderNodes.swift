/// Classes that load models: nothing is loaded, the names travel on.
enum LoaderNodes {
    static let all: [String: NodeBehaviour] = [
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
}
