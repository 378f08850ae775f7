/// Classes that make and change conditionings: here the prompt's text, which the picture will follow.
enum ConditioningNodes {
    static let all: [String: NodeBehaviour] = [
        "CLIPTextEncode": .pure { [.conditioning($0.string("text"))] },
        "ConditioningCombine": .pure { call in
            [.conditioning([call.prompt("conditioning_1"), call.prompt("conditioning_2")].joined(separator: ", "))]
        },
        "ConditioningAverage": .pure { call in
            [.conditioning([call.prompt("conditioning_to"), call.prompt("conditioning_from")].joined(separator: ", "))]
        },
        "ConditioningZeroOut": .pure { _ in [.conditioning("")] },
        "FluxGuidance": .passing("conditioning"),
        "ControlNetApply": .passing("conditioning"),
        "ControlNetApplyAdvanced": .pure { [$0["positive"], $0["negative"]] },
        "CLIPVisionEncode": .tokens("CLIP_VISION_OUTPUT", about: "crop"),
        "SVD_img2vid_Conditioning": .pure { call in
            let frames = Latent(
                width: call.int("width"), height: call.int("height"), count: call.int("video_frames"),
                base: call["init_image"].images, kept: 0.7)
            return [.conditioning("image to video"), .conditioning(""), .latent(frames)]
        },
        "WanImageToVideo": .pure { call in
            let base = call["start_image"].images
            let frames = Latent(
                width: call.int("width"), height: call.int("height"), count: call.int("length"), base: base,
                kept: base == nil ? 0 : 0.6)
            return [call["positive"], call["negative"], .latent(frames)]
        },
    ]
}
