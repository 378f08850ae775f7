internal import Logging

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
    public internal(set) var reconnections = 0
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
    /// The jobs that ended last: more may come of them, where their end was learnt otherwise than by messages.
    var endedJobs: [String] = []
    /// Counts connections.
    var epoch = 0
    /// The connection was lost a moment ago, and what had begun by then goes on.
    var isLingering = false

    /// What keeps the connection, from the first call of ``connect()`` to the end of it.
    var session: Session?
    var lastSession = 0
    /// The reading of the connection that stands, or is being made.
    var reading: Task<Void, Never>?
    /// Why the last attempt to connect came to nothing.
    var lastFailure: ConnectivityError?
    private var work: [Int: Task<Void, Never>] = [:]
    private var lastWork = 0
    private var connecting: [Int: CheckedContinuation<Void, any Error>] = [:]
    private var lastConnecting = 0
    private var observers: [Int: AsyncStream<State>.Continuation] = [:]
    private var lastObserver = 0

    /// A job and who listens to it.
    struct Job {
        var workflow: JSONValue
        var extra: JSONValue?
        var progress = JobProgress()
        let events: AsyncStream<JobEvent>.Continuation
        /// An answer to its submission never came: the server may have it.
        var mayBeKnown = false
        var isInterrupted = false
        /// When something was last heard of it, by message or on asking.
        var heard: ContinuousClock.Instant
        /// The connection under which it was taken: only a later one may mean that the server was started anew.
        var epoch = 0
        /// Who waits for the server to take it; resumed before it is over, whichever way that comes.
        var submitter: CheckedContinuation<Void, any Error>?
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
                circuit: settings.circuit, logger: settings.logger))
    }

    // MARK: The connection

    /// Connects, and returns when the server has greeted. From then on the connection is kept up by itself.
    ///
    /// - Throws: ``ConnectivityError``; the client is as it was before then. While the circuit is open it is
    ///   ``ConnectivityError/Code/circuitOpen``, at once.
    public func connect() async throws {
        switch state {
        case .connected: return
        case .closed: throw error(.closed, "an open client", "it was closed")
        case .connecting: break
        case .reconnecting: if case .suspended? = session?.reconnector.currentState { try demandCircuit() }
        case .disconnected, .failed:
            try demandCircuit()
            begin()
        }
        lastConnecting += 1
        let number = lastConnecting
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { connecting[number] = $0 }
        } onCancel: {
            Task { await self.abandonConnecting(number) }
        }
    }

    /// Tries at once to connect again, without waiting for the next attempt's time or an open circuit. Many calls are
    /// one attempt.
    public func reconnectNow() {
        session?.reconnector.trigger()
    }

    /// Ends the connection and all that is under way; jobs that are not over fail with `closed`.
    public func close() async {
        guard state != .closed else { return }
        set(.closed)
        let session = session?.task
        let reading = reading
        endSession()
        let closed = error(.closed, "the end of the job", "the client was closed")
        resumeConnecting(throwing: closed)
        for id in jobs.keys.sorted() { end(id, .failed(JobFailure(closed))) }
        await session?.value
        await reading?.value
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

    func set(_ next: State) {
        guard state != .closed, state != next else { return }
        settings.logger.info("\(requests.peer.service): \(state.rawValue), now \(next.rawValue)")
        state = next
        for observer in observers.values { observer.yield(next) }
    }

    /// The others who connect go on; with the last one, connecting ends.
    private func abandonConnecting(_ number: Int) {
        guard let waiter = connecting.removeValue(forKey: number) else { return }
        waiter.resume(throwing: error(.cancelled, "a connection", "the task was cancelled"))
        guard connecting.isEmpty, state == .connecting else { return }
        endSession()
        set(.disconnected)
    }

    func resumeConnecting(throwing error: ConnectivityError?) {
        let waiters = connecting.sorted { $0.key < $1.key }.map(\.value)
        connecting = [:]
        for waiter in waiters {
            if let error { waiter.resume(throwing: error) } else { waiter.resume() }
        }
    }

    // MARK: Work beside the reading

    /// Does something for this connection.
    func start(_ body: @escaping @Sendable (isolated ComfyUIClient) async -> Void) {
        lastWork += 1
        let number = lastWork
        work[number] = Task {
            await body(self)
            self.work[number] = nil
        }
    }

    /// Whether the server was there just now. Requests need no WebSocket: a server may answer them whose sockets all end.
    var isInReach: Bool { state == .connected || isLingering }

    /// Gives the work for a connection that is lost a moment to end: by itself it may learn all that there is to know.
    func letWorkEnd() {
        runningJob = nil
        let (begun, lost) = (Array(work.keys), epoch)
        isLingering = true
        start { client in
            try? await client.settings.time.sleep(for: client.settings.transfer.connect)
            for number in begun { client.work[number]?.cancel() }
            if client.epoch == lost { client.isLingering = false }
        }
    }

    func endWork() {
        for task in work.values { task.cancel() }
        work = [:]
        runningJob = nil
        isLingering = false
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
