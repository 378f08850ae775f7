public import Fakes
import JSONTree
public import Scenarios
public import SocketServer

extension FakeGradio {
    public nonisolated var vocabulary: Vocabulary.Backend {
        let major = app.major
        let routes = RouteTable<Route>.gradioRoutes(major)
        let story = options.isStrict ? [] : StoryPath.allCases.map { (method: "GET", path: PathTemplate($0.rawValue)) }
        return Vocabulary.Backend(
            kind: kind.rawValue, ids: [environment.id],
            routes: routes.map { (method: $0.method, path: PathTemplate($0.path)) } + story,
            webSockets: routes.filter { $0.route == .webSocketQueue }.map { PathTemplate($0.path) },
            sends: MessageDialect.types(of: major), receives: major == .three ? ["hash", "data"] : [],
            errors: GradioTrouble.allCases.compactMap { trouble in
                let fitting = routes.filter { trouble.befalls($0.route, in: major) }
                guard !fitting.isEmpty else { return nil }
                let isAnywhere = fitting.count == routes.count
                return NativeError(trouble.rawValue, trouble.summary, paths: isAnywhere ? [] : fitting.map(\.path))
            },
            state: GradioStateMember.allCases.map(\.rawValue))
    }

    /// The session hash, of the query, the path or the body.
    public nonisolated func client(of request: Request, body: [UInt8]) -> String {
        if let session = request.queryItems["session_hash"] { return session }
        if let place = request.path.ranges(of: "/heartbeat/").first { return String(request.path[place.upperBound...]) }
        return JSON.outermostText("session_hash", in: body) ?? ""
    }

    /// `msg`; what clients of version 3 send has none, and is named after what they were asked for.
    public nonisolated func type(of message: WebSocketMessage) -> String {
        guard case .text(let text) = message else { return "binary" }
        let bytes = Array(text.utf8)
        if let name = JSON.outermostText("msg", in: bytes) { return name }
        guard let object = JSON.found(in: bytes)?.object else { return "text" }
        return object["data"] != nil ? "data" : object["session_hash"] != nil ? "hash" : "text"
    }

    /// The event's name, as `/call` has them, or the `msg` of its JSON.
    public nonisolated func type(of event: ServerSentEvent) -> String {
        if !event.name.isEmpty { return event.name }
        return JSON.outermostText("msg", in: event.data) ?? (event.data.elementsEqual("ALIVE".utf8) ? "alive" : "event")
    }
}

extension MessageDialect {
    /// All that streams and sockets of a version carry.
    static func types(of major: GradioMajor) -> [String] {
        let common = [
            "estimation", "process_starts", "progress", "log", "process_generating", "process_streaming",
            "process_completed",
        ]
        guard major > .three else { return ["send_hash", "queue_full", "send_data"] + common }
        return common + ["heartbeat", "close_stream", "unexpected_error"]
            + ["generating", "complete", "error"] + ["update", "done", "alive"]
    }
}
