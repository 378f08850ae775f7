/// A message of a WebSocket.
enum WebSocketMessage: Sendable, Hashable {
    case text(String)
    case binary([UInt8])
}

/// How a WebSocket ended, or why we end it.
enum WebSocketFailure: Error, Sendable, Equatable {
    /// The server sent a close frame; nil without a code.
    case closed(code: UInt16?, reason: String)
    /// The connection ended without a close frame.
    case lost
    /// The server broke RFC 6455; `code` is what it is told in our close frame.
    case violation(code: UInt16, expected: String, came: String)
    /// No pong came in time.
    case noPong
}

/// Puts messages together from frames, and refuses what a server must not send (RFC 6455, section 5).
///
/// Pure. Frames have been cut by the decoder; extensions were not offered, so reserved bits have no meaning.
struct WebSocketAssembly: Sendable {
    struct Frame: Sendable {
        var opcode: UInt8
        var isFinal = true
        var hasReservedBits = false
        var isMasked = false
        var payload: [UInt8] = []
    }

    enum Outcome: Sendable, Equatable {
        case nothing
        case message(WebSocketMessage)
        case ping([UInt8])
        case pong([UInt8])
        case close(code: UInt16?, reason: String)
    }

    /// The longest message, all fragments together, in bytes.
    let maximumBytes: Int
    private var opcode: UInt8?
    private var payload: [UInt8] = []

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Whether a message has begun that is not complete.
    var isInsideMessage: Bool { opcode != nil }

    mutating func take(_ frame: Frame) throws(WebSocketFailure) -> Outcome {
        if frame.isMasked { throw .violation(code: 1002, expected: "an unmasked frame", came: "a masked one") }
        if frame.hasReservedBits {
            throw .violation(code: 1002, expected: "reserved bits that are zero", came: "one that is set")
        }
        if frame.opcode >= 8 { return try control(frame) }
        switch (frame.opcode, opcode) {
        case (0, nil): throw .violation(code: 1002, expected: "a new message", came: "a continuation of none")
        case (0, _?): break
        case (1, nil), (2, nil): opcode = frame.opcode
        case (1, _?), (2, _?): throw .violation(code: 1002, expected: "a continuation", came: "a new message")
        default: throw .violation(code: 1002, expected: "a known opcode", came: "opcode \(frame.opcode)")
        }
        guard payload.count + frame.payload.count <= maximumBytes else {
            throw .violation(
                code: 1009, expected: "messages of \(maximumBytes) bytes at most",
                came: "at least \(payload.count + frame.payload.count)")
        }
        payload += frame.payload
        guard frame.isFinal else { return .nothing }
        defer {
            opcode = nil
            payload = []
        }
        guard opcode == 1 else { return .message(.binary(payload)) }
        guard let text = String(validating: payload, as: UTF8.self) else {
            throw .violation(code: 1007, expected: "text in UTF-8", came: "bytes that are none")
        }
        return .message(.text(text))
    }

    private func control(_ frame: Frame) throws(WebSocketFailure) -> Outcome {
        guard frame.isFinal, frame.payload.count <= 125 else {
            throw .violation(
                code: 1002, expected: "a whole control frame of 125 bytes at most",
                came: frame.isFinal ? "\(frame.payload.count) bytes" : "a fragment")
        }
        switch frame.opcode {
        case 8: return try close(frame.payload)
        case 9: return .ping(frame.payload)
        case 10: return .pong(frame.payload)
        default: throw .violation(code: 1002, expected: "a known opcode", came: "opcode \(frame.opcode)")
        }
    }

    private func close(_ payload: [UInt8]) throws(WebSocketFailure) -> Outcome {
        if payload.isEmpty { return .close(code: nil, reason: "") }
        guard payload.count >= 2, let reason = String(validating: payload[2...], as: UTF8.self) else {
            throw .violation(code: 1002, expected: "a close code and a reason in UTF-8", came: "neither")
        }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        // Section 7.4: 1005, 1006 and 1015 are never sent, the rest below 3000 is what the registry has.
        guard (1000...1003).contains(code) || (1007...1014).contains(code) || (3000...4999).contains(code) else {
            throw .violation(code: 1002, expected: "a close code that may be sent", came: "\(code)")
        }
        return .close(code: code, reason: reason)
    }
}
