internal import JSONTree
public import Scenarios
public import SocketServer

extension FakeComfyUI {
    public nonisolated var vocabulary: Vocabulary.Backend { Self.vocabulary }

    private static let vocabulary = Vocabulary.Backend(
        kind: "comfyui",
        routes: (Routes.all.map { ($0.method, $0.path) } + StaticFiles.paths.map { ("GET", $0) }).map {
            ($0.0, PathTemplate($0.1))
        },
        webSockets: Routes.sockets.map { PathTemplate($0) },
        sends: ServerMessage.types, receives: ["feature_flags", "system_stats", "execute", "text", "binary"],
        errors: ComfyUITrouble.allCases.map { NativeError($0.rawValue, $0.summary, paths: $0.paths) },
        state: ComfyUIStateMember.allCases.map(\.rawValue))

    /// The id of a socket, or that which a prompt belongs to.
    public nonisolated func client(of request: Request, body: [UInt8]) -> String {
        switch request.path {
        case "/ws", "/api/ws": request.queryItems["clientId"] ?? ""
        case "/prompt", "/api/prompt": JSON.outermostText("client_id", in: body) ?? ""
        default: ""
        }
    }

    /// The `type` of a JSON object, the kind of a binary message of the server's; else `text` or `binary`.
    public nonisolated func type(of message: WebSocketMessage) -> String {
        switch message {
        case .text(let text): JSON.outermostText("type", in: Array(text.utf8)) ?? "text"
        case .binary(let bytes): BinaryFrame.type(of: bytes)
        }
    }
}

extension ServerMessage {
    /// All that the server sends: events, the answers to the story's own messages, binary frames.
    static let types = [
        "status", "execution_start", "execution_cached", "executing", "progress_state", "progress", "executed",
        "execution_success", "execution_error", "execution_interrupted", "logs", "feature_flags", "stats",
        BinaryFrame.previewType, BinaryFrame.textType,
    ]
}

extension BinaryFrame {
    static let previewType = "preview"
    static let textType = "progress_text"

    /// `preview` for an image with or without its node, `progress_text` for a line under a node.
    static func type(of bytes: [UInt8]) -> String {
        guard bytes.count >= 4, bytes[..<3].allSatisfy({ $0 == 0 }) else { return "binary" }
        switch bytes[3] {
        case 1, 2, 4: return previewType
        case 3: return textType
        default: return "binary"
        }
    }
}
