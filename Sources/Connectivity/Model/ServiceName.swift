/// The name that a service is configured, found and reported under.
public struct ServiceName: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }
    public var description: String { rawValue }
    public static func < (first: Self, second: Self) -> Bool { first.rawValue < second.rawValue }

    /// Pictures and films from workflows.
    public static let comfyui: Self = "comfyui"
    /// Films from text.
    public static let wan2gp: Self = "wan2gp"
    /// Language models behind one proxy.
    public static let litellm: Self = "litellm"
    /// Voices changed.
    public static let rvc: Self = "rvc"
    /// Sounds from text.
    public static let audioldm: Self = "audioldm"
}

/// The protocol that a service speaks.
public enum ServiceKind: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case comfyui = "ComfyUI"
    case gradio = "Gradio"
    case litellm = "LiteLLM"

    public var description: String { rawValue }
}
