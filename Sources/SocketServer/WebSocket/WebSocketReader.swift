/// Reads a client's frames and puts messages together (RFC 6455 sections 5 and 8.1). Pure: bytes in, events out.
///
/// Payload is unmasked and, for text, checked as it arrives, so that a fault is seen at its first byte.
struct WebSocketReader {
    enum Event: Equatable {
        case message(WebSocketMessage)
        /// A whole message of which the payload is still compressed.
        case compressed([UInt8], isText: Bool)
        case ping([UInt8])
        case pong([UInt8])
        case close(code: UInt16?, reason: String)
    }

    private struct Frame {
        var opcode: WebSocketOpcode
        var isFinal: Bool
        var left: Int
        var mask: (UInt8, UInt8, UInt8, UInt8)
        var offset = 0
    }

    private let limit: Int
    private let allowsCompression: Bool
    private var pending: [UInt8] = []
    private var frame: Frame?
    private var control: [UInt8] = []
    private var message: [UInt8] = []
    private var messageOpcode: WebSocketOpcode?
    private var isCompressed = false
    private var utf8 = UTF8Checker()

    init(limit: Int, allowsCompression: Bool) {
        self.limit = limit
        self.allowsCompression = allowsCompression
    }

    /// Takes bytes and appends the events that they complete. After a throw the reader is of no more use.
    mutating func read(_ bytes: [UInt8], into events: inout [Event]) throws(WebSocketFault) {
        var input = bytes
        if !pending.isEmpty {
            input = pending + bytes
            pending = []
        }
        var index = 0
        while true {
            if frame == nil {
                guard let size = try readHead(input, at: index) else { break }
                index += size
            }
            guard var current = frame else { break }
            let count = min(current.left, input.count - index)
            try take(input, index, count, &current)
            index += count
            if current.left > 0 {
                frame = current
                break
            }
            frame = nil
            if let event = try finish(current) {
                events.append(event)
                if case .close = event { return }
            }
        }
        if index < input.count { pending = Array(input[index...]) }
    }

    /// Reads a frame's head. Nil if it is not complete yet.
    private mutating func readHead(_ input: [UInt8], at start: Int) throws(WebSocketFault) -> Int? {
        let available = input.count - start
        guard available >= 2 else { return nil }
        let first = input[start]
        let second = input[start + 1]
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else {
            throw .protocolError("Unexpected opcode=\(first & 0x0F)")
        }
        let isFinal = first & 0x80 != 0
        let reserved = first & 0x70
        let startsMessage = opcode == .text || opcode == .binary
        if reserved & 0x30 != 0 || (reserved != 0 && !(allowsCompression && startsMessage)) {
            throw .protocolError("Received frame with non-zero reserved bits")
        }
        guard second & 0x80 != 0 else { throw .protocolError("Received a frame that is not masked") }
        var length = Int(second & 0x7F)
        if opcode.isControl {
            guard isFinal else { throw .protocolError("Received fragmented control frame") }
            guard length < 126 else { throw .protocolError("Control frame payload cannot be larger than 125 bytes") }
        }
        var size = 2
        if length == 126 {
            guard available >= 4 else { return nil }
            length = Int(input[start + 2]) << 8 | Int(input[start + 3])
            size = 4
        } else if length == 127 {
            guard available >= 10 else { return nil }
            guard input[start + 2] & 0x80 == 0 else { throw .protocolError("Frame length out of range") }
            length = input[(start + 2)..<(start + 10)].reduce(0) { $0 << 8 | Int($1) }
            size = 10
        }
        guard available >= size + 4 else { return nil }
        if !opcode.isControl {
            try begin(opcode, isCompressed: reserved == 0x40, length: length)
        }
        let key = start + size
        frame = Frame(
            opcode: opcode, isFinal: isFinal, left: length,
            mask: (input[key], input[key + 1], input[key + 2], input[key + 3]))
        return size + 4
    }

    private mutating func begin(
        _ opcode: WebSocketOpcode, isCompressed: Bool, length: Int
    ) throws(WebSocketFault) {
        if opcode == .continuation {
            guard messageOpcode != nil else { throw .protocolError("Continuation frame for non started message") }
        } else {
            guard messageOpcode == nil else {
                throw .protocolError("The opcode in non-fin frame is expected to be zero")
            }
            messageOpcode = opcode
            self.isCompressed = isCompressed
            utf8 = UTF8Checker()
        }
        guard length <= limit, message.count <= limit - length else { throw .tooBig(limit) }
    }

    private mutating func take(
        _ input: [UInt8], _ start: Int, _ count: Int, _ frame: inout Frame
    ) throws(WebSocketFault) {
        guard count > 0 else { return }
        if frame.opcode.isControl {
            Self.unmask(input, start, count, frame, into: &control)
        } else {
            let from = message.count
            Self.unmask(input, start, count, frame, into: &message)
            if messageOpcode == .text, !isCompressed, !utf8.take(message, from: from) { throw .invalidText }
        }
        frame.offset = (frame.offset + count) & 3
        frame.left -= count
    }

    private static func unmask(
        _ input: [UInt8], _ start: Int, _ count: Int, _ frame: Frame, into output: inout [UInt8]
    ) {
        let key = [frame.mask.0, frame.mask.1, frame.mask.2, frame.mask.3]
        let offset = frame.offset
        let word = (0..<8).reduce(UInt64(0)) { $0 | UInt64(key[($1 + offset) & 3]) << (8 * $1) }
        let from = output.count
        output.append(contentsOf: input[start..<start + count])
        var bytes = output.mutableSpan
        var index = from
        var raw = unsafe bytes.mutableBytes
        while index < from + (count & ~7) {
            let value = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
            unsafe raw.storeBytes(of: value ^ word, toUncheckedByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < from + count {
            let value = unsafe raw.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
            raw.storeBytes(of: value ^ key[(index - from + offset) & 3], toByteOffset: index, as: UInt8.self)
            index += 1
        }
    }

    private mutating func finish(_ frame: Frame) throws(WebSocketFault) -> Event? {
        if frame.opcode.isControl {
            defer { control = [] }
            switch frame.opcode {
            case .ping: return .ping(control)
            case .pong: return .pong(control)
            default: return try Self.close(control)
            }
        }
        guard frame.isFinal, let opcode = messageOpcode else { return nil }
        let payload = message
        message = []
        messageOpcode = nil
        if isCompressed { return .compressed(payload, isText: opcode == .text) }
        if opcode == .binary { return .message(.binary(payload)) }
        guard utf8.isComplete else { throw .invalidText }
        return .message(.text(String(decoding: payload, as: UTF8.self)))
    }

    /// RFC 6455 section 7.4: which codes may stand in a frame.
    private static func close(_ payload: [UInt8]) throws(WebSocketFault) -> Event {
        if payload.isEmpty { return .close(code: nil, reason: "") }
        guard payload.count >= 2 else { throw .protocolError("Invalid close frame") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw .protocolError("Invalid close code: \(code)")
        }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw .invalidText }
        return .close(code: code, reason: reason)
    }
}
