/// Reads the head of an HTTP/1 request (RFC 9112 sections 2 to 5), strictly where a difference in reading could
/// be misused and with the tolerance that real servers have: empty lines before the request line, bare LF line ends.
struct RequestParser {
    /// How a request's body is delimited.
    enum Framing: Equatable {
        case none
        case length(Int)
        case chunked
    }

    struct Head {
        var request: Request
        var framing: Framing
        var keepsAlive: Bool
        var expectsContinue: Bool
    }

    private let requiresHost: Bool
    /// Bounds of a target and of a field, and of the number of fields.
    private let lineBytes: Int?
    private let fields: Int?
    /// Bytes already searched for the end of the head: a sender of single bytes costs no more than another.
    private var searched = 0

    init(_ configuration: ServerConfiguration) {
        requiresHost = configuration.style.requiresHost
        lineBytes = configuration.limits.lineBytes
        fields = configuration.limits.fields
    }

    /// Where the head in `input` ends, or nil if its end has not come yet.
    mutating func endOfHead(in input: [UInt8], from start: Int) -> Int? {
        var index = max(start, searched)
        let count = input.count
        while index < count {
            if input[index] == 0x0A {
                if index + 1 < count, input[index + 1] == 0x0A {
                    searched = 0
                    return index + 2
                }
                if index + 2 < count, input[index + 1] == 0x0D, input[index + 2] == 0x0A {
                    searched = 0
                    return index + 3
                }
                if index + 2 >= count { break }
            }
            index += 1
        }
        searched = index
        return nil
    }

    /// Whether bytes that hold no complete head yet can still become a request line: a fault is told at once.
    func isHopeless(_ input: [UInt8], from start: Int) -> Bool {
        for index in start..<min(input.count, start + 32) {
            let byte = input[index]
            if byte == 0x20 { return index == start }
            if byte == 0x0D || byte == 0x0A { return index != start }
            if !Self.isToken(byte) { return true }
        }
        return input.count - start >= 32
    }

    /// The line at the end of an unfinished head, if it is too long already: a fault is told at once.
    func overlongLine(in input: [UInt8]) -> RequestFault? {
        guard let lineBytes, input.count > lineBytes else { return nil }
        let start = input.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = input[start...]
        // The target stands behind the method, a value behind the name.
        let mark: UInt8 = start == 0 ? 0x20 : 0x3A
        var text = line.firstIndex(of: mark).map { line[($0 + 1)...] } ?? line
        if start == 0 { text = text.prefix { $0 != 0x20 } } else { text = text.drop { $0 == 0x20 || $0 == 0x09 } }
        guard text.count > lineBytes else { return nil }
        let beginning = Array(text.prefix(100))
        return start == 0 ? .targetTooLong(beginning: beginning) : .fieldTooLong(beginning: beginning)
    }

