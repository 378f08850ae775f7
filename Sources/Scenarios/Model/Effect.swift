public import JSONTree

/// What a rule does. One case for each word of the language; the words are listed in ``EffectWord``.
public indirect enum Effect: Sendable, Hashable {
    /// `delay`: something happens later.
    case delay(DelayPoint, Distribution)
    /// `throttle`: no more than so many bytes a second leave.
    case throttle(bytesPerSecond: Int)
    /// `slice`: what leaves is cut into pieces, each on its own, of so many bytes or up to `variation` more or less.
    case slice(bytes: Int, variation: Int = 0, gap: Distribution)
    /// `dribble`: a body leaves in so many pieces, spread over a time.
    case dribble(pieces: Int, over: Duration)
    /// `drop`: the connection ends, or falls silent.
    case drop(Drop)
    /// `upstream`: a `delay`, `throttle`, `slice` or `drop` of what the client sends.
    case upstream(Effect)
    /// `refuse`: all connections end and the port is closed, and open again after a time; nil as long as the rule
    /// lasts. At the rule's time, or when what it is about happens.
    case refuse(Duration?)
    /// `state`: what a restart (`refuse`) leaves of the fake.
    case state(kept: Bool)
    /// `limit`: no more connections at once than these.
    case limit(connections: Int)
    /// `quota`: so many in a window, and then a native error.
    case quota(Quota)
    /// `error`: what the real server would answer in that trouble, by the error's name.
    case error(NativeErrorUse)
    /// `respond`: an answer of the user's own.
    case respond(Response)
    /// `interim`: an answer 1xx before the real one.
    case interim(status: Int)
    /// `corrupt`: what is sent breaks its format.
    case corrupt(Corruption)
    /// `duplicate`: a message comes so many times more.
    case duplicate(Int)
    /// `skip`: a message does not come.
    case skip
    /// `reorder`: a message comes after so many that follow it.
    case reorder(after: Int)
    /// `misdeliver`: a message goes to another client instead.
    case misdeliver
    /// `send`: a message that nobody asked for, after the one that matched; or at a time, to all.
    case send(Message, times: Int)
    /// `edit`: values of a JSON body or message become others, by pointer; `*` in a pointer stands for each member.
    case edit([Edit])
    /// `set`: the fake's own state changes, before what the rule is about is dealt with.
    case set(JSONObject)
}

/// What `delay` delays.
public enum DelayPoint: String, Sendable, Hashable, CaseIterable {
    /// The answer's head; for a message, the message: what a bare `delay: 1s` means.
    case head
    /// Each piece of a streamed answer.
    case chunk
    /// The first event of a stream that bears content.
    case firstToken = "first_token"
    /// Each later event of a stream.
    case betweenTokens = "between_tokens"
    /// Each step of sampling.
    case step
    /// The moment from which an accepted connection is read, TLS handshake included.
    case handshake
    /// The answer to a ping of the client's.
    case pong
    /// The close of a connection that has been answered.
    case close
}

/// How a connection ends, and after what.
public struct Drop: Sendable, Hashable {
    public enum Manner: String, Sendable, Hashable, CaseIterable {
        /// RST.
        case reset
        /// FIN in both directions.
        case close
        /// FIN of the server's direction; it goes on reading.
        case halfClose = "half_close"
        /// Nothing is sent any more, and nothing is closed.
        case hang
        /// A close frame of a WebSocket, with ``Drop/code``.
        case closeFrame = "close_frame"
    }

    public var manner: Manner
    /// So many bytes of what follows are let through.
    public var afterBytes: Int?
    /// So many messages of what follows are let through.
    public var afterMessages: Int?
    /// So long afterwards.
    public var afterTime: Duration?
    /// The close code of a WebSocket.
    public var code: Int?
    /// The reason beside it.
    public var reason: String

    public init(
        _ manner: Manner, afterBytes: Int? = nil, afterMessages: Int? = nil, afterTime: Duration? = nil,
        code: Int? = nil, reason: String = ""
    ) {
        self.manner = manner
        self.afterBytes = afterBytes
        self.afterMessages = afterMessages
        self.afterTime = afterTime
        self.code = code
        self.reason = reason
    }
}

/// So many requests, or tokens, in a window of time; beyond that a native error.
public struct Quota: Sendable, Hashable {
    public enum Unit: String, Sendable, Hashable, CaseIterable {
        case requests
        case tokens
    }

    public var unit: Unit
    public var amount: Int
    /// The window; a new one begins when it ends, and the amount is whole again.
    public var per: Duration
    /// The native error; nil takes the fake's own for this.
    public var error: String?

    public init(unit: Unit, amount: Int, per: Duration, error: String? = nil) {
        self.unit = unit
        self.amount = amount
        self.per = per
        self.error = error
    }
}

/// A native error by name, with what may be said about it.
public struct NativeErrorUse: Sendable, Hashable {
    /// Its name: see the fake's list.
    public var name: String
    /// For errors in the middle of a stream or run: after so many messages.
    public var afterMessages: Int?
    /// Another text than the real server's usual one.
    public var message: String?
    /// What `retry-after` says, where the error has it.
    public var retryAfter: Duration?

    public init(_ name: String, afterMessages: Int? = nil, message: String? = nil, retryAfter: Duration? = nil) {
        self.name = name
        self.afterMessages = afterMessages
        self.message = message
        self.retryAfter = retryAfter
    }
}

/// An answer of the user's own.
public struct Response: Sendable, Hashable {
    public var status: Int
    /// In order, spelled as they are to be sent; a name may come twice.
    public var headers: [HeaderLine]
    public var body: Message?

    public init(status: Int = 200, headers: [HeaderLine] = [], body: Message? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// A field of a head.
public struct HeaderLine: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Content of the user's own.
public enum Message: Sendable, Hashable {
    case text(String)
    case json(JSON)
    case binary([UInt8])
}

/// A value that becomes another.
public struct Edit: Sendable, Hashable {
    /// A JSON pointer (RFC 6901) in which `*` stands for each member or element.
    public var pointer: String
    /// Nil removes it.
    public var value: JSON?

    public init(pointer: String, value: JSON?) {
        self.pointer = pointer
        self.value = value
    }
}
