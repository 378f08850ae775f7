// An exchange is what a journal is mostly made of, so its numbers are copied as one piece and its texts as they are.

/// What an exchange has of fixed size.
private struct ExchangeNumbers: BitwiseCopyable {
    var id: Int64
    var began: Duration
    var head: Duration
    var ended: Duration
    var requestBodySize: Int64
    var responseBodySize: Int64
    var status: Int32
    var requestBody: UInt32
    var responseBody: UInt32
    var requestBytes: UInt32
    var responseBytes: UInt32
    var method: UInt32
    var target: UInt32
    var path: UInt32
    var client: UInt32
    var requestFields: UInt16
    var responseFields: UInt16
    var outcome: UInt8
    var flags: UInt8
}

private enum ExchangeFlags {
    static let isSecure: UInt8 = 1
    static let isStream: UInt8 = 2
    static let hasHead: UInt8 = 4
    /// The path is the target as it stands, as it is without a query and percent signs.
    static let pathIsTarget: UInt8 = 8
    static let isHTTP11: UInt8 = 16
    /// Reason, error, rules, version: what most exchanges have none of.
    static let hasMore: UInt8 = 32
    static let hasRoute: UInt8 = 64
    /// The route is the path as it stands, as it is without a variable part.
    static let routeIsPath: UInt8 = 128
}

extension ExchangeRecord {
    /// - Parameter limit: bytes that are kept of a body.
    func write(to tape: inout [UInt8], body limit: Int) {
        let pathIsTarget = path == target
        let routeIsPath = route == path
        let isHTTP11 = version == "HTTP/1.1"
        let hasMore = !isHTTP11 || !reason.isEmpty || nativeError != nil || !rules.isEmpty
        let numbers = ExchangeNumbers(
            id: Int64(id), began: began, head: head ?? .zero, ended: ended, requestBodySize: Int64(requestBodySize),
            responseBodySize: Int64(responseBodySize), status: Int32(truncatingIfNeeded: status),
            requestBody: UInt32(min(requestBody.count, limit)), responseBody: UInt32(min(responseBody.count, limit)),
            requestBytes: UInt32(requestHeaders.bytes.count), responseBytes: UInt32(responseHeaders.bytes.count),
            method: UInt32(method.utf8.count), target: UInt32(target.utf8.count),
            path: UInt32(pathIsTarget ? 0 : path.utf8.count), client: UInt32(client.utf8.count),
            requestFields: UInt16(clamping: requestHeaders.places.count),
            responseFields: UInt16(clamping: responseHeaders.places.count), outcome: outcome.code,
            flags: (scheme == "https" ? ExchangeFlags.isSecure : 0) | (isStream ? ExchangeFlags.isStream : 0)
                | (head != nil ? ExchangeFlags.hasHead : 0) | (pathIsTarget ? ExchangeFlags.pathIsTarget : 0)
                | (isHTTP11 ? ExchangeFlags.isHTTP11 : 0) | (hasMore ? ExchangeFlags.hasMore : 0)
                | (route != nil ? ExchangeFlags.hasRoute : 0) | (routeIsPath ? ExchangeFlags.routeIsPath : 0))
        tape.put(numbers)
        tape.append(text: method)
        tape.append(text: target)
        if !pathIsTarget { tape.append(text: path) }
        tape.append(text: client)
        requestHeaders.write(to: &tape)
        responseHeaders.write(to: &tape)
        tape.append(contentsOf: requestBody.prefix(limit))
        tape.append(contentsOf: responseBody.prefix(limit))
        if let route, !routeIsPath { tape.put(text: route) }
        if case .brokenOff(let rule) = outcome { tape.put(text: rule) }
        guard hasMore else { return }
        tape.put(text: version)
        tape.put(text: reason)
        tape.put(text: nativeError)
        tape.put(UInt32(rules.count))
        for rule in rules { tape.put(text: rule) }
    }

    init(from tape: inout TapeReader) {
        let numbers = tape.take(ExchangeNumbers.self)
        let has = { (flag: UInt8) in numbers.flags & flag != 0 }
        let method = tape.text(Int(numbers.method))
        let target = tape.text(Int(numbers.target))
        let path = has(ExchangeFlags.pathIsTarget) ? target : tape.text(Int(numbers.path))
        let client = tape.text(Int(numbers.client))
        let requestHeaders = HeaderRecord(
            bytes: tape.bytes(Int(numbers.requestBytes)), places: tape.places(Int(numbers.requestFields)))
        let responseHeaders = HeaderRecord(
            bytes: tape.bytes(Int(numbers.responseBytes)), places: tape.places(Int(numbers.responseFields)))
        let requestBody = tape.bytes(Int(numbers.requestBody))
        let responseBody = tape.bytes(Int(numbers.responseBody))
        let route: String? =
            if !has(ExchangeFlags.hasRoute) { nil } else if has(ExchangeFlags.routeIsPath) { path } else { tape.text() }
        let outcome = ExchangeOutcome(code: numbers.outcome, from: &tape)
        self.init(
            id: Int(numbers.id), client: client, scheme: has(ExchangeFlags.isSecure) ? "https" : "http",
            method: method, target: target, path: path, route: route, requestHeaders: requestHeaders,
            requestBody: requestBody, requestBodySize: Int(numbers.requestBodySize), status: Int(numbers.status),
            responseHeaders: responseHeaders, responseBody: responseBody,
            responseBodySize: Int(numbers.responseBodySize), isStream: has(ExchangeFlags.isStream),
            began: numbers.began, head: has(ExchangeFlags.hasHead) ? numbers.head : nil, ended: numbers.ended,
            outcome: outcome)
        guard has(ExchangeFlags.hasMore) else { return }
        version = tape.text()
        reason = tape.text()
        nativeError = tape.textIfAny()
        rules = (0..<tape.take(UInt32.self)).map { _ in tape.text() }
    }
}

extension ExchangeOutcome {
    fileprivate var code: UInt8 {
        switch self {
        case .complete: 0
        case .clientLeft: 1
        case .brokenOff: 2
        case .reset: 3
        }
    }

    fileprivate init(code: UInt8, from tape: inout TapeReader) {
        self =
            switch code {
            case 1: .clientLeft
            case 2: .brokenOff(rule: tape.text())
            case 3: .reset
            default: .complete
            }
    }
}

extension HeaderRecord {
    /// The counts stand elsewhere.
    fileprivate func write(to tape: inout [UInt8]) {
        tape.append(contentsOf: bytes)
        unsafe places.prefix(Int(UInt16.max)).withUnsafeBytes { unsafe tape.append(contentsOf: $0) }
    }
}

extension TapeReader {
    fileprivate mutating func places(_ count: Int) -> [SIMD4<UInt32>] {
        (0..<count).map { _ in take(SIMD4<UInt32>.self) }
    }
}

extension [UInt8] {
    /// Appends a text in UTF-8; its count stands elsewhere.
    @inline(__always)
    fileprivate mutating func append(text: String) {
        var text = text
        text.withUTF8 { unsafe append(contentsOf: $0) }
    }
}
