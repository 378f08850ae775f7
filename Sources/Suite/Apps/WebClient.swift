internal import SocketServer
internal import Words

/// Asks a web server a few questions, one connection for each, and keeps its cookies.
struct WebClient {
    /// What came back.
    struct Answer {
        let status: Int
        let fields: [(name: String, value: String)]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    /// More than any description of an app has.
    private static let most = 256 << 20

    let base: WebAddress
    let trustsAnybody: Bool
    private var cookies: [(name: String, value: String)] = []

    init(_ base: WebAddress, trustsAnybody: Bool) {
        self.base = base
        self.trustsAnybody = trustsAnybody
    }

    /// The answer to a request below the address, whatever its status: a GET, or a POST of the fields of a form.
    mutating func ask(_ path: String, posting form: [(String, String)]? = nil) throws(OutgoingFault) -> Answer {
        let connection = try OutgoingConnection(
            host: base.host, port: base.port, isSecure: base.isSecure, trustsAnybody: trustsAnybody)
        var head =
            "\(form == nil ? "GET" : "POST") \(base.path)\(path) HTTP/1.1\r\nHost: \(base.authority)\r\nConnection: close\r\n"
        head += "Accept: application/json\r\nAccept-Encoding: identity\r\nUser-Agent: understudy\r\n"
        if !cookies.isEmpty {
            head += "Cookie: " + cookies.map { "\($0.name)=\($0.value)" }.joined(separator: "; ") + "\r\n"
        }
        let body = form.map { $0.map { "\($0.inPath)=\($1.inPath)" }.joined(separator: "&") }
        if let body {
            head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n"
        }
        try connection.send(Array((head + "\r\n" + (body ?? "")).utf8))
        var bytes: [UInt8] = []
        while true {
            let piece = try connection.receive()
            bytes += piece
            if piece.isEmpty || bytes.count > Self.most { break }
            // Some keep the connection although they were asked not to.
            if let whole = Answer(bytes, isWhole: false) { return keepingCookies(whole) }
        }
        guard let answer = Answer(bytes, isWhole: true) else { throw OutgoingFault.unreadable }
        return keepingCookies(answer)
    }

    private mutating func keepingCookies(_ answer: Answer) -> Answer {
        for field in answer.fields where field.name == "set-cookie" {
            let pair = field.value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let name = String(pair[0]).trimmed
            cookies.removeAll { $0.name == name }
            cookies.append((name, String(pair[1])))
        }
        return answer
    }
}

/// Where a web server is: `https://host:port/path`.
struct WebAddress {
    let isSecure: Bool
    let host: String
    let port: String
    /// Below which everything is; without a slash at its end.
    let path: String

    /// Reads an address; without a scheme it is http.
    init(_ text: String) throws(SuiteError) {
        let whole = text.contains("://") ? text : "http://" + text
        guard
            let match = whole.wholeMatch(
                of:
                    /(https?):\/\/(?:[^\/@]*@)?(\[[0-9a-fA-F:.]+\]|[^\/:?#\[\]]+)(?::([0-9]{1,5}))?(\/[^?#]*)?(?:[?#].*)?/
            )
        else { throw .usage("expected an address such as http://127.0.0.1:7860, got \"\(text)\"") }
        isSecure = match.1 == "https"
        host = String(match.2.filter { $0 != "[" && $0 != "]" })
        port = match.3.map(String.init) ?? (isSecure ? "443" : "80")
        var path = String(match.4 ?? "")
        while path.last == "/" { path.removeLast() }
        self.path = path
    }

    /// The host, and the port where it is not the usual one.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? "443" : "80") ? name : "\(name):\(port)"
    }

    /// As people write it, without anybody's password.
    var text: String { "\(isSecure ? "https" : "http")://\(authority)\(path)" }
}

extension WebClient.Answer {
    /// Nil while some of it is still to come, or for what is no HTTP.
    fileprivate init?(_ bytes: [UInt8], isWhole: Bool) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (parts[0].lowercased(), parts.count > 1 ? String(parts[1]).trimmed : "")
        }
        self.status = status
        let rest = bytes[end.upperBound...]
        let fields = fields
        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        if field("transfer-encoding")?.lowercased() == "chunked" {
            guard let body = Self.unchunked(rest) else { return nil }
            self.body = body
        } else if let length = field("content-length").flatMap({ Int($0) }) {
            guard rest.count >= length, length >= 0 else { return nil }
            body = Array(rest.prefix(length))
        } else {
            guard isWhole else { return nil }
            body = Array(rest)
        }
    }

    private static func unchunked(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var rest = bytes
        var body: [UInt8] = []
        while let line = rest.firstRange(of: [13, 10]) {
            let size = String(decoding: rest[..<line.lowerBound].prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard let count = Int(size, radix: 16), count >= 0 else { return nil }
            if count == 0 { return body }
            let start = line.upperBound
            guard rest.endIndex - start >= count + 2 else { return nil }
            body += rest[start..<start + count]
            rest = rest[(start + count + 2)...]
        }
        return nil
    }
}

extension String {
    fileprivate var trimmed: String {
        var view = Substring(self)
        while view.first == " " || view.first == "\t" { view.removeFirst() }
        while view.last == " " || view.last == "\t" { view.removeLast() }
        return String(view)
    }
}
