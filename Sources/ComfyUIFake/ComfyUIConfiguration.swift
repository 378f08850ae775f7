/// How a fake ComfyUI is set up. Each member names the start option that stands for it; those that the real
/// server has are spelled as its own.
public struct ComfyUIConfiguration: Sendable {
    /// What the fake answers beyond the real server.
    public enum Profile: String, Sendable, CaseIterable {
        /// The story's WebSocket messages `system_stats` and `execute` are answered.
        case standard
        /// Nothing but what ComfyUI 0.27.1 does.
        case strict
        /// As `standard`, and as slow as a graphics card: models take time to load and then lie in its memory, steps take
        /// time by the size of the picture, and `/system_stats` follows.
        case gpu
    }

    /// How long results of earlier prompts are kept.
    public enum Cache: Sendable, Hashable {
        /// Those that the latest prompt has a use for: the default, and `--cache-classic`.
        case classic
        /// The results of that many nodes: `--cache-lru N`.
        case recent(Int)
        /// None: `--cache-none`.
        case none
    }

    /// How samplers preview what they do.
    public enum PreviewMethod: String, Sendable, CaseIterable {
        case none, auto, latent2rgb, taesd
    }

    /// How fast work is done. Divided by the suite's `--speed`.
    public struct Pace: Sendable {
        /// One step of a sampler; stands for a tenth of a second and more on a real machine. With the profile `gpu`
        /// one of 512×512 pixels.
        public var step = Duration.milliseconds(2)
        /// With the profile `gpu`: how many bytes of models are read in a second.
        public var loading = 1_500_000_000.0
        /// From the queue to `execution_start`.
        public var pickup = Duration.zero
        /// From `execution_success` to the history: the real gap may be seconds.
        public var historyGap = Duration.milliseconds(1)

        public init() {}
    }

    /// The machine that `/system_stats` tells of.
    public struct Machine: Sendable {
        /// `cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync`, or `cpu`.
        public var device: String
        /// `cuda` or `cpu`.
        public var type: String
        /// In bytes, as all below.
        public var ram: Int
        public var freeRAM: Int
        public var vram: Int
        public var freeVRAM: Int

        /// A graphics card with 24 GB.
        public init(
            device: String = "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync", type: String = "cuda",
            ram: Int = 67_264_536_576, freeRAM: Int = 58_411_122_688, vram: Int = 25_386_352_640,
            freeVRAM: Int = 23_617_077_248
        ) {
            self.device = device
            self.type = type
            self.ram = ram
            self.freeRAM = freeRAM
            self.vram = vram
            self.freeVRAM = freeVRAM
        }

        /// A machine without a graphics card: `--cpu`.
        public static let withoutCard = Machine(
            device: "cpu", type: "cpu", vram: 67_264_536_576, freeVRAM: 58_411_122_688)
    }

    /// Whether prompt and workflow are written into pictures; `--disable-metadata` leaves them out.
    public var writesMetadata = true
    /// `--profile standard|strict|gpu`. The last sets the pace as well: 20 steps of 512×512 pixels in a second.
    public var profile = Profile.standard {
        didSet { if profile == .gpu { pace.step = .milliseconds(50) } }
    }
    /// Contents of node files (`--nodes FILE`, may be repeated): node classes in the compact form described in
    /// `NodeFile`, or a dump of a real server's `/object_info`.
    public var nodeFiles: [[UInt8]] = []
    /// `--enable-cors-header [ORIGIN]`: the origin that answers allow, `*` without one; `nil` without the option.
    public var crossOrigin: String?
    /// `--front-end-root DIR`: where `comfyui-frontend-package` is installed or unpacked; a page of a few words without it.
    public var webInterface: String?
    /// The models that loaders offer; `--no-models` empties them.
    public var models = ModelFolders.usual
    /// `--cache-classic`, `--cache-lru N`, `--cache-none`.
    public var cache = Cache.classic
    /// `--preview-method none|auto|latent2rgb|taesd`.
    public var previewMethod = PreviewMethod.none
    /// `--multi-user`: user data by the header `comfy-user`.
    public var isMultiUser = false
    /// `--max-upload-size MB`.
    public var maximumUploadMegabytes = 100
    /// `--step-time 100ms` sets its step.
    public var pace = Pace()
    /// `--file-bytes N`: the most bytes that uploads, outputs and temporary files may take together.
    public var fileBytes = 256 * 1024 * 1024
    /// What `/system_stats` tells.
    public var machine = Machine()

    public init() {}
}