    func parse(
        _ input: [UInt8], from start: Int, to end: Int, peer: SocketAddress, isSecure: Bool
    ) throws(RequestFault) -> Head {
        var line = Self.line(input, from: start, to: end)
        let method = try Self.token(input, line.start, line.end)
        var index = method + 1
        guard index < line.end else { throw .badRequestLine }
        let targetStart = index
        while index < line.end, input[index] != 0x20 {
            if input[index] < 0x21 || input[index] == 0x7F { throw .badRequestLine }
            index += 1
        }
        guard index > targetStart, index < line.end else { throw .badRequestLine }
        if let lineBytes, index - targetStart > lineBytes {
            throw .targetTooLong(beginning: Array(input[targetStart..<index].prefix(100)))
        }
        let version = try Self.version(input, index + 1, line.end)
        let methodName = String(decoding: input[line.start..<method], as: UTF8.self)
        let target = String(decoding: input[targetStart..<index], as: UTF8.self)

        var headers = HeaderFields()
        headers.storage = Array(input[line.next..<end])
        headers.entries.reserveCapacity(16)
        let base = line.next
        while true {
            line = Self.line(input, from: line.next, to: end)
            if line.start == line.end { break }
            let first = input[line.start]
            // Folded lines (RFC 9112 section 5.2) are refused, as current servers do.
            if first == 0x20 || first == 0x09 { throw .badHeader }
            let colon = try Self.nameEnd(input, line.start, line.end)
            var valueStart = colon + 1
            var valueEnd = line.end
            while valueStart < valueEnd, input[valueStart] == 0x20 || input[valueStart] == 0x09 { valueStart += 1 }
            while valueEnd > valueStart, input[valueEnd - 1] == 0x20 || input[valueEnd - 1] == 0x09 { valueEnd -= 1 }
            for index in valueStart..<valueEnd where input[index] < 0x20 && input[index] != 0x09 || input[index] == 0x7F
            {
                throw .badHeader
            }
            if let lineBytes, max(colon - line.start, valueEnd - valueStart) > lineBytes {
                let start = colon - line.start > lineBytes ? line.start : valueStart
                throw .fieldTooLong(beginning: Array(input[start..<line.end].prefix(100)))
            }
            if headers.entries.count == fields { throw .tooManyFields }
            headers.entries.append(
                .init(
                    nameStart: UInt32(line.start - base), nameEnd: UInt32(colon - base),
                    valueStart: UInt32(valueStart - base), valueEnd: UInt32(valueEnd - base)))
        }
        if requiresHost {
            if version == .http11, !headers.contains("host") { throw .missingHost }
            if headers.all("host").count > 1 { throw .severalHosts }
        }
        let framing = try Self.framing(of: headers)
        let closes = headers.list("connection", contains: "close")
        let keepsAlive = version == .http11 ? !closes : headers.list("connection", contains: "keep-alive")
        let expects = version == .http11 && headers.list("expect", contains: "100-continue")
        let request = Request(
            method: methodName, target: target, version: version, headers: headers, peer: peer, isSecure: isSecure)
        return Head(request: request, framing: framing, keepsAlive: keepsAlive, expectsContinue: expects)
    }

    private static func framing(of headers: HeaderFields) throws(RequestFault) -> Framing {
        let lengths = headers.all("content-length")
        if headers.contains("transfer-encoding") {
            guard lengths.isEmpty, headers.list("transfer-encoding", contains: "chunked") else { throw .badLength }
            return .chunked
        }
        guard let first = lengths.first else { return .none }
        guard lengths.allSatisfy({ $0 == first }), !first.isEmpty, first.utf8.count <= 18,
            first.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(first)
        else { throw .badLength }
        return length == 0 ? .none : .length(length)
    }

    private static func version(_ input: [UInt8], _ start: Int, _ end: Int) throws(RequestFault) -> HTTPVersion {
        let text = "HTTP/"
        guard end - start == 8, input[start..<start + 5].elementsEqual(text.utf8), input[start + 6] == 0x2E,
            input[start + 5] >= 0x30, input[start + 5] <= 0x39, input[start + 7] >= 0x30, input[start + 7] <= 0x39
        else { throw .badRequestLine }
        guard input[start + 5] == 0x31 else { throw .badVersion }
        return input[start + 7] == 0x30 ? .http10 : .http11
    }

    /// One line: where it starts, where its text ends, where the next one starts.
    @inline(__always)
    private static func line(_ input: [UInt8], from start: Int, to end: Int) -> (start: Int, end: Int, next: Int) {
        var index = start
        while index < end, input[index] != 0x0A { index += 1 }
        let textEnd = index > start && input[index - 1] == 0x0D ? index - 1 : index
        return (start, textEnd, min(index + 1, end))
    }

    private static func token(_ input: [UInt8], _ start: Int, _ end: Int) throws(RequestFault) -> Int {
        var index = start
        while index < end, input[index] != 0x20 {
            guard isToken(input[index]) else { throw .badRequestLine }
            index += 1
        }
        guard index > start, index < end, index - start <= 32 else { throw .badRequestLine }
        return index
    }

    private static func nameEnd(_ input: [UInt8], _ start: Int, _ end: Int) throws(RequestFault) -> Int {
        var index = start
        while index < end, input[index] != 0x3A {
            guard isToken(input[index]) else { throw .badHeader }
            index += 1
        }
        guard index > start, index < end else { throw .badHeader }
        return index
    }

    /// RFC 9110 section 5.6.2: letters, digits and fifteen signs.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
