/// Makes the head of an answer: the fields that the imitated server would send over HTTP/1, in its order, as
/// HTTP/2 wants them: names in lower case, nothing about the connection (RFC 9113 section 8.2).
enum HTTP2ResponseHead {
    static func fields(of reply: Reply, length: Int?, style: HeadStyle, date: [UInt8]) -> HeaderFields {
        var fields = HeaderFields()
        fields.storage.reserveCapacity(256)
        fields.entries.reserveCapacity(8)
        fields.append(":status", "\(reply.status)")
        append(style.leading, beside: reply, date: date, to: &fields)
        for index in reply.headers.entries.indices where !isOfConnection(reply.headers, index) {
            fields.append(reply.headers, at: index)
            fields.lowerLastName()
        }
        if let length, !reply.headers.contains("content-length") { fields.append("content-length", "\(length)") }
        append(style.trailing, beside: reply, date: date, to: &fields)
        return fields
    }

    private static func append(
        _ automatic: [HeadStyle.Automatic], beside reply: Reply, date: [UInt8], to fields: inout HeaderFields
    ) {
        for field in automatic {
            switch field {
            case .date(let name) where !reply.headers.contains(name):
                fields.append(name, String(decoding: date, as: UTF8.self))
            case .fixed(let name, let value) where !reply.headers.contains(name):
                fields.append(name, value)
            default:
                continue
            }
            fields.lowerLastName()
        }
    }

    private static let ofConnection = [
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
    ]

    private static func isOfConnection(_ headers: HeaderFields, _ index: Int) -> Bool {
        ofConnection.contains { headers.isNamed($0, at: index) }
    }
}

extension HeaderFields {
    fileprivate mutating func lowerLastName() {
        guard let entry = entries.last else { return }
        for index in Int(entry.nameStart)..<Int(entry.nameEnd) { storage[index] = Self.lower(storage[index]) }
    }
}
