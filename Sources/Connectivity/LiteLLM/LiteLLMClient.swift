public import Logging

/// A client of a LiteLLM proxy, or of anything that speaks OpenAI's API.
///
/// ```swift
/// let client = try LiteLLMClient(url: "http://127.0.0.1:4000", key: "sk-…")
/// for try await chunk in try await client.stream(ChatRequest(model: "gpt-4o", messages: [.user("Good evening")])) {
///     print(chunk.text, terminator: "")
/// }
/// ```
public final class LiteLLMClient: Sendable {
    private let url: String
    private let key: String?
    private let repeated: RepeatedCalls
    private var transfers: HTTPTransfers { repeated.transfers }

    /// - Parameters:
    ///   - url: with or without `/v1`.
    ///   - key: what the proxy calls a virtual key; nil for a proxy that is open.
    ///   - time: that in which waits pass.
    ///   - luck: numbers from 0 to 1 for the jitter.
    ///   - circuit: what keeps calls from a proxy that fails; several clients may share it.
    ///   - trustRoots: certificates (PEM) to trust in place of the system's.
    ///   - logger: told about failures and repetitions.
    public init(
        url: String, key: String? = nil, limits: TransferLimits = TransferLimits(), retry: RetryPolicy = RetryPolicy(),
        circuit: Circuit? = nil, trustRoots: [UInt8]? = nil, service: ServiceName = .litellm,
        time: any Timekeeper = .system, logger: Logger = .silent,
        luck: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) throws {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        if url.hasSuffix("/v1") { url.removeLast(3) }
        self.url = url
        self.key = key
        let peer = Peer(service: service.rawValue, endpoint: url)
        repeated = RepeatedCalls(
            transfers: try HTTPTransfers(peer: peer, limits: limits, trustRoots: trustRoots), policy: retry, time: time,
            luck: luck, circuit: circuit, logger: logger)
    }

    // MARK: What can be asked

    /// An answer to a conversation.
    public func chat(_ request: ChatRequest) async throws -> Completion {
        try Completion(try await answer(.post, "/v1/chat/completions", request.json(isStream: false)))
    }

    /// An answer to a conversation, piece by piece.
    public func stream(_ request: ChatRequest) async throws -> CompletionStream {
        try await stream("/v1/chat/completions", request.json(isStream: true))
    }

    /// A continuation of a text.
    public func complete(_ request: CompletionRequest) async throws -> Completion {
        try Completion(try await answer(.post, "/v1/completions", request.json(isStream: false)))
    }

    /// A continuation of a text, piece by piece.
    public func stream(_ request: CompletionRequest) async throws -> CompletionStream {
        try await stream("/v1/completions", request.json(isStream: true))
    }

    /// The directions of texts, in their order.
    public func embeddings(of texts: [String], model: String) async throws -> [Embedding] {
        let body: JSONValue = ["model": .string(model), "input": .array(texts.map { .string($0) })]
        let view = try await answer(.post, "/v1/embeddings", body)
        var embeddings: [Embedding] = []
        for element in try view.member("data").elements { embeddings.append(try Embedding(element)) }
        guard embeddings.count == texts.count else {
            throw try view.member("data").unexpected("an array of \(texts.count)")
        }
        return embeddings.sorted { $0.index < $1.index }
    }

    /// The names of the models that can be asked.
    public func models() async throws -> [String] {
        let view = try await answer(.get, "/v1/models", nil)
        var names: [String] = []
        for model in try view.member("data").elements { names.append(try model.member("id").text) }
        return names
    }

    // MARK: Calls

    private func answer(_ method: HTTPCall.Method, _ path: String, _ body: JSONValue?) async throws -> JSONView {
        try await repeated { left in
            let call = call(method, path, body, left)
            let (reply, bytes) = try await transfers.fetch(call)
            try check(reply, bytes)
            return try JSONView(
                parsing: bytes, source: .init(peer: transfers.peer, what: "\(method.rawValue) \(call.url)"))
        }
    }

    /// Repeats until a stream begins; from then on what happens to it is the reader's to know.
    private func stream(_ path: String, _ body: JSONValue) async throws -> CompletionStream {
        try await repeated { left in
            let reply = try await transfers.open(call(.post, path, body, left))
            if reply.status != 200 { try check(reply, try await reply.body.collect()) }
            return CompletionStream(events: try EventStream(reply))
        }
    }

    private func call(_ method: HTTPCall.Method, _ path: String, _ body: JSONValue?, _ left: Duration) -> HTTPCall {
        var headers = [(name: "Accept", value: "application/json, text/event-stream")]
        if let key { headers.append(("Authorization", "Bearer \(key)")) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        return HTTPCall(
            method: method, url: url + path, headers: headers, body: body?.bytes, deadline: left,
            maximumBodyBytes: transfers.limits.bodyBytes)
    }

    private func check(_ reply: HTTPReply, _ body: [UInt8]) throws {
        guard reply.status != 200 else { return }
        // So a proxy without a database answers to a key that is not its own (protocol, section 3).
        if reply.status == 400, (try? JSONValue(parsing: body))?["error"]?["type"]?.string == "no_db_connection" {
            throw transfers.peer.error(
                .unauthorized, expected: "a success from \(reply.url)",
                came: "the proxy does not know the key (\(ErrorText.message(in: body) ?? "no database"))", status: 400)
        }
        throw reply.failure(ErrorText.message(in: body), body: body)
    }
}
