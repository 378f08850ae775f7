internal import SocketServer

/// Fields that stand on every answer, and the ways in which answers are put together from them.
enum FixedFields {
    static let version = "1.109.1"

    /// An upstream's limits as answers relay them.
    static let limitNames = ["limit-requests", "remaining-requests", "limit-tokens", "remaining-tokens"].map {
        "x-ratelimit-" + $0
    }

    /// The last four of every answer.
    static let tail: HeaderFields = [
        "vary": "Origin", "x-frame-options": "DENY", "content-security-policy": "frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
    ]

    /// The last three: they are also on what another application inside the proxy answers.
    static let security: HeaderFields = [
        "x-frame-options": "DENY", "content-security-policy": "frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
    ]

    /// What a browser's request from elsewhere gets in addition.
    static let crossOrigin: HeaderFields = [
        "access-control-allow-origin": "*",
        "access-control-expose-headers":
            "x-litellm-semantic-filter, x-litellm-semantic-filter-tools, x-litellm-adaptive-router-model, "
            + "x-litellm-applied-guardrails, x-litellm-guardrail-scan-id, x-litellm-guardrail-scan-metadata, "
            + "x-litellm-cache-key",
    ]

    /// What a stream has behind its own fields.
    static let stream: HeaderFields = [
        "cache-control": "no-cache", "x-accel-buffering": "no", "content-type": "text/event-stream; charset=utf-8",
    ]

    /// The seven cost fields of streams and of failures of streams: nothing is known yet.
    static let zeroCosts: HeaderFields = [
        "x-litellm-response-cost-original": "0.0", "x-litellm-response-cost-discount-amount": "0.0",
        "x-litellm-response-cost-margin-amount": "0.0", "x-litellm-response-cost-margin-percent": "0.0",
        "x-litellm-response-cost-input": "0.0", "x-litellm-response-cost-output": "0.0",
        "x-litellm-response-cost-tool-usage": "0.0",
    ]
}

extension Reply {
    /// An ordinary answer: length and type first, then what the route adds.
    static func json(
        _ body: [UInt8], status: Int = 200, fields: HeaderFields = HeaderFields(), crossOrigin: Bool
    ) -> Reply {
        Reply(
            status: status, reason: status == 529 ? "" : nil,
            headers: HeaderFields(json: body, fields, crossOrigin: crossOrigin), body: .bytes(body))
    }

    /// A success whose body is written when it is sent.
    static func json(fields: HeaderFields, crossOrigin: Bool, _ body: @escaping @Sendable () -> [UInt8]) -> Reply {
        Reply(
            body: .spelled {
                let body = body()
                return (HeaderFields(json: body, fields, crossOrigin: crossOrigin), body)
            })
    }

    /// An error raised inside an inference route: what the route adds stands before length and type.
    static func failure(_ error: ProxyError, crossOrigin: Bool) -> Reply {
        var headers = error.fields
        headers.append("content-length", String(error.body.count))
        headers.append("content-type", "application/json")
        headers.close(crossOrigin: crossOrigin)
        return Reply(
            status: error.status, reason: error.status == 529 ? "" : nil, headers: headers, body: .bytes(error.body))
    }

    /// A page or another text.
    static func page(_ text: String, type: String = "text/html; charset=utf-8", crossOrigin: Bool) -> Reply {
        var headers = HeaderFields()
        headers.append("content-length", String(text.utf8.count))
        headers.append("content-type", type)
        headers.close(crossOrigin: crossOrigin)
        return Reply(headers: headers, body: .bytes(Array(text.utf8)))
    }
}

extension HeaderFields {
    /// Those of a JSON answer, around the route's own.
    init(json body: [UInt8], _ fields: HeaderFields, crossOrigin: Bool) {
        self.init(roomFor: fields.count + 8)
        append("content-length", String(body.count))
        append("content-type", "application/json")
        append(contentsOf: fields)
        close(crossOrigin: crossOrigin)
    }

    /// Adds what stands last on every answer.
    mutating func close(crossOrigin: Bool) {
        if crossOrigin { append(contentsOf: FixedFields.crossOrigin) }
        append(contentsOf: FixedFields.tail)
    }
}
