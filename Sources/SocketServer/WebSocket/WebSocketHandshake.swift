internal import CLws

/// What a handler chooses for a WebSocket.
public struct WebSocketOptions: Sendable {
    /// Take the client's offer of permessage-deflate (RFC 7692), if it makes one.
    public var compression: Bool
    /// A larger message ends the connection with 1009.
    public var maximumMessageBytes: Int
    /// Chosen from the client's offers.
    public var subprotocol: String?
    /// How `Connection: upgrade` is spelled: aiohttp writes `upgrade`, others `Upgrade`.
    public var connectionValue: String
    /// The parameters of the answer to an offer of permessage-deflate; nil mirrors what the offer demands of a
    /// server, as aiohttp does.
    public var deflateAnswer: String?
    /// What stands in `Sec-WebSocket-Accept` instead of the proof that the client expects: it must refuse then
    /// (RFC 6455 section 4.1).
    public var acceptKey: String?
    /// Stands there from the first byte on, even before the handler runs: what the client has sent with its request
    /// goes through it too. See ``WebSocket/screen``.
    public var screen: (any MessageScreen)?

    public init(
        compression: Bool = false, maximumMessageBytes: Int = 4 * 1024 * 1024, subprotocol: String? = nil,
        connectionValue: String = "upgrade", deflateAnswer: String? = nil, acceptKey: String? = nil
    ) {
        self.compression = compression
        self.maximumMessageBytes = maximumMessageBytes
        self.subprotocol = subprotocol
        self.connectionValue = connectionValue
        self.deflateAnswer = deflateAnswer
        self.acceptKey = acceptKey
    }
}

/// The answer to a request for WebSocket (RFC 6455 section 4.2.2).
struct WebSocketHandshake {
    private let accept: String
    private let options: WebSocketOptions
    private let extensionAnswer: String?
    let deflate: DeflateParameters?

    /// Nil if the request is none that can be taken.
    init?(request: Request, options: WebSocketOptions) {
        guard request.method == "GET", request.headers.list("upgrade", contains: "websocket"),
            let key = request.headers["sec-websocket-key"], !key.isEmpty, key.utf8.count <= 128
        else { return nil }
        accept = options.acceptKey ?? WebSocketAccept.value(for: key)
        self.options = options
        let offer = options.compression ? DeflateParameters.offered(in: request.headers) : nil
        deflate = offer
        extensionAnswer = offer.map { offer in
            options.deflateAnswer.map { "permessage-deflate\($0.isEmpty ? "" : "; ")\($0)" } ?? offer.answer
        }
    }

    func headers(extra: HeaderFields) -> HeaderFields {
        var fields: HeaderFields = [
            "Upgrade": "websocket", "Connection": options.connectionValue, "Sec-WebSocket-Accept": accept,
        ]
        if let extensionAnswer { fields.append("Sec-WebSocket-Extensions", extensionAnswer) }
        if let subprotocol = options.subprotocol { fields.append("Sec-WebSocket-Protocol", subprotocol) }
        fields.append(contentsOf: extra)
        return fields
    }
}

/// What one side may ask of the other about compression (RFC 7692 section 7.1).
struct DeflateParameters: Equatable {
    var serverTakesOver = true
    /// Base-2 logarithm of the server's window.
    var serverWindowBits: Int32 = 15
    private var answersWindow = false

    /// The first offer that can be met.
    static func offered(in headers: HeaderFields) -> DeflateParameters? {
        for field in headers.all("sec-websocket-extensions") {
            for offer in field.split(separator: ",") {
                let parts = offer.split(separator: ";").map { trim($0) }
                guard parts.first == "permessage-deflate", let parameters = parse(parts.dropFirst()) else { continue }
                return parameters
            }
        }
        return nil
    }

    var answer: String {
        var text = "permessage-deflate"
        if answersWindow { text += "; server_max_window_bits=\(serverWindowBits)" }
        if !serverTakesOver { text += "; server_no_context_takeover" }
        return text
    }

    private static func parse(_ parts: ArraySlice<Substring>) -> DeflateParameters? {
        var result = DeflateParameters()
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1).map { trim($0) }
            let value = pair.count > 1 ? pair[1].filter { $0 != "\"" } : nil
            switch pair.first {
            case "server_no_context_takeover": result.serverTakesOver = false
            case "client_no_context_takeover", "client_max_window_bits": break
            case "server_max_window_bits":
                // zlib cannot make raw streams with a window of 8 bits.
                guard let value, let bits = Int32(value), (9...15).contains(bits) else { return nil }
                result.serverWindowBits = bits
                result.answersWindow = bits < 15
            default: return nil
            }
        }
        return result
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
