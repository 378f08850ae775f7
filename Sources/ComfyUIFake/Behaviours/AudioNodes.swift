internal import JSONTree
internal import Media

/// Classes that load and write sounds.
enum AudioNodes {
    static let all: [String: NodeBehaviour] = [
        "LoadAudio": NodeBehaviour { call, stage in
            guard let file = stage.state.file(named: call.string("audio")) else {
                throw NodeFailure.raised(PythonError(type: "FileNotFoundError", text: call.string("audio")))
            }
            // Other formats than WAV are not decoded; a second of silence stands for them.
            let sound =
                (try? WAV.decode(file.bytes)) ?? Sound(samples: [Int16](repeating: 0, count: 44_100), rate: 44_100)
            return .value(.audio(AudioClip(seconds: sound.seconds) { sound }))
        },
        "EmptyLatentAudio": .tokens("LATENT", about: "seconds"),
        "SaveAudio": NodeBehaviour { call, stage in
            try await save(call, stage, prefix: call.string("filename_prefix", default: "audio/ComfyUI"), to: .output)
        },
        "PreviewAudio": NodeBehaviour { call, stage in
            try await save(call, stage, prefix: "ComfyUI_temp_\(stage.instanceLetters)", to: .temp)
        },
    ]

    private static func save(
        _ call: NodeCall, _ stage: NodeStage, prefix: String, to folder: FileStore.Folder
    ) async throws -> NodeOutcome {
        guard case .audio(let clip) = call["audio"] else {
            throw NodeFailure.raised(.type("string indices must be integers, not 'str'"))
        }
        let texts = stage.texts(of: call)
        let file = await stage.aside { FLAC.encode(clip.make(), texts: texts) }
        var name = try stage.name(prefix, in: folder)
        return NodeOutcome(
            values: [call["audio"]], ui: ["audio": [stage.write(file, &name, ending: ".flac", to: folder)]])
    }
}
