/// Writes the head of an answer, byte for byte as the imitated server does.
struct ResponseHead {
    enum Framing {
        case none
        case length(Int)
        case chunked
        case untilClose
    }

    static func write(
        _ reply: Reply, framing: Framing, closes: Bool, version: HTTPVersion = .http11, style: HeadStyle, date: [UInt8],
        into output: inout [UInt8]
    ) {
        let isOld = version == .http10 && style.oldClients == .inTheirVersion
        output.append(contentsOf: (isOld ? "HTTP/1.0 " : "HTTP/1.1 ").utf8)
        append(reply.status, to: &output)
        output.append(0x20)
        output.append(text: reply.reason ?? StatusPhrase.of(reply.status))
        endLine(&output)
        write(style.leading, reply: reply, date: date, into: &output)
        reply.headers.write(into: &output)
        let tellsLength = reply.headers.contains("content-length")
        let tellsEncoding = reply.headers.contains("transfer-encoding")
        if case .length(let count) = framing, !tellsLength, !tellsEncoding {
            output.append(text: style.contentLengthName)
            output.append(contentsOf: ": ".utf8)
            append(count, to: &output)
            endLine(&output)
        }
        let chunks: Bool
        if case .chunked = framing { chunks = !tellsLength && !tellsEncoding } else { chunks = false }
        if chunks, !style.chunkedIsLast { field(style.chunkedName, "chunked", &output) }
        write(style.trailing, reply: reply, date: date, into: &output)
        if chunks, style.chunkedIsLast { field(style.chunkedName, "chunked", &output) }
        // Silence means `close` to an old client, and `keep-alive` to others.
        if closes != isOld, let name = style.connectionCloseName, !reply.headers.contains("connection") {
            field(name, closes ? "close" : "keep-alive", &output)
        }
        endLine(&output)
    }

    static func write(
        _ fields: [HeadStyle.Automatic], reply: Reply, date: [UInt8], into output: inout [UInt8]
    ) {
        for automatic in fields {
            switch automatic {
            case .date(let name):
                if reply.headers.contains(name) { continue }
                output.append(text: name)
                output.append(contentsOf: ": ".utf8)
                output.append(contentsOf: date)
                endLine(&output)
            case .fixed(let name, let value):
                if !reply.headers.contains(name) { field(name, value, &output) }
            }
        }
    }

    private static func field(_ name: String, _ value: String, _ output: inout [UInt8]) {
        output.append(text: name)
        output.append(contentsOf: ": ".utf8)
        output.append(text: value)
        endLine(&output)
    }

    @inline(__always)
    static func endLine(_ output: inout [UInt8]) {
        output.append(0x0D)
        output.append(0x0A)
    }

    static func append(_ number: Int, to output: inout [UInt8]) {
        if number < 10 {
            output.append(UInt8(0x30 + max(0, number)))
            return
        }
        append(number / 10, to: &output)
        output.append(UInt8(0x30 + number % 10))
    }
}

extension HeaderFields {
    /// `name: value` lines, as they stand.
    func write(into output: inout [UInt8]) {
        let length = entries.reduce(0) { $0 + $1.name.count + $1.value.count + 4 }
        unsafe storage.withUnsafeBufferPointer { bytes in
            output.append(addingCapacity: length) { room in
                for entry in entries {
                    unsafe room.append(copying: UnsafeBufferPointer(rebasing: bytes[entry.name]))
                    room.append(0x3A)
                    room.append(0x20)
                    unsafe room.append(copying: UnsafeBufferPointer(rebasing: bytes[entry.value]))
                    room.append(0x0D)
                    room.append(0x0A)
                }
            }
        }
    }
}
