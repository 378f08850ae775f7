internal import JSONTree
internal import Media

/// Samplers and what leads up to them: the steps take time and are told, the picture follows from seed and prompt.
enum SamplerNodes {
    static let all: [String: NodeBehaviour] = [
        "KSampler": .sampler { call throws(NodeFailure) in
            SamplerJob(
                seed: call.seed("seed"), steps: call.int("steps"), prompt: call.prompt("positive"),
                kept: 1 - call.double("denoise", default: 1), latent: try call.latent("latent_image"))
        },
        "KSamplerAdvanced": .sampler { call throws(NodeFailure) in
            let (first, last) = (call.int("start_at_step"), min(call.int("end_at_step"), call.int("steps")))
            return SamplerJob(
                seed: call.seed("noise_seed"), steps: max(1, last - first), prompt: call.prompt("positive"),
                kept: call.string("add_noise") == "disable" ? 1 : Double(first) / Double(max(1, call.int("steps"))),
                latent: try call.latent("latent_image"))
        },
        "SamplerCustomAdvanced": .sampler { call throws(NodeFailure) in
            SamplerJob(
                seed: UInt64(call["noise"].about) ?? 0, steps: Int(call["sigmas"].about) ?? 20,
                prompt: call["guider"].about, kept: 0, latent: try call.latent("latent_image"))
        },
        "KSamplerSelect": .tokens("SAMPLER", about: "sampler_name"),
        "BasicScheduler": .tokens("SIGMAS", about: "steps"),
        "RandomNoise": .tokens("NOISE", about: "noise_seed"),
        "BasicGuider": .pure { [.token(type: "GUIDER", about: $0.prompt("conditioning"))] },
        "CFGGuider": .pure { [.token(type: "GUIDER", about: $0.prompt("positive"))] },
    ]
}

/// What a sampler is to do.
private struct SamplerJob {
    let seed: UInt64
    let steps: Int
    let prompt: String
    /// How much of the pictures below stays, 0 to 1.
    let kept: Double
    let latent: Latent

    var result: Latent {
        var latent = latent
        if latent.base != nil { latent.kept = max(latent.kept, min(max(kept, 0), 1)) }
        latent.sampled = (seed, prompt)
        return latent
    }

    /// A look at the unfinished picture, an eighth of its size, as decoding a latent cheaply gives it.
    func preview(_ step: Int) -> PromptLifecycle.Preview {
        let bitmap = Picture.make(
            seed: seed, prompt: prompt, width: max(8, latent.width / 8), height: max(8, latent.height / 8),
            progress: Double(step) / Double(max(1, steps)) * 0.99)
        return .jpeg(bitmap)
    }
}

extension PromptLifecycle.Preview {
    /// A JPEG of quality 95 that fits into 512×512, as the server sends it.
    static func jpeg(_ bitmap: Bitmap) -> Self {
        Self(image: JPEG.encode(bitmap.fitting(side: 512), quality: 95), kind: .jpeg)
    }
}

extension NodeBehaviour {
    fileprivate static func sampler(
        _ job: @escaping @Sendable (NodeCall) throws(NodeFailure) -> SamplerJob
    ) -> NodeBehaviour {
        var behaviour = NodeBehaviour { call, stage in
            let job = try job(call)
            let pixels = job.latent.width * job.latent.height * job.latent.count
            try await stage.load(LoaderNodes.models(of: call.prompt))
            try stage.beginSampling(pixels: pixels)
            defer { stage.endSampling() }
            for step in 1...max(1, job.steps) {
                try await stage.work(pixels: pixels)
                try stage.report(
                    .int(step), of: .int(job.steps), preview: stage.sendsPreviews ? { job.preview(step) } : nil)
            }
            // SamplerCustomAdvanced has a second output: the same without the noise that is left.
            return NodeOutcome(values: [.latent(job.result), .latent(job.result)])
        }
        behaviour.isSampler = true
        return behaviour
    }
}

extension NodeValue {
    /// What a token is about.
    fileprivate var about: String { if case .token(_, let about) = self { about } else { "" } }
}
