/// A client of a Gradio app, of versions 3 to 6.
///
/// ```swift
/// let client = try GradioClient(url: "http://127.0.0.1:7863")
/// let call = try await client.call("generate", ["text": "rain on a tin roof"])
/// for try await event in call.events { print(event) }
/// ```
/// All calls of a client are one session: an app that keeps a state keeps it between them. A call whose connection is
/// lost fails, as servers forget what nobody listens to; it is never sent twice.
public actor GradioClient {
    /// The session's name at the app.
    public nonisolated let session: String
    let url: String
    let settings: GradioSettings
    let repeated: RepeatedCalls
    var calls: [String: OpenCall] = [:]
    /// What came about events whose join has not been answered yet.
    var early: [String: [JSONView]] = [:]
    /// How many joins are under way.
    var joining = 0
    var reader: Task<Void, Never>?
    /// What keeps the session's state at the app alive.
    var heartbeat: Task<Void, Never>?
    private var app: GradioApp?
    private var cookies: [String: String] = [:]
    private(set) var isClosed = false

    var peer: Peer { repeated.peer }

    /// A call that has not ended.
    struct OpenCall {
        let events: AsyncThrowingStream<GradioEvent, any Error>.Continuation
        var reading: CallReading
        let deadline: Task<Void, Never>
        /// What carries the call, where it has a connection of its own.
        var carrier: Task<Void, Never>?
        /// Whether anything has been heard of it on the stream that is open.
        var isHeard = false
        /// How often a stream has closed without a word about it.
        var missed = 0
    }

    public init(
        url: String, session: String? = nil, settings: GradioSettings = GradioSettings(),
        service: ServiceName = "gradio"
    ) throws {
        guard let endpoint = Endpoint(url) else {
            throw ConnectivityError(
                code: .invalidArgument, service: service.rawValue, endpoint: url,
                message: "expected a URL such as http://127.0.0.1:7860, got \(url)")
        }
        self.url = "\(endpoint.http)"
        self.session = session ?? JobID.random()
        self.settings = settings
        repeated = RepeatedCalls(
            transfers: try HTTPTransfers(
                peer: Peer(service: service.rawValue, endpoint: url), limits: settings.transfer,
                trustRoots: settings.trustRoots), policy: settings.retry, time: settings.time, luck: settings.luck,
            circuit: settings.circuit, logger: settings.logger)
    }

    deinit {
        heartbeat?.cancel()
    }

    // MARK: The app

    /// Reads what the app says about itself, and keeps it.
    @discardableResult
    public func connect() async throws -> [GradioEndpoint] { try await loaded().endpoints }

    /// `6.31.0`.
    public var version: String {
        get async throws { try await loaded().version }
    }

    func loaded() async throws -> GradioApp {
        try demandOpen()
        if let app { return app }
        let config = try await get("/config")
        _ = try config.member("version").text  // an app's answer, or somebody else's
        let prefix = try config.optional("api_prefix")?.text ?? ""
        let app = try GradioApp(config: config, info: try await get(prefix + "/info"))
        try demandOpen()
        self.app = app
        keepHeartbeat(app)
        return app
    }

    /// - Throws: `closed`.
    func demandOpen() throws(ConnectivityError) {
        guard isClosed else { return }
        throw peer.error(.closed, expected: "an open client", came: "it was closed")
    }

    /// Logs in; the app's cookies are sent from then on.
    public func login(user: String, password: String) async throws {
        let form = PercentEncoding.query(["username": user, "password": password])
        let call = HTTPCall(
            method: .post, url: url + "/login", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(form.utf8))
        try await repeated { left in
            let (reply, body) = try await repeated.transfers.fetch(limited(call, left))
            if reply.status == 400 {
                throw peer.error(
                    .unauthorized, expected: "a login as \(user)",
                    came: ErrorText.message(in: body) ?? "it was refused", status: 400)
            }
            guard reply.status == 200 else { throw reply.failure(ErrorText.message(in: body), body: body) }
            for header in reply.headers where header.name == "set-cookie" {
                let pair = header.value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
            }
        }
        app = nil  // what the app shows may depend on who asks
    }

    /// Ends all that is under way; calls that have not ended fail with `closed`.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        reader?.cancel()
        heartbeat?.cancel()
        failAll(peer.error(.closed, expected: "an output", came: "the client was closed"))
    }

    // MARK: Requests

    func get(_ path: String) async throws -> JSONView {
        let call = HTTPCall(url: url + path)
        return try await repeated { left in try JSONView(parsing: try await fetched(call, left), source: source(call)) }
    }

    /// The body of a success.
    func fetched(_ call: HTTPCall, _ left: Duration) async throws -> [UInt8] {
        let (reply, body) = try await repeated.transfers.fetch(limited(call, left))
        guard reply.status == 200 else { throw reply.failure(ErrorText.message(in: body), body: body) }
        return body
    }

    func limited(_ call: HTTPCall, _ left: Duration) -> HTTPCall {
        var call = call
        call.deadline = left
        call.maximumBodyBytes = settings.transfer.bodyBytes
        call.headers += cookieHeader
        return call
    }

    var cookieHeader: [(name: String, value: String)] {
        cookies.isEmpty
            ? [] : [("Cookie", cookies.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: "; "))]
    }

    nonisolated func source(_ call: HTTPCall) -> JSONView.Source {
        .init(peer: repeated.peer, what: "\(call.method.rawValue) \(call.url)")
    }
}
