import Scenarios

/// The troubles of the real server that scenarios ask for by name. Not every version has all of them.
enum GradioTrouble: String, Sendable, CaseIterable {
    // Of a function.
    case appError = "app_error"
    case hiddenError = "hidden_error"
    case outOfMemory = "out_of_memory"
    // Of the queue.
    case queueFull = "queue_full"
    case validation
    case sessionLost = "session_lost"
    // Of the server.
    case uploadTooLarge = "upload_too_large"
    case unauthorized
    case serverError = "server_error"
    case notReady = "not_ready"

    init?(_ use: NativeErrorUse?) {
        guard let use else { return nil }
        self.init(rawValue: use.name)
    }

    /// What a client sees.
    var summary: String {
        switch self {
        case .appError: "The function raises gr.Error: its text reaches the client."
        case .hiddenError: "The function raises another exception: the client gets no text."
        case .outOfMemory: "The function raises gr.Error with CUDA's text."
        case .queueFull: "503 for who joins the queue; in version 3 the message queue_full."
        case .validation: "422: an argument is refused before the event joins the queue."
        case .sessionLost: "The session is unknown: unexpected_error, and the stream breaks off."
        case .uploadTooLarge: "413: the file is larger than the server takes."
        case .unauthorized: "401, as without a login; 403 for the WebSocket of version 3."
        case .serverError: "500: an exception that nobody handled."
        case .notReady: "503 with the page of the proxy in front of an app that is still starting."
        }
    }

    /// Whether it can befall a route of a version.
    func befalls(_ route: Route, in major: GradioMajor) -> Bool {
        switch self {
        case .appError, .hiddenError, .outOfMemory: route.startsFunction
        case .queueFull: route.joinsQueue
        case .validation: route.startsFunction && route != .webSocketQueue
        case .sessionLost: route == .data || route == .callEvents
        case .uploadTooLarge: route == .upload && major > .three
        case .unauthorized: !route.isOpen || route == .webSocketQueue
        case .serverError: route != .webSocketQueue
        case .notReady: true
        }
    }
}

extension Route {
    /// Whether an event begins here.
    var joinsQueue: Bool {
        switch self {
        case .join, .call, .namedCall, .webSocketQueue: true
        default: false
        }
    }

    /// Whether a function is called here, through the queue or past it.
    var startsFunction: Bool { joinsQueue || self == .run }
}
