public import JSONTree
internal import Journal
internal import Logging
public import Scenarios
public import SocketServer

/// What a fake is put on the stage with.
public struct Staging: Sendable {
    /// Where it is written down what happens; nil if nowhere.
    public var journal: SharedJournal?
    /// Whether each exchange is logged as it is answered.
    public var logsExchanges: Bool
    /// What it pretends to be, where its kind does not say it all: the app of a fake Gradio.
    public var app: String?
    /// Makes the fake anew, in the same environment, for a restart that loses its state.
    public var remake: (@Sendable () throws -> any Fake)?

    public init(
        journal: SharedJournal? = nil, logsExchanges: Bool = false, app: String? = nil,
        remake: (@Sendable () throws -> any Fake)? = nil
    ) {
        self.journal = journal
        self.logsExchanges = logsExchanges
        self.app = app
        self.remake = remake
    }
}

/// A fake on its sockets.
public final class RunningFake: Sendable {
    /// The fake's name in the suite.
    public let id: String
    public let kind: FakeKind
    /// What it pretends to be, where its kind does not say it all.
    public let app: String?
    /// Where it listens, in the order asked for.
    public let addresses: [SocketAddress]
    /// Whether it speaks TLS.
    public let isSecure: Bool
    /// What scenarios may speak of here.
    public let vocabulary: Vocabulary.Backend
    private let server: Server
    private let stage: Stage
    let loop: EventLoop
    private let remake: (@Sendable () throws -> any Fake)?

    /// `http://127.0.0.1:8188`, one for each address.
    public var urls: [String] { addresses.map { "\(isSecure ? "https" : "http")://\($0)" } }
    /// The first address as a URL.
    public var url: String { urls.first ?? "" }

    /// Starts a fake: it answers when this returns.
    ///
    /// - Parameters:
    ///   - addresses: host and port pairs; port 0 takes a free one.
    ///   - tls: certificate and key, to speak TLS on all of them.
    ///   - carriers: loops that carry the connections, beside the one on which the fake lives; for a fake without
    ///     WebSockets.
    /// - Throws: ``SocketServerError``; nothing listens then.
    public init(
        _ fake: some Fake, at addresses: [SocketAddress] = [.init(host: "127.0.0.1", port: 0)],
        tls: TLSIdentity? = nil, carriedBy carriers: [EventLoop] = [], staging: Staging = Staging()
    ) async throws(SocketServerError) {
        let log = staging.logsExchanges ? ExchangeLog(logger: fake.environment.logger) : nil
        let stage = Stage(fake, journal: staging.journal, logger: log)
        var configuration = fake.configuration
        configuration.watch = stage
        let server = Server(on: fake.environment.loop, carriedBy: carriers, configuration: configuration) { exchange in
            await stage.reply(to: exchange)
        }
        stage.server = server
        var bound: [SocketAddress] = []
        do throws(SocketServerError) {
            for address in addresses {
                bound.append(try await server.listen(host: address.host, port: address.port, tls: tls))
            }
        } catch {
            await server.stop(grace: .zero)
            throw error
        }
        id = fake.environment.id
        kind = fake.kind
        app = staging.app
        vocabulary = fake.vocabulary
        loop = fake.environment.loop
        self.addresses = bound
        isSecure = tls != nil
        self.server = server
        self.stage = stage
        remake = staging.remake
        stage.house = self
        stage.record(.lifecycle("started"), 0)
        await fake.didStart(at: bound)
    }

    /// Stops it: returns when no socket, no handler and no task of it is left.
    public func stop(grace: Duration = .milliseconds(500)) async {
        await stage.endTimeline()
        async let ended: Void = server.stop(grace: grace)
        await fake().willStop()
        await ended
        stage.record(.lifecycle("stopped"), 0)
    }

    /// How many connections are open.
    public func connectionCount() async -> Int {
        await server.connectionCount()
    }

    // MARK: Scenarios

    /// Puts a scenario in force from its beginning, in place of the one before; nil ends that.
    ///
    /// - Parameter clock: that of the scenario, the same for all fakes that play it.
    public func play(_ scenario: Scenario?, since clock: ScenarioClock?) async {
        await onLoop { [self] in
            let goesOn = stage.play(scenario, since: clock)
            stage.updateTimeline(self, goesOn: goesOn)
        }
    }

    /// What the rules in force have seen and done here, in the order of the file.
    public func ruleCounts() async -> [RuleCount] {
        await onLoop { [stage] in stage.counts }
    }

    /// The part of the fake's state that scenarios may look at.
    public func state() async -> JSON {
        await fake().state()
    }

    /// Changes some of it, all or nothing.
    ///
    /// - Throws: ``StateError``.
    public func set(_ changes: JSONObject) async throws {
        try await fake().set(changes)
    }

    /// Ends all connections and closes the ports for a time; then all goes on at the same ports.
    ///
    /// - Parameters:
    ///   - duration: nil keeps them closed until the scenario ends.
    ///   - keepingState: otherwise the fake begins anew, as a real server does whose process has been started again.
    func refuse(for duration: Duration?, keepingState: Bool) async {
        await server.closeListeners()
        await server.dropConnections(resets: false)
        stage.record(.lifecycle("port closed"), 0)
        if !keepingState { await startAnew() }
        // Cut short when another scenario comes, or the fake stops: the port opens then as well.
        try? await fake().environment.wait(duration ?? .seconds(1_000_000_000))
        do {
            try await server.reopenListeners()
            stage.record(.lifecycle("port open"), 0)
        } catch {
            stage.record(.lifecycle("the port could not be opened again: \(error)"), 0)
        }
    }

    /// Forgets the fake's state: connections end, and it begins as if it had been started now. Who connects meanwhile
    /// waits for that, and never meets the one that is going.
    public func reset() async {
        await server.pauseAccepting()
        await server.dropConnections(resets: false)
        await startAnew()
        await server.resumeAccepting()
    }

    private func startAnew() async {
        guard let remake else { return }
        await fake().willStop()
        do {
            let fake = try remake()
            await onLoop { [stage] in stage.fake = fake }
            await fake.didStart(at: addresses)
            stage.record(.lifecycle("started anew"), 0)
        } catch {
            stage.record(.lifecycle("could not start anew: \(error)"), 0)
        }
    }

    /// The fake itself: another one after a restart that lost its state.
    public func fake() async -> any Fake {
        await onLoop { [stage] in stage.fake }
    }

    private func onLoop<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withTaskExecutorPreference(loop) { body() }
    }
}
