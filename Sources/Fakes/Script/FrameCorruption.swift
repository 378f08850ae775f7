internal import JSONTree
internal import Scenarios
internal import SocketServer

/// Frames that a server must not send (RFC 6455 section 5), as bytes.
enum FrameCorruption {
    /// What a corruption does to the socket as a whole; nothing if it is about one message.
    static func acts(_ corruption: Corruption, _ random: SeededRandom) -> [WebSocketAct] {
        let amount = corruption.amount ?? corruption.kind.usualAmount
        switch corruption.kind {
        case .pingFlood:
            return (0..<min(max(amount, 0), 100_000)).map { .ping(Array("\($0)".utf8)) }
        case .oversizedControl:
            let payload = [UInt8](repeating: 0x70, count: min(max(amount, 126), 1 << 20))
            return [.raw(WebSocketFrameBytes.frame(opcode: 0x9, payload: payload))]
        case .badOpcode:
            return [.raw(WebSocketFrameBytes.frame(opcode: 0x3, payload: Array("?".utf8)))]
        case .backpressure:
            return [.stopReading]
        default:
            return []
        }
    }

    /// A message as the frame that it must not be; nil if the corruption is no matter of one frame.
    static func frame(_ message: WebSocketMessage, _ corruption: Corruption) -> [UInt8]? {
        let (opcode, payload) = message.frame
        switch corruption.kind {
        case .maskedFrame:
            return WebSocketFrameBytes.frame(opcode: opcode, payload: payload, maskKey: [0x37, 0xFA, 0x21, 0x3D])
        case .reservedBits:
            return WebSocketFrameBytes.frame(opcode: opcode, payload: payload, reserved: 0b011)
        case .invalidUTF8:
            return WebSocketFrameBytes.frame(opcode: 0x1, payload: payload.invalidUTF8)
        case .invalidJSON:
            return WebSocketFrameBytes.frame(opcode: opcode, payload: EventBytes.withoutLastBrace(payload))
        case .fragmentStall:
            return WebSocketFrameBytes.frame(
                opcode: opcode, payload: Array(payload.prefix(payload.count / 2)), isFinal: false)
        default:
            return nil
        }
    }
}

extension WebSocketMessage {
    fileprivate var frame: (UInt8, [UInt8]) {
        switch self {
        case .text(let text): (0x1, Array(text.utf8))
        case .binary(let bytes): (0x2, bytes)
        }
    }

    /// Itself with some values changed, spelled as it was; as it is if it is no JSON.
    func edited(_ edits: [Edit]) -> WebSocketMessage {
        // What is no JSON has no members to edit.
        guard case .text(let text) = self, let json = try? JSON(parsing: text) else { return self }
        return .text(json.edited(edits).text(.like(text)))
    }
}

extension JSONStyle {
    /// Spaced as Python's `json.dumps` does if the text is, else compact.
    static func like(_ text: String) -> JSONStyle { text.contains("\": ") ? .python : .compact }
}

extension Message {
    var webSocket: WebSocketMessage {
        switch self {
        case .text(let text): .text(text)
        case .json(let json): .text(json.text(.python))
        case .binary(let bytes): .binary(bytes)
        }
    }
}
