internal import JSONTree
internal import Media

/// Classes that write pictures: into the output or temporary folder, or straight to the client's socket.
enum SaveNodes {
    static let all: [String: NodeBehaviour] = [
        "SaveImage": NodeBehaviour { call, stage in
            let prefix = call.string("filename_prefix", default: "ComfyUI")
            return try await save(call, stage, prefix: prefix, to: .output, compression: 4)
        },
        "PreviewImage": NodeBehaviour { call, stage in
            let prefix = "ComfyUI_temp_\(stage.instanceLetters)"
            return try await save(call, stage, prefix: prefix, to: .temp, compression: 1)
        },
        "SaveAnimatedWEBP": NodeBehaviour { call, stage in
            let images = try call.images("images")
            let pace = call.double("fps", default: 6)
            let (lossless, quality) = (call.bool("lossless", default: true), call.int("quality", default: 80))
            let texts = stage.texts(of: call)
            let file = await stage.aside {
                AnimatedWebP.encode(
                    images.painted, framesPerSecond: pace, quality: lossless ? nil : quality, texts: texts)
            }
            return try shown(call, stage, file, ".webp", images)
        },
        "SaveAnimatedPNG": NodeBehaviour { call, stage in
            let images = try call.images("images")
            let pace = call.double("fps", default: 6)
            let texts = stage.texts(of: call)
            let file = await stage.aside { AnimatedPNG.encode(images.painted, framesPerSecond: pace, texts: texts) }
            return try shown(call, stage, file, ".png", images)
        },
        "SaveImageWebsocket": {
            var behaviour = NodeBehaviour { call, stage in
                let images = try call.images("images")
                for index in 0..<images.count {
                    let file = await stage.aside { PNG.encode(images.paint(index)) }
                    try stage.report(.int(index), of: .int(images.count)) { .init(image: file, kind: .png) }
                }
                return NodeOutcome()
            }
            // Its change stamp is the time: it always runs.
            behaviour.stamp = { _, _ in .never }
            return behaviour
        }(),
    ]

    /// Writes each picture as a PNG with the prompt and the client's own texts in it.
    private static func save(
        _ call: NodeCall, _ stage: NodeStage, prefix: String, to folder: FileStore.Folder, compression: Int
    ) async throws -> NodeOutcome {
        let images = try call.images("images")
        let texts = stage.texts(of: call)
        var name = try stage.name(prefix, in: folder, width: images.width, height: images.height)
        var names: [JSON] = []
        // One after the other: a batch may be larger than what should lie in memory at once.
        for index in 0..<images.count {
            try stage.checkpoint()
            let file = await stage.aside { [texts] in
                PNG.encode(images.paint(index), text: texts, compression: compression)
            }
            names.append(stage.write(file, &name, ending: ".png", to: folder, batch: index))
        }
        return NodeOutcome(values: [.images(images)], ui: ["images": .array(names)])
    }

    private static func shown(
        _ call: NodeCall, _ stage: NodeStage, _ file: [UInt8], _ ending: String, _ images: ImageBatch
    ) throws(NodeFailure) -> NodeOutcome {
        var name = try stage.name(
            call.string("filename_prefix", default: "ComfyUI"), in: .output, width: images.width, height: images.height)
        var ui: JSONObject = ["images": [stage.write(file, &name, ending: ending, to: .output)]]
        if images.count > 1 { ui["animated"] = [true] }
        return NodeOutcome(values: [.images(images)], ui: ui)
    }
}

extension NodeStage {
    /// What files tell of where they come from: the prompt, and the client's own texts. Nothing with `--disable-metadata`.
    func texts(of call: NodeCall) -> [(String, String)] {
        if !state.configuration.writesMetadata { return [] }
        return [("prompt", JSON.object(call.prompt).text(.python))]
            + (call.pictureInfo.object ?? [:]).map { ($0.key, $0.value.text(.python)) }
    }
}

extension ImageBatch {
    /// All pictures, each painted when it is looked at.
    var painted: LazyMapCollection<Range<Int>, Bitmap> { (0..<count).lazy.map(paint) }
}
