/// The model folders of a ComfyUI and the files in them, which exist by name and size only.
public struct ModelFolders: Sendable, Hashable {
    /// One model file.
    public struct File: Sendable, Hashable {
        /// Path inside its folder, `SDXL/base.safetensors`.
        public var name: String
        /// In bytes, as `/experiment/models/{folder}` tells it.
        public var size: Int

        /// A model file of some size.
        public init(_ name: String, size: Int = 2_132_625_894) {
            self.name = name
            self.size = size
        }
    }

    /// Files by folder name.
    public var files: [String: [File]]

    /// Folders with these files; the folders themselves are always all there.
    public init(files: [String: [File]]) { self.files = files }

    /// Folders with files of these names.
    public init(names: [String: [String]]) {
        files = Dictionary(uniqueKeysWithValues: names.map { ($0, ModelFolders.files($1, in: $0)) })
    }

    /// Files of these names, as large as those of such a folder usually are.
    public static func files(_ names: [String], in folder: String) -> [File] {
        names.map { File($0, size: usualSizes[folder] ?? 2_132_625_894) }
    }

    private static let usualSizes = [
        "loras": 151_108_831, "vae": 334_641_164, "text_encoders": 246_144_152, "clip_vision": 1_264_219_396,
        "controlnet": 722_601_100, "upscale_models": 67_040_989, "embeddings": 24_655,
    ]

    /// A server without a single model, as one comes fresh from the repository.
    public static let none = ModelFolders(files: [:])

    /// What an artist's machine may hold: enough for the usual text-to-image, image-to-image, inpainting,
    /// upscale, ControlNet and video workflows to pass validation.
    public static let usual = ModelFolders(names: [
        "checkpoints": [
            "512-inpainting-ema.safetensors", "dreamshaper_8.safetensors", "flux1-dev-fp8.safetensors",
            "flux1-schnell-fp8.safetensors", "juggernautXL_v9.safetensors", "sd3.5_large_fp8_scaled.safetensors",
            "sd_xl_base_1.0.safetensors", "sd_xl_refiner_1.0.safetensors", "sd_xl_turbo_1.0_fp16.safetensors",
            "svd.safetensors", "svd_xt.safetensors", "v1-5-pruned-emaonly-fp16.safetensors",
            "v1-5-pruned-emaonly.ckpt", "v1-5-pruned-emaonly.safetensors",
        ],
        "loras": [
            "add_detail.safetensors", "lcm-lora-sdv1-5.safetensors", "sd_xl_offset_example-lora_1.0.safetensors",
        ],
        "vae": [
            "ae.safetensors", "sdxl_vae.safetensors", "vae-ft-mse-840000-ema-pruned.safetensors",
            "wan_2.1_vae.safetensors",
        ],
        "text_encoders": [
            "clip_g.safetensors", "clip_l.safetensors", "t5xxl_fp16.safetensors", "t5xxl_fp8_e4m3fn.safetensors",
            "umt5_xxl_fp8_e4m3fn_scaled.safetensors",
        ],
        "diffusion_models": [
            "flux1-dev.safetensors", "flux1-schnell.safetensors", "wan2.1_i2v_480p_14B_fp8_scaled.safetensors",
            "wan2.1_t2v_1.3B_fp16.safetensors",
        ],
        "clip_vision": ["clip_vision_g.safetensors", "clip_vision_h.safetensors"],
        "controlnet": [
            "control_v11f1p_sd15_depth.pth", "control_v11p_sd15_canny.pth", "control_v11p_sd15_openpose.pth",
        ],
        "upscale_models": ["4x-UltraSharp.pth", "4x_NMKD-Siax_200k.pth", "RealESRGAN_x4plus.pth"],
        "embeddings": ["EasyNegative.safetensors", "bad-hands-5.pt"],
    ])

    /// All folder names, in the order of `/models` (`folder_paths.py` upstream).
    public static let names = [
        "checkpoints", "configs", "loras", "vae", "text_encoders", "diffusion_models", "clip_vision", "style_models",
        "embeddings", "diffusers", "vae_approx", "controlnet", "gligen", "upscale_models", "latent_upscale_models",
        "custom_nodes", "hypernetworks", "photomaker", "classifiers", "model_patches", "audio_encoders",
        "background_removal", "frame_interpolation", "geometry_estimation", "optical_flow", "detection",
    ]

    /// The directories that feed a folder, below the server's base directory.
    static func paths(of folder: String, below base: String) -> [String] {
        let directories =
            switch folder {
            case "checkpoints", "loras", "vae": ["models/\(folder)", "output/\(folder)"]
            case "text_encoders": ["models/text_encoders", "models/clip", "output/clip"]
            case "diffusion_models": ["models/unet", "models/diffusion_models", "output/diffusion_models"]
            case "controlnet": ["models/controlnet", "models/t2i_adapter"]
            case "custom_nodes": ["custom_nodes"]
            default: ["models/\(folder)"]
            }
        return directories.map { "\(base)/\($0)" }
    }

    /// The files of a folder by name, sorted; `nil` for a folder that does not exist.
    func files(in folder: String) -> [File]? {
        guard ModelFolders.names.contains(folder) else { return nil }
        return (files[folder] ?? []).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
