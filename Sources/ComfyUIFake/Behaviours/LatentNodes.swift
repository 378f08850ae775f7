/// Classes that make, change, encode and decode latents.
enum LatentNodes {
    static let all: [String: NodeBehaviour] = [
        "EmptyLatentImage": .emptyLatent,
        "EmptySD3LatentImage": .emptyLatent,
        "EmptyFlux2LatentImage": .emptyLatent,
        "EmptyHunyuanLatentVideo": .pure { call in
            // One latent frame stands for four pictures.
            [
                .latent(
                    Latent(width: call.int("width"), height: call.int("height"), count: call.int("length", default: 1)))
            ]
        },
        "LatentUpscale": .pure { call throws(NodeFailure) in
            let latent = try call.latent("samples")
            let (width, height) = (call.int("width"), call.int("height"))
            return [.latent(latent.resized(fitting(width, height, to: latent.width, latent.height)))]
        },
        "LatentUpscaleBy": .pure { call throws(NodeFailure) in
            let latent = try call.latent("samples")
            let factor = call.double("scale_by", default: 1)
            return [.latent(latent.resized((scaledSide(latent.width, factor), scaledSide(latent.height, factor))))]
        },
        "VAEDecode": .pure { call throws(NodeFailure) in [.images(try call.latent("samples").images)] },
        "VAEDecodeTiled": .pure { call throws(NodeFailure) in [.images(try call.latent("samples").images)] },
        "VAEEncode": .encode,
        "VAEEncodeForInpaint": .encode,
    ]
}

extension NodeBehaviour {
    fileprivate static let emptyLatent = NodeBehaviour.pure { call in
        [
            .latent(
                Latent(width: call.int("width"), height: call.int("height"), count: call.int("batch_size", default: 1)))
        ]
    }

    fileprivate static let encode = NodeBehaviour.pure { call throws(NodeFailure) in
        let images = try call.images("pixels")
        return [.latent(Latent(width: images.width, height: images.height, count: images.count, base: images))]
    }
}

extension Latent {
    fileprivate func resized(_ size: (width: Int, height: Int)) -> Latent {
        var latent = self
        (latent.width, latent.height) = (max(8, size.width), max(8, size.height))
        // What was painted already is kept as a picture, so that a second sampler can go on from it.
        if sampled != nil {
            (latent.base, latent.sampled) = (images.scaled(width: latent.width, height: latent.height), nil)
        }
        return latent
    }
}

/// A size in which 0 means: as the other side demands.
func fitting(_ width: Int, _ height: Int, to oldWidth: Int, _ oldHeight: Int) -> (width: Int, height: Int) {
    switch (width, height) {
    case (0, 0): (oldWidth, oldHeight)
    case (0, let height): (max(1, oldWidth * height / max(1, oldHeight)), height)
    case (let width, 0): (width, max(1, oldHeight * width / max(1, oldWidth)))
    default: (width, height)
    }
}

/// A side times a factor, cut to whole pixels. A chain of nodes can ask for any size: this one stays a number, and
/// whoever is to hold such a picture runs out of memory.
func scaledSide(_ side: Int, _ factor: Double) -> Int {
    Int(min(max(Double(side) * factor, 0), 1e9))
}
