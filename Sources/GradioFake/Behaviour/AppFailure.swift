import JSONTree

/// How a function of an app fails.
enum AppFailure: Error, Sendable, Hashable {
    /// `gr.Error`: its text always reaches the client.
    case error(GradioError)
    /// Any other exception: its text reaches the client only if the app was launched with `show_error`.
    case exception(type: String, message: String)
    /// An exception whose text stays on the server, however the app was launched.
    case hidden

    /// The text of the exception.
    var message: String {
        switch self {
        case .error(let error): error.message
        case .exception(_, let message): message
        case .hidden: ""
        }
    }

    /// `raise ValueError(message)`.
    static func value(_ message: String) -> AppFailure { .exception(type: "ValueError", message: message) }

    /// `raise TypeError(message)`.
    static func type(_ message: String) -> AppFailure { .exception(type: "TypeError", message: message) }

    /// `gr.Error(message)` with everything else as it is by default.
    static func refusal(_ message: String) -> AppFailure { .error(GradioError(message: message)) }
}

/// The arguments of `gr.Error`.
struct GradioError: Sendable, Hashable {
    var message: String
    /// Seconds, or null for a message that stays.
    var duration: JSON = 10
    var visible = true
    var title = "Error"
}
