internal import JSONTree
internal import SocketServer

/// What the events of a stream have in common: each begins alike and ends with an empty line.
struct EventLine {
    /// `data: ` included.
    let prefix: [UInt8]

    /// Appends the next event.
    @inline(__always)
    func add(to output: inout [UInt8], _ write: (inout [UInt8]) -> Void) {
        output.reserveCapacity(output.count + prefix.count + 128)
        output.append(contentsOf: prefix)
        write(&output)
        output.add("\n\n")
    }

    /// The next event: one HTTP chunk.
    func event(_ write: (inout [UInt8]) -> Void) -> [UInt8] {
        var output: [UInt8] = []
        add(to: &output, write)
        return output
    }

    static let done = Array("data: [DONE]\n\n".utf8)

    /// An error in the middle of a stream: this one is written by Python's `json`, with blanks.
    static func error(_ failure: CallFailure) -> [UInt8] {
        let error: JSON = [
            "error": [
                "message": .string(failure.bareMessage), "type": .string(ProxyError.type(of: failure.status)),
                "param": nil, "code": .string(String(failure.status)),
            ]
        ]
        return Array("data: ".utf8) + error.bytes(.python) + Array("\n\n".utf8)
    }
}

extension Reply {
    /// A stream of events.
    static func events(
        _ fields: HeaderFields, crossOrigin: Bool, _ produce: @escaping @Sendable (ResponseWriter) async throws -> Void
    ) -> Reply {
        var headers = fields
        headers.append(contentsOf: FixedFields.stream)
        headers.close(crossOrigin: crossOrigin)
        return .stream(headers: headers, produce)
    }
}

extension String {
    /// Pieces of three characters, as litellm cuts the text of a mock: characters of Python, that is code points.
    var mockPieces: [Substring] {
        var pieces: [Substring] = []
        pieces.reserveCapacity(utf8.count / 3 + 1)
        var start = startIndex
        while start < endIndex {
            let end = unicodeScalars.index(start, offsetBy: 3, limitedBy: endIndex) ?? endIndex
            pieces.append(self[start..<end])
            start = end
        }
        return pieces
    }
}

extension [UInt8] {
    /// A short piece of text as a JSON string. Most need no escape and are copied.
    @inline(__always)
    mutating func add(quotedPiece piece: Substring) {
        for byte in piece.utf8 where byte < 0x20 || byte == 0x22 || byte == 0x5C {
            return add(quoted: String(piece))
        }
        append(0x22)
        append(contentsOf: piece.utf8)
        append(0x22)
    }
}
