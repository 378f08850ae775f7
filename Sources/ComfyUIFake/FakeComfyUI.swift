public import Fakes
internal import JSONTree
internal import Scenarios
public import SocketServer

/// A stand-in for ComfyUI 0.27.1: the HTTP routes and the WebSocket of its `server.py`, a queue that runs prompts
/// one after the other, and pictures that follow from prompt and seed.
///
/// ```swift
/// try await withFake({ try FakeComfyUI(environment: $0) }) { fake in
///     let stats = try await RawSocket.get(fake.url + "/system_stats")
/// }
/// ```
public actor FakeComfyUI: Fake {
    public nonisolated let kind = FakeKind.comfyui
    public nonisolated let environment: FakeEnvironment
    public nonisolated let configuration: ServerConfiguration
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe environment.loop.asUnownedSerialExecutor()
    }

    let server: ComfyUIState
    let routes = Routes.table
    private var worker: Task<Void, Never>?
    private var wakeWorker: CheckedContinuation<Void, Never>?
    private var isStopping = false

    /// What aiohttp takes of a target or a field (`max_line_size` and `max_field_size` of its parser).
    static let lineLimit = 8190

    /// A fake with a setup.
    ///
    /// - Throws: an error that says what is wrong with a node file of the setup, or that there is no web interface in its folder.
    public init(environment: FakeEnvironment, setup: ComfyUIConfiguration = ComfyUIConfiguration()) throws {
        self.environment = environment
        let limit = setup.maximumUploadMegabytes * 1024 * 1024
        configuration = ServerConfiguration(
            style: HeadStyle(
                trailing: [.date("Date"), .fixed("Server", "Python/3.11 aiohttp/3.14.5")],
                contentLengthName: "Content-Length", chunkedIsLast: false, requiresHost: true,
                oldClients: .inTheirVersion),
            limits: ServerLimits(lineBytes: Self.lineLimit, fields: 128, bodyBytes: limit),
            malformed: { Answer.malformed($0).reply })
        server = try ComfyUIState(environment: environment, configuration: setup)
    }

    // MARK: Requests

    /// Answers one request: origin check, routes, what is added to every answer.
    public func reply(to exchange: Exchange) async -> Reply { await reply(to: exchange, with: .none) }

    /// The same as a scenario directs.
    public func reply(to exchange: Exchange, with direction: Direction) async -> Reply {
        let trouble = ComfyUITrouble(direction.error)
        if !server.isReady || trouble == .notReady {
            return .proxyUnavailable(message: direction.error?.message, retryAfter: direction.error?.retryAfter)
        }
        let request = exchange.request
        let path = RequestPath.normalised(request.rawPath)
        let crossOrigin = server.configuration.crossOrigin
        if crossOrigin == nil,
            OriginCheck.refuses(
                host: request.headers["host"], origin: request.headers["origin"],
                fetchSite: request.headers["sec-fetch-site"])
        {
            return Answer.empty(403).reply
        }
        var answer = request.method == "OPTIONS" ? .empty() : await route(exchange, path, direction)
        Middleware.addCacheFields(to: &answer, path: path)
        if let crossOrigin { Middleware.addCrossOriginFields(to: &answer, origin: crossOrigin) }
        return answer.reply
    }

    private func route(_ exchange: Exchange, _ path: String, _ direction: Direction) async -> Answer {
        // aiohttp answers HEAD wherever it answers GET.
        let method = exchange.request.method == "HEAD" ? "GET" : exchange.request.method
        let isInternal = path.hasPrefix("/internal/")
        switch routes.match(method: method, path: path) {
        case .found(let handler, let parameters):
            let call = Call(exchange: exchange, parameters: parameters, direction: direction)
            do {
                if call.isRaising { throw ServerTrouble() }
                return try await handler(self, call)
            } catch let refusal as Refusal {
                return refusal.answer
            } catch BodyError.tooLarge(let limit) {
                return .tooLarge(limit: limit)
            } catch {
                return .trouble
            }
        case .methodNotAllowed(let allowed) where isInternal:
            return .methodNotAllowed(allowed.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] })
        case .methodNotAllowed where method == "GET": return .missingFile(exchange.request.version)
        case .methodNotAllowed(let allowed): return .methodNotAllowed(allowed + ["GET", "HEAD"])
        case .notFound where isInternal: return .notFound
        case .notFound where method == "GET":
            return await server.webInterface?.answer(path, exchange.request, environment)
                ?? StaticFiles.answer(path, exchange.request)
        case .notFound: return .methodNotAllowed(["GET", "HEAD"])
        }
    }

    // MARK: The worker

    public func didStart(at addresses: [SocketAddress]) {
        server.log("To see the GUI go to: http://\(addresses.first?.description ?? "127.0.0.1:8188")")
        worker = Task(executorPreference: environment.loop) { await self.work() }
    }

    public func willStop() async {
        isStopping = true
        server.isInterrupted = true
        wakeWorker.take()?.resume()
        worker?.cancel()
        await worker?.value
    }

    /// Puts a prompt into the queue.
    func enqueue(_ item: QueueItem) {
        server.queue.put(item)
        server.tellQueue()
        wakeWorker.take()?.resume()
    }

    /// `POST /free` wants its work done even if no prompt comes; a queue goes on after a pause.
    func wake() { wakeWorker.take()?.resume() }

    /// Runs prompts as long as the fake lives, one at a time.
    private func work() async {
        while !isStopping {
            if server.shallFree || server.shallUnload { free() }
            if hasNothingToDo {
                await withCheckedContinuation { continuation in
                    // Asked again: on the way here the task may have stood in line behind others.
                    if hasNothingToDo { wakeWorker = continuation } else { continuation.resume() }
                }
                continue
            }
            // The answer to the POST leaves before the first message of the run.
            await environment.loop.nextTurn()
            // Cut short only when the fake stops.
            try? await environment.sleep(server.configuration.pace.pickup)
            guard !isStopping, !server.isPaused, let item = server.queue.take() else { continue }
            server.tellQueue()
            await run(item)
        }
    }

    private var hasNothingToDo: Bool {
        guard !isStopping, !server.shallFree, !server.shallUnload else { return false }
        return server.queue.pending.isEmpty || server.isPaused
    }

    private func run(_ item: QueueItem) async {
        let began = environment.now()
        let run = PromptRun(item, state: server)
        server.running = run
        let succeeded = await withTaskGroup(of: Void.self) { group in
            await run.execute(in: &group) { [weak self] node in await self?.runAside(node) }
        }
        // The real server collects garbage here: the history comes later than the last message of the run. Cut short
        // only when the fake stops.
        try? await environment.sleep(server.configuration.pace.historyGap)
        server.remember(
            History.Entry(
                item: item, outputs: run.lifecycle.outputs,
                status: History.Status(succeeded: succeeded, messages: run.lifecycle.told), meta: run.lifecycle.meta))
        server.running = nil
        server.queue.finish(item.id)
        server.tellQueue()
        run.send([run.lifecycle.end])
        let seconds = Double(((environment.now() - began) / .milliseconds(10)).rounded()) / 100
        server.log("\u{1b}[32mPrompt executed in \(seconds) seconds\u{1b}[0m")
    }

    private func runAside(_ node: String) async { await server.running?.runAside(node) }

    private func free() {
        server.video.unload()
        if server.shallFree {
            server.cache.clear()
            server.instances.clear()
        }
        (server.shallFree, server.shallUnload) = (false, false)
    }
}
