public import SocketServer

extension Reply {
    /// What a client sees of a server that is still starting, where a reverse proxy stands before it: the proxy's own
    /// page, and its own name in the head.
    ///
    /// - Parameters:
    ///   - message: another text than the proxy's.
    ///   - retryAfter: what it says of when to come back; a proxy says nothing by itself.
    public static func proxyUnavailable(message: String? = nil, retryAfter: Duration? = nil) -> Reply {
        let title = message ?? "503 Service Temporarily Unavailable"
        var headers: HeaderFields = ["Server": "nginx", "Content-Type": "text/html"]
        if let retryAfter { headers.append("Retry-After", retryAfter.wholeSeconds) }
        let page = """
            <html>\r
            <head><title>\(title)</title></head>\r
            <body>\r
            <center><h1>\(title)</h1></center>\r
            <hr><center>nginx</center>\r
            </body>\r
            </html>\r

            """
        return .text(page, status: 503, headers: headers)
    }
}

extension Duration {
    /// As `Retry-After` counts (RFC 9110 section 10.2.3): whole seconds, none of them cut short.
    public var wholeSeconds: String { String(Int((self / .seconds(1)).rounded(.up))) }
}
