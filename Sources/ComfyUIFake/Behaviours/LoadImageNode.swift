internal import JSONTree
internal import Media

// Classes that take a picture out of the input folder.
extension NodeBehaviour {
    /// Gives the picture and its mask: one minus alpha, or 64×64 of nothing without an alpha channel.
    static func load(_ input: String) -> NodeBehaviour {
        var behaviour = NodeBehaviour { call, stage in
            let picture = try picture(call.string(input), stage)
            let mask = picture.isOpaque ? Bitmap(width: 64, height: 64) : picture.alphaAsMask(inverted: true)
            return NodeOutcome(values: [.images(.single(picture.opaque)), .mask(.single(mask))])
        }
        behaviour.stamp = stampOfFile(input)
        return behaviour
    }

    /// Gives one channel of the picture as a mask.
    static let loadMask: NodeBehaviour = {
        var behaviour = NodeBehaviour { call, stage in
            let picture = try picture(call.string("image"), stage)
            let channel = call.string("channel", default: "alpha")
            let mask =
                channel == "alpha" ? picture.alphaAsMask(inverted: true) : picture.channelAsMask(channel)
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

    private static func picture(_ name: String, _ stage: NodeStage) throws(NodeFailure) -> Bitmap {
        guard let file = stage.state.file(named: name) else {
            throw .raised(
                PythonError(
                    type: "FileNotFoundError", text: "[Errno 2] No such file or directory: \(path(name).pythonRepr)"))
        }
        do throws(MediaError) {
            return try ImageFile.decode(file.bytes)
        } catch {
            throw .raised(
                PythonError(
                    type: "PIL.UnidentifiedImageError", text: "cannot identify image file \(path(name).pythonRepr)"))
        }
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
