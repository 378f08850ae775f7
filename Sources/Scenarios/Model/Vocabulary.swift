/// What rules may speak of: the fakes that there are, and what happens there. Made from the fakes' own tables by
/// whoever has them, so that a rule that can never act is refused when it is read.
public struct Vocabulary: Sendable {
    /// One kind of fake.
    public struct Backend: Sendable {
        /// `comfyui`, `litellm`, `gradio`.
        public var kind: String
        /// The fakes of that kind by name, such as the apps of Gradio; others may be added while the suite runs.
        public var ids: [String]
        /// Every route: method (or `*`) and template.
        public var routes: [(method: String, path: PathTemplate)]
        /// Paths that take upgrades to WebSocket.
        public var webSockets: [PathTemplate]
        /// Types of messages that it sends and that it receives.
        public var sends: [String]
        public var receives: [String]
        /// Its native errors.
        public var errors: [NativeError]
        /// The names of its state that `set` and `state` know, as top-level members.
        public var state: [String]

        public init(
            kind: String, ids: [String] = [], routes: [(method: String, path: PathTemplate)] = [],
            webSockets: [PathTemplate] = [], sends: [String] = [], receives: [String] = [],
            errors: [NativeError] = [], state: [String] = []
        ) {
            self.kind = kind
            self.ids = ids
            self.routes = routes
            self.webSockets = webSockets
            self.sends = sends
            self.receives = receives
            self.errors = errors
            self.state = state
        }
    }

    public var backends: [Backend]

    public init(_ backends: [Backend]) {
        self.backends = backends
    }

    public subscript(kind: String) -> Backend? { backends.first { $0.kind == kind } }
}

/// An error that the real server knows, by a name of ours.
public struct NativeError: Sendable, Hashable {
    /// `rate_limit`, `out_of_memory`.
    public var name: String
    /// What a client sees, in a sentence.
    public var summary: String
    /// Templates of the routes where it can happen; empty for all.
    public var paths: [String]

    public init(_ name: String, _ summary: String, paths: [String] = []) {
        self.name = name
        self.summary = summary
        self.paths = paths
    }
}
