internal import JSONTree

/// The binary messages of `/ws` (`BinaryEventTypes` in upstream's protocol.py).
enum BinaryFrame {
    /// An encoded preview image.
    enum ImageKind: UInt32 {
        case jpeg = 1
        case png = 2

        var mediaType: String { self == .jpeg ? "image/jpeg" : "image/png" }
    }

    /// Type 1: a preview for clients that announced nothing.
    static func preview(_ image: [UInt8], _ kind: ImageKind) -> [UInt8] {
        bigEndian(1) + bigEndian(kind.rawValue) + image
    }

    /// Type 4: a preview with its node, for clients that announced `supports_preview_metadata`.
    static func preview(_ image: [UInt8], _ kind: ImageKind, metadata: JSONObject) -> [UInt8] {
        var metadata = metadata
        metadata["image_type"] = .string(kind.mediaType)
        let text = JSON.object(metadata).bytes(.python)
        return bigEndian(4) + bigEndian(UInt32(text.count)) + text + image
    }

    /// Type 3: a line of text under a node.
    static func text(_ text: String, node: String) -> [UInt8] {
        bigEndian(3) + bigEndian(UInt32(node.utf8.count)) + Array(node.utf8) + Array(text.utf8)
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
