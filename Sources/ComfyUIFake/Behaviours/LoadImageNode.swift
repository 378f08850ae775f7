internal import JSONTree
internal import Media

// Classes that take a picture out of the input folder.
extension NodeBehaviour {
    /// Gives the picture and its mask: one minus alpha, or 64×64 of nothing without an alpha channel.
    static func load(_ input: String) -> NodeBehaviour {
        var behaviour = NodeBehaviour { call, stage in
            let (colours, mask) = try await picture(call.string(input), stage) { picture in
                let mask = picture.isOpaque ? Bitmap(width: 64, height: 64) : picture.alphaAsMask(inverted: true)
                return (picture.opaque, mask)
            }
            return NodeOutcome(values: [.images(.single(colours)), .mask(.single(mask))])
        }
        behaviour.stamp = stampOfFile(input)
        return behaviour
    }

    /// Gives one channel of the picture as a mask.
    static let loadMask: NodeBehaviour = {
        var behaviour = NodeBehaviour { call, stage in
            let channel = call.string("channel", default: "alpha")
            let mask = try await picture(call.string("image"), stage) { picture in
                channel == "alpha" ? picture.alphaAsMask(inverted: true) : picture.channelAsMask(channel)
            }
            return .value(.mask(.single(mask)))
        }
        behaviour.stamp = stampOfFile("image")
        return behaviour
    }()

    /// The hash of the file: a changed file is a changed result.
    private static func stampOfFile(
        _ input: String
    ) -> @Sendable (JSONObject, ComfyUIState) -> CacheKeys.ChangeStamp {
        { inputs, state in
            guard let file = inputs[input]?.string.flatMap({ state.file(named: $0) }) else { return .never }
            var digest = Digest()
            digest.add(file.bytes)
            return .same(digest.text)
        }
    }

    /// What is wanted of a picture: it is decoded, and looked at, beside the loop.
    private static func picture<Result: Sendable>(
        _ name: String, _ stage: NodeStage, _ use: @escaping @Sendable (Bitmap) -> Result
    ) async throws(NodeFailure) -> Result {
        guard let file = stage.state.file(named: name) else {
            throw .raised(
                PythonError(
                    type: "FileNotFoundError", text: "[Errno 2] No such file or directory: \(path(name).pythonRepr)"))
        }
        let result = await stage.aside { (try? ImageFile.decode(file.bytes)).map(use) }
        guard let result else {
            throw .raised(
                PythonError(
                    type: "PIL.UnidentifiedImageError", text: "cannot identify image file \(path(name).pythonRepr)"))
        }
        return result
    }

    /// Where the imitated server keeps a file.
    private static func path(_ text: String) -> String {
        let name = AnnotatedName(text)
        return "\(FakeComfyUI.baseDirectory)/\(name.folder?.rawValue ?? "input")/\(name.name)"
    }
}

extension Bitmap {
    func alphaAsMask(inverted: Bool) -> Bitmap {
        mapped { pixel in inverted ? 255 - pixel.alpha : pixel.alpha }
    }

    func channelAsMask(_ channel: String) -> Bitmap {
        mapped { pixel in
            switch channel {
            case "green": pixel.green
            case "blue": pixel.blue
            case "alpha": pixel.alpha
            default: pixel.red
            }
        }
    }

    private func mapped(_ level: (Colour) -> UInt8) -> Bitmap {
        var mask = Bitmap(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width {
                let grey = level(self[x, y])
                mask[x, y] = Colour(red: grey, green: grey, blue: grey)
            }
        }
        return mask
    }
}
