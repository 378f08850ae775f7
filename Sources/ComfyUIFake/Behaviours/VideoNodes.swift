internal import JSONTree
internal import Media

/// Classes that make, load and write videos. The files are listed under `images`, as the real server does.
enum VideoNodes {
    static let all: [String: NodeBehaviour] = [
        "CreateVideo": .pure { call throws(NodeFailure) in
            var clip = VideoClip(frames: try call.images("images"), framesPerSecond: call.double("fps", default: 30))
            if case .audio(let audio) = call["audio"] { clip.audio = audio }
            return [.video(clip)]
        },
        "SaveVideo": NodeBehaviour { call, stage in
            guard case .video(let clip) = call["video"] else {
                throw NodeFailure.raised(
                    .attribute("'\((call["video"].json ?? .null).pythonType)' object has no attribute 'get_dimensions'")
                )
            }
            guard let file = await stage.aside({ clip.encoded }) else {
                throw NodeFailure.raised(
                    PythonError(type: "MemoryError", text: "the clip is larger than this server writes"))
            }
            return try saved(file, ".mp4", clip.frames, call["video"], call, stage)
        },
        "SaveWEBM": NodeBehaviour { call, stage in
            let images = try call.images("images")
            let pace = call.double("fps", default: 24)
            let file = await stage.aside { WebM.encode(images.painted, framesPerSecond: pace) }
            return try saved(file, ".webm", images, call["images"], call, stage)
        },
        "LoadVideo": NodeBehaviour { call, stage in
            let file = stage.state.file(named: call.string("file"))?.bytes
            // What is in it is not looked at: its pictures are stand-ins, its bytes are kept.
            let frames = ImageBatch(width: 640, height: 360, count: 16) { index in
                Picture.make(seed: UInt64(index), prompt: "video", width: 640, height: 360)
            }
            return .value(.video(VideoClip(frames: frames, framesPerSecond: 16, file: file)))
        },
        "GetVideoComponents": .pure { call throws(NodeFailure) in
            guard case .video(let clip) = call["video"] else {
                throw .raised(.attribute("'str' object has no attribute 'get_components'"))
            }
            let sound = clip.audio.map { NodeValue.audio($0) } ?? .none
            return [.images(clip.frames), sound, .json(.double(clip.framesPerSecond)), .json(8)]
        },
    ]

    private static func saved(
        _ file: [UInt8], _ ending: String, _ frames: ImageBatch, _ value: NodeValue, _ call: NodeCall,
        _ stage: NodeStage
    ) throws(NodeFailure) -> NodeOutcome {
        var name = try stage.name(
            call.string("filename_prefix", default: "video/ComfyUI"), in: .output, width: frames.width,
            height: frames.height)
        let shown = stage.write(file, &name, ending: ending, to: .output)
        return NodeOutcome(values: [value], ui: ["images": [shown], "animated": [true]])
    }
}

extension VideoClip {
    /// As an MP4 file: the one that it was loaded from, or its pictures one after the other, each painted when its
    /// turn comes.
    fileprivate var encoded: [UInt8]? {
        // Fails for clips beyond what an MP4 of the fakes holds.
        file ?? (try? MP4.encode(frames: frames.painted, framesPerSecond: framesPerSecond))
    }
}
