/// Which way something went, as the fake sees it.
public enum JournalDirection: String, Sendable, CaseIterable {
    case sent, received
}

/// One message of a WebSocket, or one event of a stream (SSE).
public struct MessageRecord: Sendable {
    /// How a message is carried.
    public enum Form: Sendable, Hashable {
        case text
        case binary
        /// An event of a stream, with what stood in its `event` field.
        case event(name: String?)
    }

    /// The exchange that opened the WebSocket or is the stream.
    public var exchange: Int
    /// Who the other side is, as in ``ExchangeRecord/client``.
    public var client: String
    public var direction: JournalDirection
    public var form: Form
    /// The type as scenarios name it: `progress`, `process_completed`.
    public var type: String
    /// The payload, of an event its data; or as much of its beginning as the journal keeps.
    public var payload: [UInt8]
    /// The size of the whole payload in bytes.
    public var size: Int

    public init(
        exchange: Int, client: String = "", direction: JournalDirection, form: Form = .text, type: String,
        payload: [UInt8] = [], size: Int? = nil
    ) {
        self.exchange = exchange
        self.client = client
        self.direction = direction
        self.form = form
        self.type = type
        self.payload = payload
        self.size = size ?? payload.count
    }
}

/// A ping, pong or close frame of a WebSocket (RFC 6455, section 5.5).
public struct ControlRecord: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case ping, pong, close
    }

    /// The exchange that opened the WebSocket.
    public var exchange: Int
    public var kind: Kind
    public var direction: JournalDirection
    /// The close code, if it is a close frame and has one.
    public var code: UInt16?
    /// The reason in a close frame.
    public var reason: String
    /// The payload's size in bytes.
    public var size: Int

    public init(
        exchange: Int, kind: Kind, direction: JournalDirection, code: UInt16? = nil, reason: String = "", size: Int = 0
    ) {
        self.exchange = exchange
        self.kind = kind
        self.direction = direction
        self.code = code
        self.reason = reason
        self.size = size
    }
}
