public import Fakes
internal import JSONTree
internal import Scenarios
public import SocketServer

/// A fake LiteLLM proxy, version 1.109.1: the OpenAI surface and the proxy's own, as section by section in
/// `protocols/litellm.md`.
///
/// ```
/// Exchange ─ route ─ body ─ credential ─ limits ─┬─ mock deployment ────────────┬─ Reply
///                                                └─ upstream, told not called ──┘
/// ```
/// It lives on its environment's loop: keys, counters and cooldowns need no lock.
public actor FakeLiteLLM: Fake {
    public nonisolated let environment: FakeEnvironment
    public nonisolated let kind = FakeKind.litellm
    public nonisolated let configuration: ServerConfiguration
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe environment.loop.asUnownedSerialExecutor()
    }

    /// What the fake was told to be.
    nonisolated let settings: LiteLLMConfiguration
    nonisolated let authentication: Authentication
    /// When it was made.
    nonisolated let started: WallTime
    nonisolated let routes = FakeLiteLLM.routeTable
    var router: ModelRouter
    var keys: KeyStore
    var cache = AnswerCache()
    var storedResponses = StoredResponses()
    /// Ids sealed so far; no two are alike.
    var sealedCount = 0
    var files = FileShelf()
    /// False while the fake plays a proxy that is still starting.
    var isReady = true
    /// Names of models behind which nobody listens.
    var unhealthy: Set<String> = []
    /// How often each client has called for the same, for the luck of its next call.
    private var repetitions = Repetitions()
    /// Inference calls so far.
    private(set) var callCount = 0
    /// How often each deployment was called, for faults that come every so often.
    var upstreamCalls: [String: Int] = [:]
    /// Request ids that upstreams have given out.
    var requestIDs: [Int: Int] = [:]
    /// Requests in this minute, by deployment.
    var deploymentRequests: [String: (minute: Int, count: Int)] = [:]
    var counts = CallCounts()
    /// Kinds of things of which somebody has been told that the oldest go.
    private var lossesTold: Set<String> = []
    /// Answers under way, by deployment.
    var crowds: [Int: Crowd] = [:]
    /// What mock deployments say, ready to be sent.
    var mocks: [Int: MockAnswer] = [:]

    /// - Parameters:
    ///   - configuration: models, keys and answers; ``LiteLLMConfiguration/desk`` when nobody says.
    ///   - environment: the fake's loop, clock and luck.
    public init(_ configuration: LiteLLMConfiguration = .desk, environment: FakeEnvironment) {
        self.environment = environment
        settings = configuration
        started = environment.now()
        var served = ServerConfiguration(
            style: HeadStyle(
                leading: [.date("date")], requiresHost: true, oldClients: .dismissed, faultsAreBare: true),
            limits: ServerLimits(idleTimeout: .seconds(5), drainTimeout: nil),
            malformed: { _ in
                .text(
                    "Invalid HTTP request received.", status: 400,
                    headers: ["content-type": "text/plain; charset=utf-8"])
            })
        // Files come as forms, and are read by other means.
        served.prepare = { request, body in
            request.headers["content-type"]?.hasPrefix("multipart/") == true ? nil : PreparedDocument(request, body)
        }
        self.configuration = served
        authentication = Authentication(
            masterKey: configuration.proxy.masterKey, budgetExceededStatus: configuration.proxy.budgetExceededStatus,
            hasKeys: configuration.keys != nil)
        router = ModelRouter(configuration)
        keys = KeyStore(configuration.keys ?? [])
    }

    public func reply(to exchange: Exchange) async -> Reply { await reply(to: exchange, with: .none) }

    /// The same as a scenario directs.
    public func reply(to exchange: Exchange, with direction: Direction) async -> Reply {
        if !isReady || LiteLLMTrouble(direction.error) == .notReady {
            return .proxyUnavailable(message: direction.error?.message, retryAfter: direction.error?.retryAfter)
        }
        let request = exchange.request
        let crossOrigin = request.headers.contains("origin")
        if exchange.wantsWebSocket {
            return Reply(
                status: 403, headers: ["Content-Length": "0", "Connection": "close"], body: .bytes([]), closes: true)
        }
        if request.method == "OPTIONS", crossOrigin, request.headers.contains("access-control-request-method") {
            return Self.preflight(request)
        }
        do throws(ProxyError) {
            switch match(request) {
            case .found(let route, let parameters):
                let visit = Visit(
                    request: request, parameters: parameters, crossOrigin: crossOrigin, direction: direction)
                // Most of the calls, and by far not the greatest of the functions: a task asks for room for all of them
                // before it is in `answer`.
                if case .chat = route { return try await chat(exchange, visit) }
                return try await answer(exchange, route, visit)
            case .methodNotAllowed(let allow):
                return Self.methodNotAllowed(allow, crossOrigin: crossOrigin)
            case .notFound:
                return misplaced(request, crossOrigin: crossOrigin)
            }
        } catch {
            return .failure(error, crossOrigin: crossOrigin)
        }
    }

    /// Tells whoever runs the suite, the first time, that the oldest of something had to go.
    func tellLoss(of what: String, _ isLost: Bool) {
        guard isLost, lossesTold.insert(what).inserted else { return }
        environment.warn("there are too many \(what) to keep them all: from now on the oldest go")
    }

    /// A path that is no route: one with a slash too many or too few is pointed to the right one.
    private func misplaced(_ request: Request, crossOrigin: Bool) -> Reply {
        let path = request.rawPath
        let other = path.hasSuffix("/") ? String(path.dropLast()) : path + "/"
        if path.count > 1, isKnown(other) {
            var headers: HeaderFields = ["content-length": "0"]
            let scheme = request.isSecure ? "https" : "http"
            let query = request.query.isEmpty ? "" : "?" + request.query
            headers.append("location", "\(scheme)://\(request.headers["host"] ?? "")\(other)\(query)")
            headers.close(crossOrigin: crossOrigin)
            return Reply(status: 307, headers: headers, body: .bytes([]))
        }
        return .json(ProxyError.notFound.body, status: 404, crossOrigin: crossOrigin)
    }

    private func isKnown(_ path: String) -> Bool {
        if case .notFound = routes.match(method: "GET", path: path) { return false }
        return !path.hasPrefix("/metrics") || settings.proxy.hasMetrics
    }

    private static func methodNotAllowed(_ allow: [String], crossOrigin: Bool) -> Reply {
        ProxyError.detail(405, "Method Not Allowed", fields: ["allow": allow.first ?? "GET"]).reply(crossOrigin)
    }

    /// A browser asking beforehand. No key is needed.
    private static func preflight(_ request: Request) -> Reply {
        var headers: HeaderFields = [
            "vary":
                "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
            "access-control-allow-origin": "*",
            "access-control-allow-methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY",
            "access-control-max-age": "600",
        ]
        if let asked = request.headers["access-control-request-headers"] {
            headers.append("access-control-allow-headers", asked)
        }
        headers.append("content-length", "2")
        headers.append("content-type", "text/plain; charset=utf-8")
        headers.append(contentsOf: FixedFields.security)
        return Reply(headers: headers, body: .bytes(Array("OK".utf8)))
    }

    /// Random numbers for the next request of a client.
    ///
    /// - Parameter body: what it asks for: concurrent requests of one client have the luck of their own, whichever
    ///   comes first.
    func luck(of client: String, asking body: [UInt8] = []) -> SeededRandom {
        callCount += 1
        return environment.random(client, repetitions.name(client, body))
    }
}

/// A request on its way to its route.
struct Visit: Sendable {
    let request: Request
    /// What the path's template matched.
    let parameters: [String: String]
    let crossOrigin: Bool
    /// What a scenario wants of it.
    var direction = Direction.none
}

extension ProxyError {
    func reply(_ crossOrigin: Bool) -> Reply { .failure(self, crossOrigin: crossOrigin) }
}
