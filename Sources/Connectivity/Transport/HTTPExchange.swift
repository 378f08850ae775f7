/// A request of one of the clients.
struct HTTPCall: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    var method: Method = .get
    /// `http://host:port/path?query`, percent-encoded.
    var url: String
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    /// From the call to the last byte of the answer.
    var deadline: Duration = .seconds(300)
    /// A longer body fails the call.
    var maximumBodyBytes = 64 * 1024 * 1024

    /// A call with a body of JSON.
    static func json(_ url: String, _ body: JSONValue, headers: [(name: String, value: String)] = []) -> HTTPCall {
        HTTPCall(
            method: .post, url: url, headers: headers + [("Content-Type", "application/json")], body: body.bytes)
    }
}

/// An answer whose head is there; the body comes piece by piece.
struct HTTPReply: Sendable {
    var status: Int
    /// Names in small letters, in the order of the head.
    var headers: [(name: String, value: String)]
    var body: HTTPBody
    var peer: Peer
    var url: String

    /// The first field of this name, written in small letters.
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The media type without its parameters, in small letters.
    var mediaType: String {
        String((header("content-type") ?? "").prefix { $0 != ";" }).lowercased().filter { $0 != " " }
    }
}

/// The body of an answer, for one reader. It throws ``ConnectivityError``; giving it up ends the transfer.
struct HTTPBody: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    let pieces: AsyncThrowingStream<HTTPPart, any Error>

    struct Iterator: AsyncIteratorProtocol {
        var base: AsyncThrowingStream<HTTPPart, any Error>.Iterator

        mutating func next() async throws -> [UInt8]? {
            try await next(isolation: nil)
        }

        mutating func next(isolation: isolated (any Actor)?) async throws -> [UInt8]? {
            while let part = try await base.next(isolation: isolation) {
                if case .piece(let bytes) = part { return bytes }
            }
            // A cancelled reader sees the end of the stream: it must not take that for the end of the body.
            try Task.checkCancellation()
            return nil
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(base: pieces.makeAsyncIterator()) }

    /// All of it.
    func collect() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in self { bytes += piece }
        return bytes
    }
}

/// What a transfer delivers: the head, then the body.
enum HTTPPart: Sendable {
    case head(status: Int, headers: [(name: String, value: String)])
    case piece([UInt8])
}
