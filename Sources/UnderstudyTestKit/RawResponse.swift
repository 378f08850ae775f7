public import SocketServer

/// An HTTP/1 answer taken apart without any tolerance, for tests.
public struct RawResponse: Sendable {
    /// `HTTP/1.1 200 OK`.
    public let statusLine: String
    public let headers: HeaderFields
    /// The body with its framing taken off.
    public let body: [UInt8]
    /// The chunks, if it was chunked.
    public let chunks: [[UInt8]]
    /// Whether the framing came to its proper end.
    public let isComplete: Bool
    /// What stood behind the answer.
    public let rest: [UInt8]

    public var status: Int { Int(statusLine.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// Takes the first answer of `bytes` apart; nil while its head is not there.
    public init?(_ bytes: [UInt8], isHead: Bool = false) {
        guard let end = Self.headEnd(bytes) else { return nil }
        let lines = String(decoding: bytes[..<(end - 4)], as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        statusLine = String(lines[0])
        headers = HeaderFields(
            lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
                return (String(parts[0]), String(value))
            })
        let payload = Array(bytes[end...])
        let status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
        if isHead || status == 204 || status == 304 || (100..<200).contains(status) {
            (body, chunks, isComplete, rest) = ([], [], true, payload)
        } else if headers.list("transfer-encoding", contains: "chunked") {
            var found: [[UInt8]] = []
            var index = 0
            var complete = false
            while let line = payload[index...].firstRange(of: [0x0D, 0x0A]) {
                let size = Int(String(decoding: payload[index..<line.lowerBound], as: UTF8.self), radix: 16) ?? -1
                guard size >= 0, payload.count >= line.upperBound + size + 2 else { break }
                index = line.upperBound + size + 2
                if size == 0 {
                    complete = true
                    break
                }
                found.append(Array(payload[line.upperBound..<line.upperBound + size]))
            }
            (body, chunks, isComplete, rest) = (found.flatMap { $0 }, found, complete, Array(payload[index...]))
        } else if let length = headers["content-length"].flatMap({ Int($0) }) {
            (body, chunks) = (Array(payload.prefix(length)), [])
            (isComplete, rest) = (payload.count >= length, Array(payload.dropFirst(length)))
        } else {
            (body, chunks, isComplete, rest) = (payload, [], true, [])
        }
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        bytes.firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A])?.upperBound
    }
}

extension RawSocket {
    /// Sends a request and reads one whole answer.
    public func exchange(_ request: String, isHead: Bool = false) async throws -> RawResponse {
        try await exchange(Array(request.utf8), isHead: isHead)
    }

    /// Sends a request and reads one whole answer.
    public func exchange(_ request: [UInt8], isHead: Bool = false) async throws -> RawResponse {
        try await send(request)
        let (bytes, end) = try await read(timeout: .seconds(10)) {
            RawResponse($0, isHead: isHead)?.isComplete == true
        }
        guard let response = RawResponse(bytes, isHead: isHead) else {
            throw Failure(
                description: "no answer: \(end), \(bytes.count) bytes: \(String(decoding: bytes, as: UTF8.self))")
        }
        return response
    }

    /// `GET` of a URL on a connection of its own.
    public static func get(_ url: String, headers: HeaderFields = [:]) async throws -> RawResponse {
        try await request("GET", url, headers: headers)
    }

    /// A request on a connection of its own. `Host` and the length are added unless given.
    public static func request(
        _ method: String, _ url: String, headers: HeaderFields = [:], body: String? = nil
    ) async throws -> RawResponse {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let target = parts.count > 3 ? "/" + parts[3] : "/"
        var text = "\(method) \(target) HTTP/1.1\r\n"
        if !headers.contains("host") { text += "Host: \(parts[2])\r\n" }
        for field in headers { text += "\(field.name): \(field.value)\r\n" }
        if let body, !headers.contains("content-length"), !headers.contains("transfer-encoding") {
            text += "Content-Length: \(body.utf8.count)\r\n"
        }
        text += "\r\n" + (body ?? "")
        let socket = try await RawSocket(url: "http://\(parts[2])")
        return try await socket.exchange(text, isHead: method == "HEAD")
    }
}
