internal import Encodings
public import Fakes
import JSONTree
internal import Scenarios
public import SocketServer

/// A fake Gradio: an app's page, API description, queue, files and login over HTTP, as the real server has them.
///
/// ```swift
/// let app = try AppDefinition.bundled("wan2gp")
/// let fake = FakeGradio(environment, configuration: GradioConfiguration(app: app))
/// let running = try await RunningFake(fake)
/// ```
///
/// Lives on its environment's loop. What a function does follows from its app file; nothing is computed, and no
/// file of the machine is read or written.
public actor FakeGradio: Fake {
    public nonisolated let kind = FakeKind.gradio
    public nonisolated let environment: FakeEnvironment
    /// uvicorn's heads and its answer to what is no HTTP.
    public nonisolated let configuration: ServerConfiguration
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe environment.loop.asUnownedSerialExecutor()
    }

    nonisolated let options: GradioConfiguration
    nonisolated let app: App
    let messages: MessageDialect
    private let routes: RouteTable<Route>
    /// New at every start of the real server; here it follows from the seed.
    let appID: UInt64
    /// Part of the cookies' names.
    let cookieID: String
    let started: WallTime

    var queue: EventQueue
    var events: [String: QueuedEvent] = [:]
    var boxes: [String: MessageBox] = [:]
    var boxOrder: [String] = []
    /// What all boxes keep for readers that have not come yet.
    var unread = 0
    var states: SessionStates
    var files: FileStore
    var clocks: [Int: FunctionClock] = [:]
    var runs: [String: Task<Void, Never>] = [:]
    var readers = 0
    var tokens: [String: String] = [:]
    var tokenCount = 0
    var uploads: [String: UploadWatch] = [:]
    /// What each session asked for so far, from which ids are drawn.
    var repetitions = Repetitions()
    /// Sessions of the events of simple calls, for those who ask late.
    var callSessions: [String: String] = [:]
    /// The WebSockets of version 3 that wait.
    var turns: [String: Turn] = [:]
    /// Heartbeats, by number.
    var tickers: [Int: AsyncStream<Void>.Continuation] = [:]
    var isStopping = false
    /// False while the fake plays an app that is still starting.
    var isReady = true
    /// No further event begins.
    var isPaused = false
    /// Whether the app has closed itself, as some do.
    var isClosed = false
    private var closing: Task<Void, Never>?

    /// A fake in its environment; it plays `configuration.app`.
    public init(_ environment: FakeEnvironment, configuration: GradioConfiguration) {
        self.environment = environment
        options = configuration
        app = App(configuration.app)
        messages = MessageDialect(major: app.major, showsErrors: configuration.app.launch.showError)
        routes = .gradio(app.major)
        started = environment.now()
        var luck = environment.random("app")
        appID = luck.next()
        cookieID = Base64.encode(
            (0..<32).map { _ in UInt8.random(in: 0...255, using: &luck) }, urlSafe: true, isPadded: false)
        queue = EventQueue(maxSize: configuration.app.queue.maxSize)
        states = SessionStates(limit: configuration.sessionLimit)
        files = FileStore(
            style: app.major >= .five ? .seeded("\(environment.seed)") : app.major == .four ? .sha256 : .sha1,
            limit: configuration.fileMemory)
        self.configuration = ServerConfiguration(
            style: HeadStyle(
                leading: [.date("date"), .fixed("server", "uvicorn")], requiresHost: true, oldClients: .dismissed,
                faultsAreBare: true),
            limits: ServerLimits(idleTimeout: .seconds(5), drainTimeout: nil),
            malformed: { _ in
                Reply(
                    status: 400, headers: ["content-type": "text/plain; charset=utf-8"],
                    body: .bytes(Array("Invalid HTTP request received.".utf8)), closes: true)
            })
    }

    /// The answer to what the real server does not handle.
    var internalError: Reply { .internalError(app.major) }

    /// Seconds since 1970.
    var now: Double { environment.now().seconds }

    public func reply(to exchange: Exchange) async -> Reply { await reply(to: exchange, with: .none) }

    /// The same as a scenario directs.
    public func reply(to exchange: Exchange, with direction: Direction) async -> Reply {
        let request = exchange.request
        // Nobody listens any more.
        if isClosed { return Reply(body: .close) }
        if !isReady || GradioTrouble(direction.error) == .notReady {
            return .proxyUnavailable(message: direction.error?.message, retryAfter: direction.error?.retryAfter)
        }
        guard let origin = CrossOrigin(request, major: app.major) else { return await answer(exchange, direction) }
        if let preflight = origin.preflight { return preflight }
        var reply = await answer(exchange, direction)
        origin.mark(&reply)
        return reply
    }

    public func didStart(at addresses: [SocketAddress]) {
        guard let seconds = options.app.launch.closeAfter else { return }
        // Not structured, since it goes on beside all requests: the fake's end waits for it.
        closing = Task(executorPreference: environment.loop) { await self.close(after: .seconds(seconds)) }
    }

    /// `close()` of the real server: heartbeats end, streams fall silent and break off some seconds later.
    private func close(after duration: Duration) async {
        do {
            try await environment.sleep(duration)
            isClosed = true
            for ticker in tickers.values { ticker.finish() }
            for event in events.values { event.isAlive = false }
            try await environment.sleep(.seconds(5))
        } catch { return }  // the fake stops before
        dismissReaders()
    }

    private func dismissReaders() {
        for box in boxes.values {
            for reader in box.readers { reader.dismiss() }
        }
    }

    public func willStop() async {
        isStopping = true
        closing?.cancel()
        for run in runs.values { run.cancel() }
        for event in events.values { event.releaseCancellers() }
        dismissReaders()
        await closing?.value
        while let run = runs.values.first { await run.value }
    }

    private func answer(_ exchange: Exchange, _ direction: Direction) async -> Reply {
        let request = exchange.request
        if !options.isStrict, let status = storyStatus(request) { return status }
        switch routes.match(method: request.method, path: request.path) {
        case .found(let route, let parameters):
            let caller = Caller(request, major: app.major, user: user(of: request), direction)
            if !route.isOpen, !options.app.launch.users.isEmpty, caller.user == nil { return notAuthenticated }
            if !direction.isNone, let refusal = await refusal(of: route, parameters, exchange, caller) {
                return refusal
            }
            return await perform(route, parameters, exchange, caller)
        case .methodNotAllowed(let allowed):
            var reply = Reply.detail(405, "Method Not Allowed")
            // Only the route that was met first is named.
            var fields: HeaderFields = ["allow": allowed[0]]
            fields.append(contentsOf: reply.headers)
            reply.headers = fields
            return reply
        case .notFound:
            if let elsewhere = redirection(of: request) { return elsewhere }
            return .detail(404, "Not Found")
        }
    }

    /// A surplus slash at the end is corrected by a redirection, whatever the method.
    private func redirection(of request: Request) -> Reply? {
        var path = request.rawPath
        if path == "/static" || path == "/assets" {
            path += "/"
        } else {
            guard path.count > 1, path.last == "/" else { return nil }
            path.removeLast()
            switch routes.match(method: request.method, path: PercentCoding.decode(path)) {
            case .notFound, .found(.webSocketQueue, _): return nil
            default: break
            }
        }
        let query = request.query.isEmpty ? "" : "?" + request.query
        return .redirect(307, to: RootAddress.bare(request) + path + query)
    }

    private func perform(
        _ route: Route, _ parameters: [String: String], _ exchange: Exchange, _ caller: Caller
    ) async -> Reply {
        let request = exchange.request
        switch route {
        case .page: return page(caller, base: "./")
        case .runs:
            // The same page, which shows what it remembers of the runs; its files lie further up.
            return page(caller, base: request.path.hasSuffix("/") ? "../../" : "../")
        case .config: return config(caller)
        case .info: return info(caller, request.queryItems)
        case .openAPI: return .json(app.openAPI())
        case .appID: return .json(["app_id": .uint64(appID)])
        case .startupEvents: return .json(false)
        case .theme: return .plain(PageTexts.theme, type: "text/css; charset=utf-8")
        case .robots: return .plain("User-agent: *\nDisallow: ")
        case .favicon: return icon
        case .manifest: return manifest
        case .monitoring: return .plain("See console for monitoring URL.", type: "text/html; charset=utf-8")
        case .monitoringSummary: return monitoringSummary
        case .staticFolder:
            let folder = request.path.split(separator: "/").first ?? ""
            return await staticFile(String(folder), parameters["path"] ?? "")
        case .missingComponent: return .detail(404, "Component not found.")
        case .deepLink:
            return request.queryItems["session_hash"] == nil
                ? BodyComplaint.missingQuery("session_hash").reply : .json("")
        case .join: return await join(exchange, caller)
        case .data: return data(request.queryItems)
        case .status: return queueStatus
        case .cancel: return await cancel(exchange)
        case .reset: return await reset(exchange)
        case .heartbeat: return heartbeat(parameters["session"] ?? "")
        case .call: return await call(parameters["name"] ?? "", exchange, caller)
        case .namedCall: return await namedCall(parameters["name"] ?? "", exchange, caller)
        case .callEvents: return callEvents(parameters["event"] ?? "")
        case .run: return await run(parameters["name"] ?? "", exchange, caller)
        case .upload: return await upload(exchange)
        case .uploadProgress: return await uploadProgress(request.queryItems)
        case .file: return await file(parameters["path"] ?? "", request)
        case .proxy: return .detail(400, "This URL cannot be proxied.")
        case .login: return await login(exchange, caller)
        case .logout: return logout(request, caller)
        case .user: return .json(caller.user.map { .string($0) } ?? .null)
        case .token: return token(request)
        case .loginCheck: return .json(.null)
        case .componentServer: return await componentServer(exchange)
        case .stream: return await streamInput(exchange)
        case .closeStream: return .empty(404)
        case .playlist: return playlist(parameters, body: nil)
        case .segment: return playlist(parameters, body: "Stream not found")
        case .devReload: return devReload
        case .webSocketQueue: return webSocketQueue(exchange, caller)
        }
    }
}

/// Who asks, and by which address.
struct Caller: Sendable {
    /// The address of the server as the caller sees it.
    let root: String
    /// The name under which the caller is logged in.
    let user: String?
    /// What a scenario wants of the request.
    let direction: Direction

    init(_ request: Request, major: GradioMajor, user: String?, _ direction: Direction = .none) {
        root = RootAddress.of(request, major: major)
        self.user = user
        self.direction = direction
    }
}

/// The times of a function's steps.
struct FunctionClock: Sendable {
    private(set) var count = 0
    private(set) var total = 0.0
    /// The wall times of whole runs, for `/monitoring/summary`.
    var runs: [Double] = []
    var failures = 0

    /// The mean of all steps.
    var mean: Double { count == 0 ? 0 : total / Double(count) }

    /// Counts a step.
    mutating func add(_ seconds: Double) {
        count += 1
        total += seconds
    }
}
