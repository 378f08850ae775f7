/// What a handler answers: a status, fields in their order and spelling, and a body.
///
/// The fields are written exactly as they stand. Those of the server's ``HeadStyle`` are added around them, and
/// the length or the chunked framing if the reply names neither.
public struct Reply: Sendable {
    public var status: Int
    /// The reason phrase; nil takes the usual one of the status.
    public var reason: String?
    public var headers: HeaderFields
    public var body: ReplyBody
    /// Ask the floor to close the connection after this answer.
    public var closes: Bool
    /// Ask the floor to close the connection after this answer without having announced it: what happens where a
    /// server sends its answer to a failure, and then fails.
    public var breaksOff = false

    public init(
        status: Int = 200, reason: String? = nil, headers: HeaderFields = [:], body: ReplyBody = .bytes([]),
        closes: Bool = false
    ) {
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body
        self.closes = closes
    }

    /// A whole body of bytes.
    public static func bytes(_ bytes: [UInt8], status: Int = 200, headers: HeaderFields = [:]) -> Reply {
        Reply(status: status, headers: headers, body: .bytes(bytes))
    }

    /// A whole body of text.
    public static func text(_ text: String, status: Int = 200, headers: HeaderFields = [:]) -> Reply {
        Reply(status: status, headers: headers, body: .bytes(Array(text.utf8)))
    }

    /// The reply as it goes out, where it was still to be spelled.
    public var whole: Reply {
        guard case .spelled(let spell) = body else { return self }
        var reply = self
        let (headers, bytes) = spell()
        reply.headers = headers
        reply.body = .bytes(bytes)
        return reply
    }

    /// A body that is written as it comes into being.
    public static func stream(
        status: Int = 200, headers: HeaderFields = [:],
        _ body: @escaping @Sendable (ResponseWriter) async throws -> Void
    ) -> Reply {
        Reply(status: status, headers: headers, body: .stream(body))
    }

    /// The floor's own plain answer to a faulty request.
    public static func plain(fault: RequestFault) -> Reply {
        switch fault {
        case .headTooLarge, .targetTooLong, .fieldTooLong, .tooManyFields:
            .text("Request Header Fields Too Large", status: 431, headers: ["content-type": "text/plain"])
        case .timeout: .text("Request Timeout", status: 408, headers: ["content-type": "text/plain"])
        case .badVersion: .text("HTTP Version Not Supported", status: 505, headers: ["content-type": "text/plain"])
        default: .text("Bad Request", status: 400, headers: ["content-type": "text/plain"])
        }
    }
}

/// The body of a ``Reply``.
public enum ReplyBody: Sendable {
    /// Everything at once; with its head in one write if it is small.
    case bytes([UInt8])
    /// Everything at once, and the fields, as a closure spells them: on the loop that carries the connection, so that a
    /// handler's loop which has others for that is free for the next request. The reply's own fields count for nothing.
    case spelled(@Sendable () -> (headers: HeaderFields, body: [UInt8]))
    /// Written by a closure that awaits while the client is slow. When it throws, the connection is broken off
    /// without the last chunk.
    case stream(@Sendable (ResponseWriter) async throws -> Void)
    /// No head of ours: what the closure writes is all that is sent, byte for byte, and then the connection is closed
    /// by FIN unless it has been aborted. In HTTP/2, where an answer cannot be without a head, the stream is reset.
    case raw(@Sendable (ResponseWriter) async throws -> Void)
    /// Take the upgrade to WebSocket and run the closure; the socket is closed when it returns.
    case webSocket(WebSocketOptions, @Sendable (WebSocket) async throws -> Void)
    /// No answer at all: the connection is reset.
    case abort
    /// No answer at all: the connection is closed.
    case close
}

/// The usual reason phrases (RFC 9110 section 15 and the IANA registry).
enum StatusPhrase {
    static func of(_ status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 103: "Early Hints"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 413: "Request Entity Too Large"
        case 414: "Request-URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Requested Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 418: "I'm a Teapot"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Entity"
        case 425: "Too Early"
        case 426: "Upgrade Required"
        case 428: "Precondition Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 499: "Client Closed Request"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        case 507: "Insufficient Storage"
        case 511: "Network Authentication Required"
        default: ""
        }
    }
}
