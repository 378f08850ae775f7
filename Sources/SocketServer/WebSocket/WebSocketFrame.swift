/// The kinds of frame (RFC 6455 section 5.2).
enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    var isControl: Bool { rawValue & 0x8 != 0 }
}

/// Writes frames of a server: never masked.
enum WebSocketFrame {
    static func write(
        _ opcode: WebSocketOpcode, _ payload: [UInt8], isFinal: Bool = true, isCompressed: Bool = false,
        into output: inout [UInt8]
    ) {
        output.reserveCapacity(output.count + payload.count + 10)
        writeHead(opcode, count: payload.count, isFinal: isFinal, isCompressed: isCompressed, into: &output)
        output.append(contentsOf: payload)
    }

    static func writeHead(
        _ opcode: WebSocketOpcode, count: Int, isFinal: Bool, isCompressed: Bool, into output: inout [UInt8]
    ) {
        output.append((isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode.rawValue)
        writeLength(count, isMasked: false, into: &output)
    }

    /// The second byte of a frame, and those that carry a longer length.
    static func writeLength(_ count: Int, isMasked: Bool, into output: inout [UInt8]) {
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch count {
        case ..<126:
            output.append(mask | UInt8(count))
        case ..<65_536:
            output.append(mask | 126)
            output.append(UInt8(count >> 8))
            output.append(UInt8(count & 0xFF))
        default:
            output.append(mask | 127)
            for shift in stride(from: 56, through: 0, by: -8) { output.append(UInt8(count >> shift & 0xFF)) }
        }
    }

    /// The payload of a close frame (section 5.5.1).
    static func closePayload(code: UInt16, reason: String) -> [UInt8] {
        var text = Array(reason.utf8.prefix(123))
        // Cut between characters, not inside one.
        while !text.isEmpty, String(validating: text, as: UTF8.self) == nil { text.removeLast() }
        return [UInt8(code >> 8), UInt8(code & 0xFF)] + text
    }
}

/// Why a connection fails, as a close code.
struct WebSocketFault: Error, Equatable {
    var code: UInt16
    var reason: String

    static func protocolError(_ reason: String) -> WebSocketFault { .init(code: 1002, reason: reason) }
    static let invalidText = WebSocketFault(code: 1007, reason: "Invalid UTF-8 text message")
    static func tooBig(_ limit: Int) -> WebSocketFault {
        .init(code: 1009, reason: "Message size exceeds limit \(limit)")
    }
}
