/// How a real server spells the head of its answers: which fields it adds by itself, where, and in what case.
public struct HeadStyle: Sendable {
    /// A field that the server adds to every answer.
    public enum Automatic: Sendable {
        /// The date in the form of RFC 9110 section 5.6.7, under this name.
        case date(String)
        /// Always the same.
        case fixed(String, String)
    }

    /// How a client that speaks HTTP/1.0 is answered.
    public enum OldClients: Sendable {
        /// As every other; its connection is kept if it asks for that.
        case likeOthers
        /// In HTTP/1.1, and the connection is closed whatever it asks for (h11 0.16).
        case dismissed
        /// In HTTP/1.0: `Connection: keep-alive` if it asks for that, and else nothing, since closing is the rule there
        /// (aiohttp 3.14). So is a request that cannot be read.
        case inTheirVersion
    }

    /// Fields before those of the reply. A field that the reply has itself is not added.
    public var leading: [Automatic]
    /// Fields after those of the reply.
    public var trailing: [Automatic]
    /// How `Content-Length` is spelled, and whether it stands before the trailing fields (it does).
    public var contentLengthName: String
    /// The field of a chunked answer.
    public var chunkedName: String
    /// The field that announces that the connection will be closed, `Connection: close`, or nil to send none.
    public var connectionCloseName: String?
    /// Whether the chunked field stands behind the trailing fields.
    public var chunkedIsLast: Bool
    /// Whether an HTTP/1.1 request without `Host` is a fault, and one with several.
    public var requiresHost: Bool
    public var oldClients: OldClients
    /// Whether the answer to a faulty request has no fields but its own and `Connection: close`; the end of the
    /// connection is the end of its body.
    public var faultsAreBare: Bool

    public init(
        leading: [Automatic] = [], trailing: [Automatic] = [], contentLengthName: String = "content-length",
        chunkedName: String = "Transfer-Encoding", connectionCloseName: String? = "Connection",
        chunkedIsLast: Bool = true, requiresHost: Bool = false, oldClients: OldClients = .likeOthers,
        faultsAreBare: Bool = false
    ) {
        self.leading = leading
        self.trailing = trailing
        self.contentLengthName = contentLengthName
        self.chunkedName = chunkedName
        self.connectionCloseName = connectionCloseName
        self.chunkedIsLast = chunkedIsLast
        self.requiresHost = requiresHost
        self.oldClients = oldClients
        self.faultsAreBare = faultsAreBare
    }
}

/// Bounds that nothing arriving on a socket can exceed.
public struct ServerLimits: Sendable {
    /// Bytes of a request's head. Larger: ``RequestFault/headTooLarge``.
    public var headerBytes: Int
    /// Bytes of a request's target, and of each field's value; nil for no limit but that of the whole. Larger:
    /// ``RequestFault/targetTooLong(beginning:)`` and ``RequestFault/fieldTooLong(beginning:)``.
    public var lineBytes: Int?
    /// How many fields a request's head may have; nil for any number. More: ``RequestFault/tooManyFields``.
    public var fields: Int?
    /// Bytes of a request's body that ``Exchange/body(limit:)`` takes when not told otherwise.
    public var bodyBytes: Int
    /// Open connections; further ones are accepted and closed at once.
    public var connections: Int
    /// How long a kept connection may wait for its next request.
    public var idleTimeout: Duration
    /// How long a request's head, or the next piece of its body, may take.
    public var readTimeout: Duration
    /// How long the rest of a request may take that was answered before all of it had come. It is read and dropped, however
    /// much it is, and the connection is kept: a client that heard nothing of closing sends its next request there. The
    /// default is aiohttp's `lingering_time` (3.14.5, `web_protocol.py`). Nil: as long as it keeps coming, if only it begins
    /// within ``idleTimeout``, as with uvicorn (0.54.0, both of its HTTP implementations).
    public var drainTimeout: Duration?
    /// How long a client may take to agree on TLS.
    public var handshakeTimeout: Duration
    /// How long the peer may take to close its side once everything has been sent to it.
    public var lingerTimeout: Duration

    public init(
        headerBytes: Int = 64 * 1024, lineBytes: Int? = nil, fields: Int? = nil, bodyBytes: Int = 100 * 1024 * 1024,
        connections: Int = 16_000,
        idleTimeout: Duration = .seconds(75), readTimeout: Duration = .seconds(60),
        drainTimeout: Duration? = .seconds(10),
        handshakeTimeout: Duration = .seconds(10), lingerTimeout: Duration = .seconds(2)
    ) {
        self.headerBytes = headerBytes
        self.lineBytes = lineBytes
        self.fields = fields
        self.bodyBytes = bodyBytes
        self.connections = connections
        self.idleTimeout = idleTimeout
        self.readTimeout = readTimeout
        self.drainTimeout = drainTimeout
        self.handshakeTimeout = handshakeTimeout
        self.lingerTimeout = lingerTimeout
    }
}

/// What can be wrong with a request before any handler sees it.
public enum RequestFault: Error, Sendable, Equatable {
    /// No request line, or not of the form `METHOD target HTTP/1.x`.
    case badRequestLine
    /// A header line without a colon, with blanks in its name, or with control characters.
    case badHeader
    /// `HTTP/` followed by a version that is not spoken here.
    case badVersion
    /// HTTP/1.1 without `Host`, where the server minds.
    case missingHost
    /// `Host` more than once, where the server minds.
    case severalHosts
    /// `Content-Length` that is no number, contradicts itself or stands beside `Transfer-Encoding`.
    case badLength
    /// A chunked body whose framing is broken.
    case badChunk
    /// The head is larger than ``ServerLimits/headerBytes``.
    case headTooLarge
    /// The target is longer than ``ServerLimits/lineBytes``; with its first hundred bytes.
    case targetTooLong(beginning: [UInt8])
    /// A field's value, or its name, is longer than ``ServerLimits/lineBytes``; with its first hundred bytes.
    case fieldTooLong(beginning: [UInt8])
    /// There are more fields than ``ServerLimits/fields``.
    case tooManyFields
    /// The head did not come in time.
    case timeout
}

/// What a server needs to know to speak like the one that it stands in for.
public struct ServerConfiguration: Sendable {
    public var style: HeadStyle
    public var limits: ServerLimits
    /// The answer to a faulty request; the connection is closed after it.
    public var malformed: @Sendable (RequestFault) -> Reply
    /// Who is told of each connection and decides how it begins. Nobody costs nothing.
    public var watch: (any ConnectionWatch)?
    /// Does what can be done for a request with a body before its handler sees it, where others carry the connections: on
    /// their loops, many at once. The handler finds it in ``Exchange/prepared``.
    public var prepare: (@Sendable (Request, [UInt8]) -> (any Sendable)?)?

    public init(
        style: HeadStyle = .init(), limits: ServerLimits = .init(), watch: (any ConnectionWatch)? = nil,
        malformed: @escaping @Sendable (RequestFault) -> Reply = { Reply.plain(fault: $0) }
    ) {
        self.style = style
        self.limits = limits
        self.watch = watch
        self.malformed = malformed
    }
}
