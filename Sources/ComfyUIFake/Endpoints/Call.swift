internal import Fakes
internal import JSONTree
internal import SocketServer

/// A request on its way through its endpoint.
struct Call {
    let exchange: Exchange
    /// What a scenario wants of it.
    let direction: Direction
    private let rawParameters: [String: String]

    init(exchange: Exchange, parameters: [String: String], direction: Direction) {
        self.exchange = exchange
        self.direction = direction
        rawParameters = parameters
    }

    var request: Request { exchange.request }
    /// Whether the handler is to raise as a scenario wants it.
    var isRaising: Bool {
        switch ComfyUITrouble(direction.error) {
        case .serverError: true
        case .uploadFailed: ComfyUITrouble.uploadFailed.paths.contains(request.path)
        default: false
        }
    }
    var query: QueryItems { exchange.request.queryItems }

    /// What a template's braces matched, unescaped.
    subscript(parameter: String) -> String { PercentCoding.decode(rawParameters[parameter] ?? "") }

    /// The body as JSON, whatever content type was announced.
    ///
    /// - Throws: `ServerTrouble` for anything else: the real handlers do not catch it.
    func json() async throws -> JSON {
        let text = try await text()
        guard let value = JSON.found(in: text, options: .python) else { throw ServerTrouble() }
        return value
    }

    /// The body as JSON in which the handler looks members up by `name in body`: to Python lists and texts have
    /// none, unless they hold the very name, and then the handler stumbles.
    func members(_ names: String...) async throws -> JSONObject {
        switch try await json() {
        case .object(let object): object
        case .array(let values) where !names.contains(where: { values.contains(.string($0)) }): [:]
        case .string(let text) where !names.contains(where: { text.contains($0) }): [:]
        default: throw ServerTrouble()
        }
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
