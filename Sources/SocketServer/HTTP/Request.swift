/// The version in a request line.
public enum HTTPVersion: Sendable, Equatable {
    case http10
    case http11
    case http2

    /// As it is written: `HTTP/1.1`.
    public var name: String {
        switch self {
        case .http10: "HTTP/1.0"
        case .http11: "HTTP/1.1"
        case .http2: "HTTP/2"
        }
    }
}

/// The head of one HTTP request, as it came: nothing is normalised but what says so.
public struct Request: Sendable {
    /// The method as sent, for example `GET`. Methods are case-sensitive (RFC 9110 section 9.1).
    public var method: String
    /// The request target as sent: path and query, percent-encoded, or `*`, or an absolute URI.
    public var target: String
    /// The path as sent, without the query.
    public var rawPath: String
    /// The path with percent-encoding removed; bytes that are no UTF-8 become U+FFFD.
    public var path: String
    /// The query as sent, without its question mark; empty if there is none.
    public var query: String
    public var version: HTTPVersion
    public var headers: HeaderFields
    /// Where the request came from.
    public var peer: SocketAddress
    /// Whether it came over TLS.
    public var isSecure: Bool

    public init(
        method: String, target: String, version: HTTPVersion = .http11, headers: HeaderFields = [:],
        peer: SocketAddress = .init(host: "127.0.0.1", port: 0), isSecure: Bool = false
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.peer = peer
        self.isSecure = isSecure
        (rawPath, query) = Self.split(target)
        path = PercentCoding.decode(rawPath)
    }

    /// The query's items, decoded, in order.
    public var queryItems: QueryItems { QueryItems(query) }

    /// Path and query of a target; an absolute URI (RFC 9112 section 3.2.2) loses scheme and authority.
    private static func split(_ target: String) -> (path: String, query: String) {
        var rest = target[...]
        if !rest.utf8.starts(with: "/".utf8), let scheme = rest.utf8.firstIndex(of: UInt8(ascii: ":")),
            rest[scheme...].utf8.starts(with: "://".utf8)
        {
            let authority = rest[rest.utf8.index(scheme, offsetBy: 3)...]
            let pathStart = authority.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            rest = pathStart.map { authority[$0...] } ?? "/"
        }
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (String(rest), "") }
        return (String(rest[..<mark]), String(rest[rest.utf8.index(after: mark)...]))
    }
}

/// The items of a query or of a form body, decoded, in order; names may repeat.
public struct QueryItems: Sendable, Sequence {
    private let items: [(name: String, value: String)]

    /// Parses `a=1&b=2` as application/x-www-form-urlencoded: `+` is a blank, an item without `=` has an empty value.
    public init(_ text: String) {
        var items: [(name: String, value: String)] = []
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let equals = part.firstIndex(of: UInt8(ascii: "="))
            let name = equals.map { part[..<$0] } ?? part
            let value = equals.map { part[part.index(after: $0)...] }
            items.append(
                (PercentCoding.decodeForm(name), value.map { PercentCoding.decodeForm($0) } ?? ""))
        }
        self.items = items
    }

    /// The first value of a name, or nil.
    public subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// Every value of a name, in order.
    public func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    public var isEmpty: Bool { items.isEmpty }

    public func makeIterator() -> IndexingIterator<[(name: String, value: String)]> { items.makeIterator() }
}

/// Percent-encoding (RFC 3986 section 2.1). A `%` that two hexadecimal digits do not follow stays as it is.
public enum PercentCoding {
    /// The text with percent-encoding removed.
    public static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        return String(decoding: bytes(text.utf8, plusIsBlank: false), as: UTF8.self)
    }

    static func decodeForm(_ text: Substring.UTF8View) -> String {
        String(decoding: bytes(text, plusIsBlank: true), as: UTF8.self)
    }

    private static func bytes(_ text: some Collection<UInt8>, plusIsBlank: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = text.startIndex
        while index != text.endIndex {
            let byte = text[index]
            let next = text.index(after: index)
            if byte == UInt8(ascii: "%"), next != text.endIndex {
                let second = text.index(after: next)
                if second != text.endIndex, let high = digit(text[next]), let low = digit(text[second]) {
                    result.append(high << 4 | low)
                    index = text.index(after: second)
                    continue
                }
            }
            result.append(plusIsBlank && byte == UInt8(ascii: "+") ? 0x20 : byte)
            index = next
        }
        return result
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
