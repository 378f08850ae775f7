extension ComfyUIConfiguration {
    /// Why start options cannot be read.
    public struct OptionError: Error, Sendable, CustomStringConvertible {
        /// Which option, what it expects, what came.
        public let description: String
    }

    /// Takes start options in the real server's own spelling (`comfy/cli_args.py` upstream), and the fake's few.
    ///
    /// Options that only matter to a real machine (`--lowvram`, `--fast`, …) are taken and have no effect, so that a
    /// command line of the real server starts the fake as well.
    ///
    /// | option | effect |
    /// |---|---|
    /// | `--cpu` | `/system_stats` tells of a machine without a graphics card |
    /// | `--enable-cors-header [ORIGIN]` | CORS fields instead of the origin check |
    /// | `--front-end-root DIR` | serves the web interface that lies there |
    /// | `--cache-classic`, `--cache-lru N`, `--cache-none` | what of earlier prompts is kept |
    /// | `--max-upload-size MB` | the largest body |
    /// | `--preview-method none\|auto\|latent2rgb\|taesd` | whether samplers send previews |
    /// | `--multi-user` | users by header |
    /// | `--disable-metadata` | no prompt in the pictures written |
    /// | `--profile standard\|strict\|gpu` | whether the story's messages are answered, and how fast work is done |
    /// | `--no-models` | empty model folders |
    /// | `--step-time MS` | how long a sampler's step takes |
    /// | `--file-bytes N` | the most bytes of files kept |
    ///
    /// - Returns: the arguments that are none of these, in their order.
    /// - Throws: `OptionError` for a missing or wrong value.
    public mutating func take(_ arguments: [String]) throws(OptionError) -> [String] {
        var rest = arguments[...]
        var unknown: [String] = []
        var step: Double?
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let option = parts.first ?? argument
            var inline = parts.count > 1 ? parts[1] : nil
            func value() throws(OptionError) -> String {
                if let value = inline.take() ?? (rest.first.flatMap { $0.hasPrefix("--") ? nil : $0 }) {
                    if parts.count == 1 { rest.removeFirst() }
                    return value
                }
                throw OptionError(description: "\(option) expects a value")
            }
            func number() throws(OptionError) -> Double {
                let text = try value()
                guard let number = Double(text), number >= 0 else {
                    throw OptionError(description: "\(option) expects a number, got \(text)")
                }
                return number
            }
            func choice<Choice: RawRepresentable<String> & CaseIterable>(of type: Choice.Type) throws(OptionError)
                -> Choice
            {
                let text = try value()
                if let choice = Choice(rawValue: text) { return choice }
                let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                throw OptionError(description: "\(option) expects one of \(choices), got \(text)")
            }
            switch option {
            case "--cpu": machine = .withoutCard
            // The value may be left out, of this one and of those without a use here.
            case "--enable-cors-header": crossOrigin = (try? value()) ?? "*"
            case "--front-end-root": webInterface = try value()
            case "--cache-classic": cache = .classic
            case "--cache-lru": cache = .recent(Int(try number()))
            case "--cache-none": cache = .none
            case "--max-upload-size": maximumUploadMegabytes = Int(try number())
            case "--preview-method": previewMethod = try choice(of: PreviewMethod.self)
            case "--multi-user": isMultiUser = true
            case "--disable-metadata": writesMetadata = false
            case "--profile": profile = try choice(of: Profile.self)
            case "--no-models": models = .none
            case "--step-time": step = try number()
            case "--file-bytes": fileBytes = Int(try number())
            case _ where Self.optionsWithoutEffect.contains(option): break
            case _ where Self.optionsWithUselessValue.contains(option): _ = try? value()
            default: unknown.append(argument)
            }
        }
        // Whatever the profile says, and wherever it stands.
        if let step { pace.step = .milliseconds(step) }
        return unknown
    }

    private static let optionsWithoutEffect: Set<String> = [
        "--auto-launch", "--disable-auto-launch", "--cuda-malloc", "--disable-cuda-malloc", "--force-fp32",
        "--force-fp16",
        "--fp32-unet", "--fp64-unet", "--bf16-unet", "--fp16-unet", "--fp8_e4m3fn-unet", "--fp8_e5m2-unet",
        "--fp16-vae",
        "--fp32-vae", "--bf16-vae", "--cpu-vae", "--fp8_e4m3fn-text-enc", "--fp8_e5m2-text-enc", "--fp16-text-enc",
        "--fp32-text-enc", "--bf16-text-enc", "--force-channels-last", "--disable-ipex-optimize", "--gpu-only",
        "--highvram",
        "--normalvram", "--lowvram", "--novram", "--use-split-cross-attention", "--use-quad-cross-attention",
        "--use-pytorch-cross-attention", "--use-sage-attention", "--use-flash-attention", "--disable-xformers",
        "--disable-smart-memory", "--deterministic", "--dont-print-server", "--quick-test-for-ci",
        "--windows-standalone-build", "--disable-all-custom-nodes", "--disable-api-nodes", "--enable-manager",
        "--log-stdout", "--async-offload", "--force-non-blocking", "--mmap-torch-files", "--disable-mmap",
        "--enable-compress-response-body", "--disable-assets-autoscan",
    ]

    private static let optionsWithUselessValue: Set<String> = [
        "--base-directory", "--output-directory", "--temp-directory", "--input-directory", "--user-directory",
        "--extra-model-paths-config", "--cuda-device", "--default-device", "--preview-size", "--cache-ram",
        "--reserve-vram", "--default-hashing-function", "--fast", "--front-end-version",
        "--verbose",
        "--database-url", "--comfy-api-base", "--whitelist-custom-nodes", "--directml", "--oneapi-device-selector",
    ]
}
