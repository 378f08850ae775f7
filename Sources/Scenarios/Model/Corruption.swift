/// How what is sent breaks its format.
public struct Corruption: Sendable, Hashable {
    public var kind: Kind
    /// How much of it; nil takes ``Kind/usualAmount``.
    public var amount: Int?

    public init(_ kind: Kind, amount: Int? = nil) {
        self.kind = kind
        self.amount = amount
    }

    /// What the amount counts is said beside each kind that has one.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        // An HTTP answer.
        /// Half of the body, or so many bytes, then FIN, under a length that promised all.
        case truncatedBody = "truncated_body"
        /// A content-length that is so many bytes too large (too small if negative).
        case wrongContentLength = "wrong_content_length"
        /// A chunk whose size is no number, after half of the body, or so many bytes.
        case badChunk = "bad_chunk"
        /// So many bytes that are no HTTP instead of the answer.
        case garbage
        /// Nothing but FIN instead of the answer.
        case emptyAnswer = "empty_answer"
        /// A body that breaks off inside its JSON, under a length that fits.
        case invalidJSON = "invalid_json"
        /// Bytes that are no UTF-8 in the body or message.
        case invalidUTF8 = "invalid_utf8"
        /// `text/html` whatever the body is.
        case wrongContentType = "wrong_content_type"
        /// Each field of the head twice, with different values where that makes a difference.
        case duplicateHeaders = "duplicate_headers"
        /// A field of so many bytes.
        case hugeHeaders = "huge_headers"
        /// A redirect to the very same place.
        case redirectLoop = "redirect_loop"

        // A stream of server-sent events.
        /// The event lacks the empty line that ends it, so that it runs into the next.
        case missingTerminator = "missing_terminator"
        /// The event leaves in two pieces, cut inside a character.
        case splitUTF8 = "split_utf8"
        /// CR, LF and CRLF in turn.
        case mixedLineEnds = "mixed_line_ends"
        /// A byte order mark before the first event.
        case byteOrderMark = "byte_order_mark"
        /// So many comment lines before the event.
        case comments
        /// A `retry` field of so many milliseconds before the event.
        case retry
        /// A comment line of so many bytes before the event.
        case hugeLine = "huge_line"
        /// Half of the event, then FIN.
        case halfEvent = "half_event"

        // A WebSocket.
        /// `Sec-WebSocket-Accept` does not fit the key.
        case badAcceptKey = "bad_accept_key"
        /// Pings of the client's stay without answer.
        case noPong = "no_pong"
        /// So many pings at once.
        case pingFlood = "ping_flood"
        /// The message's frame is masked, which a server's must not be (RFC 6455 section 5.1).
        case maskedFrame = "masked_frame"
        /// The message's frame has a reserved bit set.
        case reservedBits = "reserved_bits"
        /// A frame of an opcode that is not defined.
        case badOpcode = "bad_opcode"
        /// A ping of so many bytes: more than 125 are not allowed (section 5.5).
        case oversizedControl = "oversized_control"
        /// Half of the message as a fragment; the rest never comes.
        case fragmentStall = "fragment_stall"
        /// The server stops reading: the client's messages pile up on its own side.
        case backpressure

        /// The amount where a file says none.
        public var usualAmount: Int {
            switch self {
            case .wrongContentLength: 16
            case .garbage: 256
            case .hugeHeaders: 70_000
            case .comments: 3
            case .retry: 100
            case .hugeLine: 1_048_576
            case .pingFlood: 1000
            case .oversizedControl: 126
            default: 1
            }
        }

        /// Whether an amount means anything.
        public var hasAmount: Bool {
            switch self {
            case .truncatedBody, .wrongContentLength, .badChunk, .garbage, .hugeHeaders, .comments, .retry, .hugeLine,
                .pingFlood,
                .oversizedControl:
                true
            default: false
            }
        }
    }
}
