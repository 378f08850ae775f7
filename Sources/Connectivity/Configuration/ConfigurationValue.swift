/// A text that no log and no message shows: an API key.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for the one who sends it.
    public let revealed: String

    public init(_ text: String) { revealed = text }

    /// Says that there is one, not which.
    public var description: String { "•••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where a value of a configuration comes from.
public enum ConfigurationSource: Sendable, Hashable, CustomStringConvertible {
    case environment(variable: String)
    case file(path: String, line: Int)
    case interactive
    case standard

    public var description: String {
        switch self {
        case .environment(let variable): "environment \(variable)"
        case .file(let path, let line): "\(path):\(line)"
        case .interactive: "interactive"
        case .standard: "default"
        }
    }
}

/// What is wrong in a configuration, and where.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    public let source: ConfigurationSource
    /// The key, with those above it: `services.comfyui.url`. Empty for a file as a whole.
    public let key: String
    public let expected: String
    public let came: String

    public var description: String {
        "\(source): \(key.isEmpty ? "" : "\(key): ")expected \(expected), got \(came)"
    }
}

/// All problems of a configuration at once.
public struct ConfigurationProblems: Error, Sendable, CustomStringConvertible {
    public let problems: [ConfigurationProblem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// A value as it is used.
enum ConfigurationValue: Sendable, Hashable {
    case endpoint(Endpoint)
    case flag(Bool)
    case duration(Duration)
    case count(Int)
    case ports([UInt16])
    case secret(Secret)
    case preset(String)

    /// For people; secrets redacted.
    var text: String {
        switch self {
        case .endpoint(let endpoint): "\(endpoint)"
        case .flag(let flag): "\(flag)"
        case .duration(let duration): "\(duration / .seconds(1)) s"
        case .count(let count): "\(count)"
        case .ports(let ports): ports.map { "\($0)" }.joined(separator: ", ")
        case .secret(let secret): "\(secret)"
        case .preset(let name): name
        }
    }
}
