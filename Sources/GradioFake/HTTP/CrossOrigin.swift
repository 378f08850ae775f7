import SocketServer

/// Who may read answers from another page: the server's rules for `Origin`.
///
/// Version 3 lets everybody. The others refuse pages from elsewhere if they were called by a local name; 4 takes a page
/// of no origin (`null`) for a local one.
struct CrossOrigin {
    private static let local: Set = ["localhost", "127.0.0.1", "0.0.0.0"]

    let origin: String
    private let request: Request
    private let major: GradioMajor

    /// Nil for a request without an origin, about which nothing is said.
    init?(_ request: Request, major: GradioMajor) {
        guard let origin = request.headers["origin"] else { return nil }
        self.origin = origin
        self.request = request
        self.major = major
    }

    /// A page from elsewhere may not read a server that was called by a local name.
    private var isAccepted: Bool {
        guard Self.local.contains(Self.name(request.headers["host"] ?? "")) else { return true }
        return Self.local.contains(Self.name(origin)) || major == .four && origin == "null"
    }

    /// Adds what the origin is told to an answer.
    func mark(_ reply: inout Reply) {
        if major == .three { return reply.headers.append("access-control-allow-origin", "*") }
        reply.headers.append("access-control-allow-credentials", "true")
        guard isAccepted else { return }
        reply.headers.append("access-control-allow-origin", origin)
        reply.headers.append("vary", "Origin")
    }

    /// The answer to a preflight; nil if the request is none.
    var preflight: Reply? {
        guard request.method == "OPTIONS", request.headers.contains("access-control-request-method") else { return nil }
        var fields: HeaderFields = major == .three ? ["access-control-allow-origin": "*"] : [:]
        fields.append("access-control-allow-methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT")
        fields.append("access-control-max-age", "600")
        if major > .three { fields.append("access-control-allow-credentials", "true") }
        if let asked = request.headers["access-control-request-headers"] {
            fields.append("access-control-allow-headers", asked)
        }
        if major > .three, isAccepted { fields.append("access-control-allow-origin", origin) }
        fields.append("content-length", "2")
        fields.append("content-type", "text/plain; charset=utf-8")
        return Reply(headers: fields, body: .bytes(Array("OK".utf8)))
    }

    /// The host of an origin or of a `Host` field, without scheme and port.
    private static func name(_ text: String) -> String {
        var rest = text[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        if rest.first == "[" { return String(rest.prefix { $0 != "]" }) + "]" }
        return String(rest.prefix { $0 != ":" && $0 != "/" })
    }
}
