/// Where a service is: `http://localhost:7860`, `ws://[::1]:8188`, `https://gpu.example/comfy`.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// How to speak there.
    public enum Scheme: String, Sendable, Hashable, CaseIterable {
        case http, https, ws, wss

        /// Whether TLS comes first.
        public var isSecure: Bool { self == .https || self == .wss }
        var defaultPort: UInt16 { isSecure ? 443 : 80 }
    }

    public var scheme: Scheme
    /// A name or an address; an IPv6 address without brackets.
    public var host: String
    public var port: UInt16
    /// What precedes every path of the service; empty, or begins with `/` and does not end in one.
    public var path: String

    public init(scheme: Scheme = .http, host: String = "localhost", port: UInt16, path: String = "") {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// Reads a URL; nil if it is none of these schemes or carries a user, a query or a fragment.
    public init?(_ text: String) {
        guard let mark = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<mark.lowerBound].lowercased())
        else { return nil }
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        var path = rest[authority.endIndex...]
        while path.last == "/" { path.removeLast() }
        guard text.allSatisfy({ !$0.isWhitespace }), !text.contains(where: { "@?#".contains($0) }) else { return nil }
        self.scheme = scheme
        self.path = String(path)

        let host: Substring
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            guard host.contains(":") else { return nil }
        } else {
            host = authority.prefix { $0 != ":" }
        }
        guard !host.isEmpty else { return nil }
        self.host = host.lowercased()
        let tail = authority[host.endIndex...].drop { $0 == "]" }
        if tail.isEmpty {
            port = scheme.defaultPort
        } else {
            guard tail.first == ":", let port = UInt16(tail.dropFirst()), port > 0 else { return nil }
            self.port = port
        }
    }

    /// The endpoint as a URL; the port is always written.
    public var description: String {
        "\(scheme.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)\(path)"
    }

    /// The same place, spoken to in HTTP: `http` for `ws`, `https` for `wss`.
    public var http: Self { with(scheme.isSecure ? .https : .http) }
    /// The same place, spoken to over a WebSocket.
    public var webSocket: Self { with(scheme.isSecure ? .wss : .ws) }

    /// Whether the host is this machine by its usual name, which stands for 127.0.0.1 and ::1.
    var isLocalhost: Bool { host == "localhost" }

    private func with(_ scheme: Scheme) -> Self {
        var result = self
        result.scheme = scheme
        return result
    }
}
