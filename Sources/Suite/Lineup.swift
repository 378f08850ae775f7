public import Fakes

/// The fakes that ship with the suite: their names, and the ports on which people look for them.
///
/// ComfyUI and Gradio stand where the real ones do; LiteLLM on the product's port and on the story's.
public struct Lineup: Sendable {
    /// One fake that can be named on the command line.
    public struct Entry: Sendable, Equatable {
        /// Its name in `--only`, in the ready line and in the log.
        public let id: String
        public let kind: FakeKind
        /// For Gradio: the app that it pretends to be.
        public let app: String?
        /// Where it listens unless told otherwise.
        public let ports: [Int]
        /// Whether it comes up when nobody says which fakes are wanted.
        public let isUsual: Bool
    }

    /// All of them, in the order of the ready line.
    public static let entries: [Entry] = [
        Entry(id: "comfyui", kind: .comfyui, app: nil, ports: [8188], isUsual: true),
        Entry(id: "litellm", kind: .litellm, app: nil, ports: [8000, 4000], isUsual: true),
        gradio("wan2gp", 7860),
        gradio("audioldm", 7863),
        gradio("rvc", 7865),
        gradio("echo", 7861, isUsual: false),
    ]

    /// Their names, for `--only` and for advice.
    public static let names = entries.map(\.id)

    /// The names of the built-in Gradio apps.
    public static let apps = entries.compactMap(\.app)

    /// The one with that name.
    static func entry(_ id: String) -> Entry? {
        entries.first { $0.id == id }
    }

    private static func gradio(_ app: String, _ port: Int, isUsual: Bool = true) -> Entry {
        Entry(id: app, kind: .gradio, app: app, ports: [port], isUsual: isUsual)
    }
}
