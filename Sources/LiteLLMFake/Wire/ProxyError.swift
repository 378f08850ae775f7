internal import JSONTree
internal import SocketServer

/// An answer that is an error, in one of the four shapes that the proxy has.
struct ProxyError: Error {
    var status: Int
    var body: [UInt8]
    /// What the route writes before length and type.
    var fields = HeaderFields()

    init(status: Int, body: [UInt8], fields: HeaderFields = HeaderFields()) {
        self.status = status
        self.body = body
        self.fields = fields
    }

    /// The OpenAI envelope; `code` is the status as text. `repeatsMessage` adds `provider_specific_fields`.
    init(
        _ status: Int, _ message: String, type: String? = nil, param: String? = nil, repeatsMessage: Bool = false,
        fields: HeaderFields = HeaderFields()
    ) {
        var body: [UInt8] = []
        body.reserveCapacity(message.utf8.count * (repeatsMessage ? 2 : 1) + 160)
        body.add(#"{"error":{"message":"#)
        body.add(quoted: message)
        body.add(#","type":"#)
        body.add(quoted: type ?? ProxyError.type(of: status))
        body.add(#","param":"#)
        body.add(quoted: param)
        body.add(#","code":""#)
        body.add(status)
        body.add("\"")
        if repeatsMessage {
            body.add(#","provider_specific_fields":{"error":"#)
            body.add(quoted: message)
            body.add("}")
        }
        body.add("}}")
        self.init(status: status, body: body, fields: fields)
    }

    /// FastAPI's own shape: `{"detail": …}`.
    static func detail(_ status: Int, _ detail: JSON, fields: HeaderFields = HeaderFields()) -> ProxyError {
        var body: [UInt8] = []
        body.add(#"{"detail":"#)
        body.add(detail)
        body.add("}")
        return ProxyError(status: status, body: body, fields: fields)
    }

    /// The Anthropic envelope.
    static func anthropic(
        _ status: Int, _ message: String, type: String? = nil, repeatsMessage: Bool = false,
        fields: HeaderFields = HeaderFields()
    ) -> ProxyError {
        var body: [UInt8] = []
        body.add(#"{"type":"error","error":{"type":"#)
        body.add(quoted: type ?? anthropicType(of: status))
        body.add(#","message":"#)
        body.add(quoted: message)
        if repeatsMessage {
            body.add(#","provider_specific_fields":{"error":"#)
            body.add(quoted: message)
            body.add("}")
        }
        body.add("}}")
        return ProxyError(status: status, body: body, fields: fields)
    }

    /// A missing field, as FastAPI's validation tells it.
    static func missing(_ place: String..., within part: String) -> ProxyError {
        missing(place, within: part)
    }

    /// Several missing fields.
    static func missing(_ place: [String], within part: String) -> ProxyError {
        detail(
            422,
            .array(place.map { ["type": "missing", "loc": [.string(part), .string($0)], "msg": "Field required"] }))
    }

    static let notFound = detail(404, "Not Found")
    /// What nobody caught.
    static let unhandled = ProxyError(
        status: 500, body: Array(#"{"error":{"message":"Internal server error","type":"internal_server_error"}}"#.utf8))

    /// `type` by status, where nothing else is said.
    static func type(of status: Int) -> String {
        switch status {
        case 400, 404, 408, 422: "invalid_request_error"
        case 401: "authentication_error"
        case 403: "permission_error"
        case 429: "throttling_error"
        default: "internal_server_error"
        }
    }

    static func anthropicType(of status: Int) -> String {
        switch status {
        case 400, 422: "invalid_request_error"
        case 401: "authentication_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 529: "overloaded_error"
        default: "api_error"
        }
    }

    /// A copy with another message, if there is one; what repeats the message keeps its own.
    func saying(_ message: String?) -> ProxyError {
        guard let message, var tree = JSON.found(in: body), tree["error"]?.object != nil else { return self }
        tree["error"]?["message"] = .string(message)
        return ProxyError(status: status, body: tree.bytes(), fields: fields)
    }

    /// A copy with other fields in front.
    func with(_ fields: HeaderFields) -> ProxyError {
        var copy = self
        copy.fields = fields
        return copy
    }
}
