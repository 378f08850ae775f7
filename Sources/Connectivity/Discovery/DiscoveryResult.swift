/// What a search for one service came to.
public struct DiscoveryResult: Sendable {
    public let service: ServiceName
    public let kind: ServiceKind
    /// Whether the service itself answered.
    public var discovered: Bool { error == nil }
    /// Where it is; where it is configured to be, if it was not found there; nil if it is nowhere.
    public let endpoint: Endpoint?
    public let version: String?
    /// The title of a Gradio app.
    public let app: String?
    /// Devices of ComfyUI, endpoints of a Gradio app.
    public let capabilities: [String]
    /// From the first byte sent to the answer recognised.
    public let latency: Duration?
    /// Why it was not found.
    public let error: ConnectivityError?
}
