/// Takes the framing off a chunked request body (RFC 9112 section 7.1). Extensions and trailers are read and dropped.
struct ChunkedDecoder {
    private enum State {
        case size(Int, digits: Int)
        case extensions(Int)
        case sizeLF(Int)
        case data(Int)
        case dataCR
        case dataLF
        case trailer(lineIsEmpty: Bool)
        case done
    }

    private var state = State.size(0, digits: 0)
    /// Bytes of extensions and trailers so far: nobody needs many.
    private var overhead = 0
    private static let overheadLimit = 16 * 1024

    var isDone: Bool {
        if case .done = state { true } else { false }
    }

    /// Decodes from `index` on, appends the body's bytes to `body` and moves `index` behind what was used.
    mutating func decode(_ input: [UInt8], from index: inout Int, into body: inout [UInt8]) throws(RequestFault) {
        while index < input.count {
            switch state {
            case .done:
                return
            case .data(let left):
                let count = min(left, input.count - index)
                body.append(contentsOf: input[index..<index + count])
                index += count
                state = left == count ? .dataCR : .data(left - count)
                continue
            default:
                try step(input[index])
                index += 1
            }
        }
    }

    private mutating func step(_ byte: UInt8) throws(RequestFault) {
        switch state {
        case .size(let size, let digits):
            if let digit = PercentCoding.digit(byte) {
                guard digits < 12 else { throw .badChunk }
                state = .size(size << 4 | Int(digit), digits: digits + 1)
            } else {
                guard digits > 0 else { throw .badChunk }
                try endSize(size, byte)
            }
        case .extensions(let size):
            if byte == 0x0A {
                beginData(size)
            } else if byte == 0x0D {
                state = .sizeLF(size)
            } else {
                try count(byte)
            }
        case .sizeLF(let size):
            guard byte == 0x0A else { throw .badChunk }
            beginData(size)
        case .dataCR:
            if byte == 0x0D {
                state = .dataLF
            } else if byte == 0x0A {
                state = .size(0, digits: 0)
            } else {
                throw .badChunk
            }
        case .dataLF:
            guard byte == 0x0A else { throw .badChunk }
            state = .size(0, digits: 0)
        case .trailer(let lineIsEmpty):
            if byte == 0x0A {
                state = lineIsEmpty ? .done : .trailer(lineIsEmpty: true)
            } else if byte != 0x0D {
                try count(byte)
                state = .trailer(lineIsEmpty: false)
            }
        case .data, .done:
            break
        }
    }

    private mutating func endSize(_ size: Int, _ byte: UInt8) throws(RequestFault) {
        switch byte {
        case 0x0D: state = .sizeLF(size)
        case 0x0A: beginData(size)
        case 0x3B, 0x20, 0x09: state = .extensions(size)
        default: throw .badChunk
        }
    }

    private mutating func beginData(_ size: Int) {
        state = size == 0 ? .trailer(lineIsEmpty: true) : .data(size)
    }

    private mutating func count(_ byte: UInt8) throws(RequestFault) {
        overhead += 1
        if overhead > Self.overheadLimit || byte < 0x09 { throw .badChunk }
    }
}
