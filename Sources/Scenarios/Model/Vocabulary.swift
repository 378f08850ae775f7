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

    /// What several fakes, each with its name, can do together.
    public init(joining fakes: [(id: String, backend: Backend)]) {
        backends = []
        for (id, backend) in fakes {
            if let index = backends.firstIndex(where: { $0.kind == backend.kind }) {
                var other = backend
                other.ids = [id]
                backends[index].add(other)
            } else {
                var first = backend
                first.ids = [id]
                backends.append(first)
            }
        }
    }

    /// With what others can do, of whom rules may speak as well.
    public func joined(with others: Vocabulary) -> Vocabulary {
        var joined = self
        for other in others.backends {
            if let index = joined.backends.firstIndex(where: { $0.kind == other.kind }) {
                joined.backends[index].add(other)
            } else {
                joined.backends.append(other)
            }
        }
        return joined
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

extension Vocabulary.Backend {
    /// Takes in what another fake of the same kind can do besides.
    fileprivate mutating func add(_ other: Vocabulary.Backend) {
        ids += other.ids.filter { !ids.contains($0) }
        routes += other.routes.filter { route in
            !routes.contains { $0.method == route.method && $0.path == route.path }
        }
        webSockets += other.webSockets.filter { !webSockets.contains($0) }
        sends += other.sends.filter { !sends.contains($0) }
        receives += other.receives.filter { !receives.contains($0) }
        errors += other.errors.filter { !errors.contains($0) }
        state += other.state.filter { !state.contains($0) }
    }
}
