internal import JSONTree
internal import SocketServer

/// A request on its way through its endpoint.
struct Call {
    let exchange: Exchange
    private let rawParameters: [String: String]

    init(exchange: Exchange, parameters: [String: String]) {
        self.exchange = exchange
        rawParameters = parameters
    }

    var request: Request { exchange.request }
    var query: QueryItems { exchange.request.queryItems }

    /// What a template's braces matched, unescaped.
    subscript(parameter: String) -> String { PercentCoding.decode(rawParameters[parameter] ?? "") }

    /// The body as JSON, whatever content type was announced.
    ///
    /// - Throws: `ServerTrouble` for anything else: the real handlers do not catch it.
    func json() async throws -> JSON {
        let text = try await text()
        guard let value = try? JSON(parsing: text, options: .python) else { throw ServerTrouble() }
        return value
    }

    /// The body as a JSON object.
    func object() async throws -> JSONObject {
        guard let object = try await json().object else { throw ServerTrouble() }
        return object
    }

    /// The body as text.
    func text() async throws -> [UInt8] { try await exchange.body() }
}

/// The real handler would raise here, and the server answers 500.
struct ServerTrouble: Error {}

/// An answer from the depth of a handler.
struct Refusal: Error {
    let answer: Answer
}
