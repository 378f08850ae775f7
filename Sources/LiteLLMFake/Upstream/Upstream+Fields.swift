internal import Fakes
internal import SocketServer

/// The headers that an upstream sends, which the proxy relays as `llm_provider-*`.
extension Upstream {
    /// The headers of an answer or of a JSON error.
    ///
    /// - Parameters:
    ///   - number: the count of its requests, for request ids.
    ///   - dialect: the provider: each has its own.
    ///   - fault: what an error adds; a header that is there already takes the value of the fault.
    func fields(
        number: Int, dialect: String, streams: Bool, fault: [(name: String, value: String)]? = nil, length: Int = 628,
        now: WallTime
    ) -> HeaderFields {
        var fields = HeaderFields(roomFor: 16)
        if dialect == "anthropic" {
            if streams { fields.append("content-type", "text/event-stream; charset=utf-8") }
            for field in fault ?? [("request-id", anthropicID ?? "req_011CSHoEeqs5C35K2UUqR7Fy")] {
                fields.append(field.name, field.value)
            }
        } else {
            fields.append("x-request-id", requestID(number))
            var own = headers.isEmpty ? Self.usualHeaders : HeaderFields(headers.map { ($0.name, $0.value) })
            for field in fault ?? [] { own[field.name] = field.value }
            fields.append(contentsOf: own)
            if streams {
                fields.append("content-type", "text/event-stream; charset=utf-8")
                fields.append("cache-control", "no-cache")
            }
        }
        if streams {
            fields.append("transfer-encoding", "chunked")
        } else {
            fields.append("content-type", "application/json; charset=utf-8")
            fields.append("content-length", String(length))
        }
        fields.append("date", now.httpDate)
        fields.append("server", server)
        return fields
    }

    /// The headers of what is no answer of the API: a proxy's page between.
    func plainFields(type: String, length: Int, now: WallTime) -> HeaderFields {
        [
            "content-type": type, "content-length": String(length), "date": now.httpDate, "server": server,
        ]
    }

    private func requestID(_ number: Int) -> String {
        guard let requestID else {
            var text: [UInt8] = []
            text.reserveCapacity(36)
            text.add("req_0000000000000000")
            for shift in stride(from: 60, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: number >> shift) & 0xF
                text.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
            return String(utf8: text)
        }
        let digits = String(number)
        return requestID.replacing("%06d", with: String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits)
    }

    /// What OpenAI sends, for upstreams that nobody has described.
    private static let usualHeaders: HeaderFields = [
        "openai-processing-ms": "212", "openai-version": "2020-10-01", "openai-organization": "org-understudy",
        "x-ratelimit-limit-requests": "10000", "x-ratelimit-limit-tokens": "200000",
        "x-ratelimit-remaining-requests": "9999", "x-ratelimit-remaining-tokens": "199980",
        "x-ratelimit-reset-requests": "6ms", "x-ratelimit-reset-tokens": "6ms",
    ]
}
