internal import NIOCore

/// A client of a ComfyUI server.
///
/// ```swift
/// let client = try ComfyUIClient(url: "http://127.0.0.1:8188")
/// try await client.connect()
/// let job = try await client.sendWorkflow(workflow)
/// for await event in job.events { print(event) }
/// let picture = try await client.download(try await job.result().files[0])
/// await client.close()
/// ```
/// Jobs outlive connections. Each has an id of the client's making, which the server takes over: so after a lost
/// connection, or an answer that never came, the client can ask the server whether it has the job, and sends it again
/// only if not. None is lost and none is sent twice.
public actor ComfyUIClient {
    /// What the client is doing about its connection.
    ///
    /// disconnected → connecting → connected ⇄ reconnecting → failed; from everywhere → closed. From disconnected and
    /// failed, ``connect()`` begins anew.
    public enum State: String, Sendable, Hashable {
        case disconnected, connecting, connected, reconnecting, failed, closed
    }

    /// What came on the WebSocket and was for nobody here.
    public struct Ignored: Sendable, Hashable {
        /// Messages about jobs of others, or unknown ones.
        public var foreign = 0
        /// Messages that are none of the server's making.
        public var malformed = 0
    }

    /// The id of this client at the server.
    public nonisolated let id: String
    public private(set) var state = State.disconnected
    public internal(set) var ignored = Ignored()
    /// How often the connection was lost and stood again.
    public private(set) var reconnections = 0
    /// How many jobs wait for a connection.
    public var waitingJobs: Int { waiting.count }

    let requests: ComfyUIRequests
    let settings: ComfyUISettings
    let socketURL: String

    var jobs: [String: Job] = [:]
    /// The jobs that the server need not know of, in the order in which they are to be sent.
    var waiting: [String] = []
    var isSending = false
    /// Somebody wanted to send while that was done already: it is done once more.
    var sendsAgain = false
    var isAsking = false
    var asksAgain = false
    /// The job that the server is at work on, to which binary previews without a name belong.
    var runningJob: String?
    var hasHeard = false

    private var session: Task<Void, Never>?
    private var work: [Int: Task<Void, Never>] = [:]
    private var lastWork = 0
    private var connecting: [CheckedContinuation<Void, any Error>] = []
    private var observers: [Int: AsyncStream<State>.Continuation] = [:]
    private var lastObserver = 0
    private var wait: Task<Void, Never>?
    private var isGreetingLate = false
    private var random = SeededGenerator()

    /// A job and who listens to it.
    struct Job {
        var workflow: JSONValue
        var extra: JSONValue?
        var progress = JobProgress()
        let events: AsyncStream<JobEvent>.Continuation
        /// An answer to its submission never came: the server may have it.
        var mayBeKnown = false
        var isInterrupted = false
        /// The connection under which it was taken: only a later one may mean that the server was started anew.
        var epoch = 0
        var submitters: [CheckedContinuation<Void, any Error>] = []
    }

    /// - Parameters:
    ///   - url: `http://host:port`, or `ws://`, as the story has it.
    ///   - id: by which the server knows this client; a new one if nil.
    public init(
        url: String, id: String? = nil, settings: ComfyUISettings = ComfyUISettings(), service: ServiceName = .comfyui
    ) throws {
        guard let endpoint = Endpoint(url) else {
            throw ConnectivityError(
                code: .invalidArgument, service: service.rawValue, endpoint: url,
                message: "expected a URL such as http://127.0.0.1:8188, got \(url)")
        }
        self.id = id ?? settings.makeID()
        self.settings = settings
        socketURL = "\(endpoint.webSocket)/ws?clientId=\(PercentEncoding.encoded(self.id))"
        let transfers = try HTTPTransfers(
            peer: Peer(service: service.rawValue, endpoint: url), limits: settings.transfer,
            trustRoots: settings.trustRoots)
        requests = ComfyUIRequests(
            url: "\(endpoint.http)",
            repeated: RepeatedCalls(
                transfers: transfers, policy: settings.retry, time: settings.time, luck: settings.luck,
                circuit: settings.circuit))
    }

    // MARK: The connection

    /// Connects, and returns when the server has greeted. From then on the connection is kept up by itself.
    ///
    /// - Throws: ``ConnectivityError``; the client is as it was before then.
    public func connect() async throws {
        switch state {
        case .connected: return
        case .closed: throw error(.closed, "an open client", "it was closed")
        case .connecting, .reconnecting: break
        case .disconnected, .failed:
            set(.connecting)
            session = Task { await self.keepConnected() }
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { connecting.append($0) }
        } onCancel: {
            Task { await self.abandonConnecting() }
        }
    }

    /// Tries at once to connect again, without waiting for the next attempt's time. Many calls are one attempt.
    public func reconnectNow() {
        wait?.cancel()
    }

    /// Ends the connection and all that is under way; jobs that are not over fail with `closed`.
    public func close() async {
        guard state != .closed else { return }
        set(.closed)
        let session = session
        session?.cancel()
        wait?.cancel()
        for task in work.values { task.cancel() }
        let closed = error(.closed, "the end of the job", "the client was closed")
        resumeConnecting(throwing: closed)
        for id in jobs.keys.sorted() { end(id, .failed(JobFailure(closed))) }
        await session?.value
        for observer in observers.values { observer.finish() }
        observers = [:]
    }

    /// The states from now on, the present one first.
    public func states() -> AsyncStream<State> {
        let (stream, continuation) = AsyncStream<State>.makeStream()
        lastObserver += 1
        let number = lastObserver
        continuation.yield(state)
        if state == .closed {
            continuation.finish()
        } else {
            observers[number] = continuation
            continuation.onTermination = { _ in Task { await self.forget(number) } }
        }
        return stream
    }

    private func forget(_ observer: Int) { observers[observer] = nil }

    private func set(_ next: State) {
        guard state != .closed, state != next else { return }
        state = next
        for observer in observers.values { observer.yield(next) }
    }

    private func abandonConnecting() {
        guard state == .connecting else {
            return resumeConnecting(throwing: error(.cancelled, "a connection", "the task was cancelled"))
        }
        session?.cancel()
    }

    private func resumeConnecting(throwing error: ConnectivityError?) {
        let waiters = connecting
        connecting = []
        for waiter in waiters {
            if let error { waiter.resume(throwing: error) } else { waiter.resume() }
        }
    }

    // MARK: The session

    /// Connects, and again when the connection is lost, until the client is closed or the attempts are used up.
    private func keepConnected() async {
        var attempt = 0
        while state != .closed {
            let before = reconnections
            var failure: ConnectivityError
            do {
                try await WebSocketConnection.with(target) { try await self.serve($0) }
                failure =
                    isGreetingLate
                    ? requests.peer.error(
                        .timeout, expected: "the greeting on \(socketURL) within \(settings.transfer.connect)",
                        came: "the server did not greet", phase: .connect, canRetry: true)
                    : error(.connectionLost, "messages on the WebSocket", "they ended")
            } catch let error as ConnectivityError {
                failure = error
            } catch {
                failure = self.error(.connectionLost, "messages on the WebSocket", "\(error)")
            }
            endWork()
            if state == .closed { return }
            if state == .connecting {
                set(.disconnected)
                return resumeConnecting(throwing: failure)
            }
            // Greeted in between: the peer speaks its protocol, and the attempts count from the first again.
            attempt = state == .connected || reconnections > before ? 1 : attempt + 1
            guard !Task.isCancelled, let delay = settings.reconnection.delay(before: attempt, using: &random) else {
                return giveUp(failure)
            }
            set(.reconnecting)
            letSubmittersGo()
            let pause = Task { try? await settings.time.sleep(for: delay) }
            wait = Task {
                await withTaskCancellationHandler {
                    await pause.value
                } onCancel: {
                    pause.cancel()
                }
            }
            await wait?.value
        }
    }

    private var target: WebSocketTarget {
        var target = WebSocketTarget(url: socketURL, peer: requests.peer)
        target.connectDeadline = settings.transfer.connect
        target.limits = settings.socket
        target.trustRoots = settings.trustRoots
        return target
    }

    /// Reads one connection to its end.
    private func serve(_ socket: WebSocketConnection) async throws {
        // Previews then say which job they belong to; only the first message can ask for it (protocol, section 2.2).
        do {
            try await socket.send(
                .text(#"{"type": "feature_flags", "data": {"supports_preview_metadata": true}}"#))
        } catch {
            // The connection has ended already; what comes out of it last says why.
            for try await _ in socket.messages {}
            throw error
        }
        isGreetingLate = false
        let patience = Task {
            try await settings.time.sleep(for: settings.transfer.connect)
            self.demandGreeting(socket)
        }
        defer { patience.cancel() }
        for try await message in socket.messages {
            guard !Task.isCancelled else { return }
            guard let message = ComfyUIMessage(message) else {
                ignored.malformed += 1
                continue
            }
            if case .status(_, .some) = message { didGreet() }
            take(message)
        }
    }

    private func demandGreeting(_ socket: WebSocketConnection) {
        guard state != .connected else { return }
        isGreetingLate = true
        socket.abandon()
    }

    private func didGreet() {
        guard state == .connecting || state == .reconnecting else { return }
        if state == .reconnecting { reconnections += 1 }
        set(.connected)
        resumeConnecting(throwing: nil)
        epoch += 1
        start { await $0.settleAll() }
        start { await $0.watchQuiet() }
    }

    /// Counts connections.
    private(set) var epoch = 0

    private func giveUp(_ failure: ConnectivityError) {
        set(.failed)
        var exhausted = error(
            .attemptsExhausted, "a connection", "all attempts failed, the last one: \(failure.message)")
        exhausted.underlying = failure
        resumeConnecting(throwing: exhausted)
        for id in jobs.keys.sorted() { end(id, .failed(JobFailure(exhausted))) }
    }

    // MARK: Work beside the reading

    /// Does something for as long as this connection lasts.
    func start(_ body: @escaping @Sendable (isolated ComfyUIClient) async -> Void) {
        lastWork += 1
        let number = lastWork
        work[number] = Task {
            await body(self)
            self.work[number] = nil
        }
    }

    private func endWork() {
        for task in work.values { task.cancel() }
        work = [:]
        runningJob = nil
    }

    func error(
        _ code: ConnectivityError.Code, _ expected: String, _ came: String
    ) -> ConnectivityError {
        requests.peer.error(code, expected: expected, came: came)
    }
}

extension JobFailure {
    init(_ error: ConnectivityError) {
        self.init(message: error.description, code: error.code)
    }
}
