internal import JSONTree
internal import Scenarios
internal import SocketServer

/// Breaks an answer in the ways that need no more than the answer: its head, its length, its whole body.
///
/// What breaks a stream piece by piece is done by ``StreamScreen``.
struct ReplyCorruption {
    let kind: Corruption.Kind
    let amount: Int?
    var random: SeededRandom

    init(_ corruption: Corruption, _ random: SeededRandom) {
        kind = corruption.kind
        amount = corruption.amount
        self.random = random
    }

    /// An answer to no key that a client could have sent.
    private static let otherAcceptKey = "bm90IHRoZSBrZXkgeW91IHNlbnQ="

    private var count: Int { amount ?? kind.usualAmount }

    /// The broken answer.
    ///
    /// - Parameter target: of the request, for a redirect to itself.
    mutating func corrupt(_ reply: Reply, target: String) -> Reply {
        var reply = reply
        switch kind {
        case .wrongContentType:
            reply.headers["content-type"] = "text/html; charset=utf-8"
        case .duplicateHeaders:
            var fields = Array(reply.headers)
            if case .webSocket(let options, _) = reply.body {
                // Those of the handshake, which are not among the answer's own.
                fields += [
                    ("Upgrade", "websocket"), ("Connection", options.connectionValue),
                    ("Sec-WebSocket-Accept", Self.otherAcceptKey),
                ]
            }
            for field in fields { reply.headers.append(field.name, Self.another(field.value)) }
        case .hugeHeaders:
            reply.headers.append("x-huge", String(repeating: "h", count: count))
        case .redirectLoop:
            return Reply(status: 307, headers: ["location": target], body: .bytes([]))
        case .emptyAnswer:
            return Reply(body: .close)
        case .garbage:
            let bytes = garbage(count)
            return Reply(body: .raw { try await $0.writeRaw(bytes) })
        case .wrongContentLength, .truncatedBody, .invalidJSON, .invalidUTF8, .badChunk:
            if case .bytes(let body) = reply.body { return corruptBody(reply, body) }
        case .badAcceptKey:
            if case .webSocket(var options, let run) = reply.body {
                options.acceptKey = Self.otherAcceptKey
                reply.body = .webSocket(options, run)
            }
        case .missingTerminator, .splitUTF8, .mixedLineEnds, .byteOrderMark, .comments, .retry, .hugeLine, .halfEvent,
            .noPong, .pingFlood, .maskedFrame, .reservedBits, .badOpcode, .oversizedControl, .fragmentStall,
            .backpressure:
            break
        }
        return reply
    }

    private func corruptBody(_ reply: Reply, _ body: [UInt8]) -> Reply {
        var reply = reply
        let half = body.prefix(amount.map { max(0, $0) } ?? body.count / 2)
        switch kind {
        case .wrongContentLength:
            return Self.promising(max(0, body.count + count), reply, body)
        case .truncatedBody:
            return Self.promising(body.count, reply, Array(half))
        case .invalidJSON:
            // The last character goes: an object that is never closed.
            reply.replaceBody(Array(body.dropLast()))
        case .invalidUTF8:
            reply.replaceBody(body.invalidUTF8)
        case .badChunk:
            reply.headers.remove("content-length")
            reply.body = .stream { writer in
                if !half.isEmpty { try await writer.write(Array(half)) }
                try await writer.writeRaw(Array("zz\r\n".utf8))
                writer.abort()
            }
        default: break
        }
        return reply
    }

    /// An answer whose head promises another length than its body has; the connection ends behind it.
    private static func promising(_ length: Int, _ reply: Reply, _ body: [UInt8]) -> Reply {
        var reply = reply
        reply.headers["content-length"] = "\(length)"
        reply.closes = true
        reply.body = .stream { writer in
            try await writer.write(body)
            writer.abort()
        }
        return reply
    }

    /// A value that is not the same, for a field that is there twice.
    private static func another(_ value: String) -> String {
        guard let number = Int(value) else { return value }
        return "\(number + 1)"
    }

    private mutating func garbage(_ count: Int) -> [UInt8] {
        (0..<min(max(count, 0), 1 << 20)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
}

extension [UInt8] {
    /// Itself with a byte that no UTF-8 text holds in its middle: inside of a JSON text, if it is one.
    var invalidUTF8: [UInt8] {
        var bytes = self
        let letters = bytes.indices.filter { bytes[$0] >= 0x61 && bytes[$0] <= 0x7A }
        if letters.isEmpty { return bytes + [0xFF] }
        bytes[letters[letters.count / 2]] = 0xFF
        return bytes
    }
}
