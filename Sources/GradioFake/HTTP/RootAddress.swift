import SocketServer

/// The server's address as a client sees it: `root` of `/config`, and the beginning of every file's URL.
enum RootAddress {
    /// From the request's `Host`, or from what a proxy says of it.
    static func of(_ request: Request, major: GradioMajor) -> String {
        let headers = request.headers
        let forwarded = headers["x-forwarded-host"].map(first)
        if major == .six, forwarded == nil, let server = headers["x-gradio-server"] {
            return server.last == "/" ? String(server.dropLast()) : server
        }
        let isSecure = request.isSecure || headers["x-forwarded-proto"].map(first) == "https"
        return "\(isSecure ? "https" : "http")://\(forwarded ?? headers["host"] ?? "127.0.0.1")"
    }

    /// The address as the framework's redirects have it, which know of no proxy.
    static func bare(_ request: Request) -> String {
        "\(request.isSecure ? "https" : "http")://\(request.headers["host"] ?? "127.0.0.1")"
    }

    private static func first(_ list: String) -> String { list.prefix { $0 != "," }.description.trimmed }
}
