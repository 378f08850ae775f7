/// Why a multipart body cannot be read.
public enum MultipartFault: Error, Sendable, Equatable {
    /// The content type is another one.
    case notMultipart
    /// The content type names no boundary.
    case missingBoundary
    /// The body does not begin with the boundary: `expected` and `got` are bytes, `index` counts from the line
    /// break that would stand before it, as python-multipart does.
    case badBoundary(expected: UInt8, got: UInt8, index: Int)
    /// The lines before a part's content are broken.
    case badHeader
    /// More parts, or longer lines, than anybody needs.
    case tooLarge
    /// The body ended inside a part.
    case truncated
}

/// Takes a multipart/form-data body apart as it arrives (RFC 7578, RFC 2046 section 5.1). Pure: bytes in, events out.
public struct MultipartParser: Sendable {
    public enum Event: Sendable, Equatable {
        /// A part begins.
        case part(MultipartHead)
        /// Some of its content.
        case content([UInt8])
        /// The part is complete.
        case partEnd
        /// The last boundary has come; what follows is ignored.
        case end
    }

    private enum State {
        case start(index: Int)
        case afterBoundary
        case finalHyphen
        case boundaryLF
        case header
        case content
        case done
    }

    /// CR LF and the delimiter.
    private let delimiter: [UInt8]
    private var state = State.start(index: 0)
    private var pending: [UInt8] = []
    private var headers: HeaderFields = [:]
    private var headerBytes = 0
    private var partCount = 0

    /// - Parameter contentType: the request's `Content-Type`.
    public init(contentType: String?) throws(MultipartFault) {
        guard let contentType, contentType.lowercased().hasPrefix("multipart/form-data") else { throw .notMultipart }
        guard let boundary = FieldParameters(contentType)["boundary"], !boundary.isEmpty, boundary.utf8.count <= 200
        else { throw .missingBoundary }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Takes bytes and gives what they complete.
    public mutating func feed(_ bytes: [UInt8]) throws(MultipartFault) -> [Event] {
        var events: [Event] = []
        let input = pending.isEmpty ? bytes : pending + bytes
        pending = []
        var index = 0
        while index < input.count {
            switch state {
            case .start(let matched):
                try start(input[index], matched)
                index += 1
            case .afterBoundary:
                if input[index] == 0x2D {
                    state = .finalHyphen
                } else if input[index] == 0x0D {
                    state = .boundaryLF
                } else {
                    throw .badHeader
                }
                index += 1
            case .finalHyphen:
                guard input[index] == 0x2D else { throw .badHeader }
                state = .done
                events.append(.end)
            case .boundaryLF:
                guard input[index] == 0x0A else { throw .badHeader }
                partCount += 1
                guard partCount <= 1000 else { throw .tooLarge }
                headers = [:]
                headerBytes = 0
                state = .header
                index += 1
            case .header:
                guard let end = input[index...].firstIndex(of: 0x0A) else {
                    guard input.count - index + headerBytes <= 16 * 1024 else { throw .tooLarge }
                    pending = Array(input[index...])
                    return events
                }
                try header(input[index..<end], &events)
                index = end + 1
            case .content:
                index = content(input, index, &events)
                if case .content = state { return events }
            case .done:
                return events
            }
        }
        return events
    }

    /// Whether the last boundary has come.
    public var isComplete: Bool {
        if case .done = state { true } else { false }
    }

    private mutating func start(_ byte: UInt8, _ matched: Int) throws(MultipartFault) {
        // The first delimiter has no line break before it; empty lines may stand there.
        if matched == 0, byte == 0x0D || byte == 0x0A { return }
        let expected = delimiter[matched + 2]
        guard byte == expected else { throw .badBoundary(expected: expected, got: byte, index: matched + 2) }
        state = matched + 3 == delimiter.count ? .afterBoundary : .start(index: matched + 1)
    }

    private mutating func header(_ line: ArraySlice<UInt8>, _ events: inout [Event]) throws(MultipartFault) {
        let text = line.last == 0x0D ? line.dropLast() : line
        headerBytes += line.count
        guard headerBytes <= 16 * 1024 else { throw .tooLarge }
        if text.isEmpty {
            events.append(.part(MultipartHead(headers: headers)))
            state = .content
            return
        }
        guard let colon = text.firstIndex(of: 0x3A), colon > text.startIndex else { throw .badHeader }
        let value = text[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        headers.append(
            String(decoding: text[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    /// Passes content on up to the next delimiter; bytes that may be its beginning wait.
    private mutating func content(_ input: [UInt8], _ start: Int, _ events: inout [Event]) -> Int {
        var index = start
        while let candidate = input[index...].firstIndex(of: 0x0D) {
            var matched = 1
            while matched < delimiter.count, candidate + matched < input.count,
                input[candidate + matched] == delimiter[matched]
            {
                matched += 1
            }
            if matched == delimiter.count {
                if candidate > start { events.append(.content(Array(input[start..<candidate]))) }
                events.append(.partEnd)
                state = .afterBoundary
                return candidate + matched
            }
            if candidate + matched == input.count {
                if candidate > start { events.append(.content(Array(input[start..<candidate]))) }
                pending = Array(input[candidate...])
                return input.count
            }
            index = candidate + 1
        }
        events.append(.content(Array(input[start...])))
        return input.count
    }
}

/// The lines before a part's content.
public struct MultipartHead: Sendable, Equatable {
    public let headers: HeaderFields
    /// The form field's name; empty if the part names none.
    public let name: String
    /// The file's name as the client sent it, or nil for a plain field.
    public let filename: String?
    /// The part's own content type, if it has one.
    public var contentType: String? { headers["content-type"] }

    init(headers: HeaderFields) {
        self.headers = headers
        let disposition = FieldParameters(headers["content-disposition"] ?? "")
        name = disposition["name"] ?? ""
        filename = disposition["filename*"].flatMap { Self.extended($0) } ?? disposition["filename"]
    }

    /// `utf-8''na%C3%AFve.txt` (RFC 8187 section 3.2).
    private static func extended(_ text: String) -> String? {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? PercentCoding.decode(String(parts[2])) : nil
    }
}

/// One part, whole.
public struct MultipartPart: Sendable {
    public let head: MultipartHead
    public var bytes: [UInt8]
    public var name: String { head.name }
    public var filename: String? { head.filename }
    public var contentType: String? { head.contentType }
    /// The content as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension Exchange {
    /// All parts of a multipart/form-data body.
    ///
    /// - Parameter limit: how many bytes of body are taken at most; the server's limit if nil.
    /// - Throws: ``MultipartFault`` or ``BodyError``.
    public func multipart(limit: Int? = nil) async throws -> [MultipartPart] {
        var parser = try MultipartParser(contentType: request.headers["content-type"])
        let limit = limit ?? bodyLimit
        if let declaredBodyLength, declaredBodyLength > limit { throw BodyError.tooLarge(limit: limit) }
        var parts: [MultipartPart] = []
        var count = 0
        while let piece = try await nextBodyPiece() {
            count += piece.count
            if count > limit { throw BodyError.tooLarge(limit: limit) }
            for event in try parser.feed(piece) {
                switch event {
                case .part(let head): parts.append(MultipartPart(head: head, bytes: []))
                case .content(let bytes): parts[parts.count - 1].bytes.append(contentsOf: bytes)
                case .partEnd, .end: break
                }
            }
        }
        guard parser.isComplete || (parts.isEmpty && count == 0) else { throw MultipartFault.truncated }
        return parts
    }
}
