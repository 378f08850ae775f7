internal import JSONTree
internal import SocketServer

/// An answer before it is written, in the order in which aiohttp writes heads: fields that a handler set, then
/// what the middlewares add, then what is added when the answer is sent.
struct Answer {
    var status = 200
    /// Set by the handler.
    var fields = HeaderFields()
    /// Added on sending: lengths, entity tags.
    var lateFields = HeaderFields()
    var body = ReplyBody.bytes([])
    /// Raised as an exception, past the middlewares: no cache and no CORS fields.
    var isRaised = false
    var closes = false

    /// JSON in the spacing of Python's `json.dumps`.
    static func json(_ value: JSON, status: Int = 200) -> Answer { json(bytes: value.bytes(.python), status: status) }

    /// JSON that has been written already.
    static func json(bytes: [UInt8], status: Int = 200) -> Answer {
        Answer(status: status, fields: ["Content-Type": "application/json; charset=utf-8"], body: .bytes(bytes))
    }

    static func empty(_ status: Int = 200) -> Answer { Answer(status: status) }

    static func text(_ text: String, status: Int) -> Answer {
        Answer(status: status, fields: ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
    }

    /// An exception that nobody caught.
    static var trouble: Answer {
        var answer = text("500 Internal Server Error\n\nServer got itself in trouble", status: 500)
        (answer.isRaised, answer.closes) = (true, true)
        return answer
    }

    /// The body is larger than the server takes.
    static func tooLarge(limit: Int) -> Answer {
        var answer = text("Maximum request body size \(limit) exceeded.", status: 413)
        answer.isRaised = true
        return answer
    }

    static func methodNotAllowed(_ methods: some Sequence<String>) -> Answer {
        var answer = text("405: Method Not Allowed", status: 405)
        answer.fields.append("Allow", Set(methods).sorted().joined(separator: ","))
        answer.isRaised = true
        return answer
    }

    /// What a sub-application answers for an unknown path.
    static var notFound: Answer {
        var answer = text("404: Not Found", status: 404)
        answer.isRaised = true
        return answer
    }

    /// What a static folder answers for a file that it does not have: zero bytes, in chunks.
    static func missingFile(_ version: HTTPVersion) -> Answer {
        var answer = Answer(status: 404, body: .stream { _ in })
        if version == .http11 { answer.lateFields.append("Transfer-Encoding", "chunked") }
        answer.lateFields.append("Content-Type", "application/octet-stream")
        return answer
    }

    /// A request that could not be read. aiohttp has no 431: a long head is a bad request, too.
    static func malformed(_ fault: RequestFault) -> Answer {
        var answer: Answer
        switch fault {
        case .timeout: answer = Answer(body: .close)
        case .headTooLarge: answer = text("Got more than 8190 bytes when reading header.", status: 400)
        case .badRequestLine: answer = text("Bad status line", status: 400)
        case .badVersion: answer = text("Invalid HTTP version", status: 400)
        case .badLength: answer = text("Bad Content-Length or Transfer-Encoding", status: 400)
        case .badChunk: answer = text("Bad chunk", status: 400)
        case .badHeader: answer = text("Invalid header", status: 400)
        case .missingHost: answer = text("Missing 'Host' header in request.", status: 400)
        case .severalHosts: answer = text("Duplicate 'Host' header found.", status: 400)
        case .targetTooLong(let beginning): answer = overlong("bytearray(\((beginning + dots).pythonRepr))")
        case .fieldTooLong(let beginning): answer = overlong((beginning + dots).pythonRepr)
        case .tooManyFields: answer = text("Too many headers received", status: 400)
        }
        (answer.isRaised, answer.closes) = (true, true)
        return answer
    }

    private static let dots = Array("...".utf8)

    /// aiohttp quotes what it could not take.
    private static func overlong(_ line: String) -> Answer {
        text("Got more than \(FakeComfyUI.lineLimit) bytes when reading: \(line).", status: 400)
    }

    /// The answer as the floor takes it.
    var reply: Reply {
        var headers = fields
        headers.append(contentsOf: lateFields)
        return Reply(status: status, headers: headers, body: body, closes: closes)
    }
}
