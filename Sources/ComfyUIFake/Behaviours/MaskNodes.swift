internal import Media

/// Classes between pictures and masks.
enum MaskNodes {
    static let all: [String: NodeBehaviour] = [
        "MaskToImage": .pure { call throws(NodeFailure) in [.images(try call.images("mask"))] },
        "ImageToMask": .pure { call throws(NodeFailure) in
            let channel = call.string("channel", default: "red")
            return [.mask(try call.images("image").map { $0.channelAsMask(channel) })]
        },
        "InvertMask": .pure { call throws(NodeFailure) in [.mask(try call.images("mask").map { $0.inverted })] },
    ]
}
